"""The owner that the bot was claimed by. Promises: `bot.ports.owner_store.OwnerStore`."""

from bot.domain.audit import AuditEntry
from bot.domain.chats import Destination, Person, Platform
from bot.domain.ownership import Owner
from storage.sql import Connection
from storage.sql.audit import record_audit
from storage.sql.codec import decode_moment, encode_moment

_INSERT = """
INSERT INTO service_owner (id, platform, address, workspace, name, since)
VALUES (1, :platform, :address, :workspace, :name, :since) ON CONFLICT (id) DO NOTHING
"""


def find_owner(connection: Connection) -> Owner | None:
    """The owner."""
    row = connection.execute("SELECT * FROM service_owner WHERE id = 1").fetchone()
    if row is None:
        return None
    platform = Platform(row["platform"])
    return Owner(
        Person(platform, row["address"], row["name"]),
        Destination(platform, row["address"], title=row["name"], workspace=row["workspace"]),
        decode_moment(row["since"]),
    )


def record_owner(connection: Connection, owner: Owner, entry: AuditEntry) -> bool:
    """Makes somebody the owner."""
    values = {
        "platform": owner.person.platform.value,
        "address": owner.destination.address,
        "workspace": owner.destination.workspace,
        "name": owner.person.name,
        "since": encode_moment(owner.since),
    }
    is_new = bool(connection.execute(_INSERT, values).rowcount)
    if is_new:
        record_audit(connection, [entry])
    return is_new


def forget_owner(connection: Connection, entry: AuditEntry) -> bool:
    """Lets the bot be claimed anew."""
    was_owned = bool(connection.execute("DELETE FROM service_owner WHERE id = 1").rowcount)
    if was_owned:
        record_audit(connection, [entry])
    return was_owned
