"""Who watches what. Promises: `bot.ports.store.SubscriptionStore`."""

from datetime import datetime

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chats import Destination, Subscription
from storage.sql import Connection
from storage.sqlite.audit import record_audit
from storage.sqlite.codec import decode_moment, encode_moment
from storage.sqlite.destinations import ensure_destination
from storage.sqlite.rows import build_destination

_LIST = """
SELECT watchlist, created_by, created_at, platform, address, thread, kind, title, workspace, timezone, disabled
FROM subscriptions JOIN destinations ON destinations.id = subscriptions.destination_id
WHERE key = :key OR (:key IS NULL AND disabled = '')
ORDER BY destinations.id, watchlist
"""


def subscribe(
    connection: Connection, destination: Destination, watchlist: str, by: str, now: datetime, *, name: str
) -> bool:
    """Watches a list; False if it was watched already."""
    ensure_destination(connection, destination)
    inserted = connection.execute(
        "INSERT INTO subscriptions (destination_id, watchlist, created_by, created_at)"
        " SELECT id, :watchlist, :by, :now FROM destinations WHERE key = :key"
        " ON CONFLICT (destination_id, watchlist) DO NOTHING",
        {"watchlist": watchlist, "by": by, "now": encode_moment(now), "key": destination.key},
    )
    if not inserted.rowcount:
        return False
    entry = AuditEntry(now, by, Action.ADDED, Subject.SUBSCRIPTION, watchlist, destination.key, name)
    record_audit(connection, [entry])
    return True


def unsubscribe(
    connection: Connection, destination: Destination, watchlist: str, by: str, now: datetime, *, name: str
) -> bool:
    """Stops watching; False if it was not watched."""
    deleted = connection.execute(
        "DELETE FROM subscriptions WHERE watchlist = :watchlist"
        " AND destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"watchlist": watchlist, "key": destination.key},
    )
    if not deleted.rowcount:
        return False
    entry = AuditEntry(now, by, Action.REMOVED, Subject.SUBSCRIPTION, watchlist, destination.key, name)
    record_audit(connection, [entry])
    return True


def list_subscriptions(connection: Connection, destination_key: str | None) -> list[Subscription]:
    """Subscriptions of all live destinations, or of one."""
    return [
        Subscription(build_destination(row), row["watchlist"], row["created_by"], decode_moment(row["created_at"]))
        for row in connection.execute(_LIST, {"key": destination_key})
    ]
