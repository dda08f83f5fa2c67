"""Chats that the bot lost. Promises: `bot.ports.departure_store.DepartureStore`."""

from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.chats import Destination
from storage.sql import Connection
from storage.sql.audit import record_audit
from storage.sql.codec import encode_moment
from storage.sql.forgetting import forget_chat
from storage.sql.rows import build_destination

_DISABLE = "UPDATE destinations SET disabled = :reason WHERE platform = :platform AND address = :address"
_REVIVE = "UPDATE destinations SET disabled = '' WHERE platform = :platform AND address = :address"
# The audit trail knows since when; whoever came back is live again.
_DEPARTED = """
SELECT destinations.* FROM destinations
JOIN (
    SELECT destination, max(at) AS at FROM audit WHERE subject = 'chat' AND action = 'removed' GROUP BY destination
) AS lost ON lost.destination = destinations.platform || ':' || destinations.address
WHERE destinations.disabled <> '' AND lost.at < :before
ORDER BY destinations.id
"""


def disable_chat(connection: Connection, destination: Destination, reason: str, entry: AuditEntry) -> bool:
    """Stops sending to a chat and all its threads."""
    values = {"reason": reason or "disabled", "platform": destination.platform.value, "address": destination.address}
    is_known = bool(connection.execute(_DISABLE, values).rowcount)
    if is_known:
        record_audit(connection, [entry])
    return is_known


def revive_chat(connection: Connection, destination: Destination) -> None:
    """Sends again to a chat and all its threads."""
    connection.execute(_REVIVE, {"platform": destination.platform.value, "address": destination.address})


def forget_departed(connection: Connection, before: datetime) -> int:
    """Deletes what is kept of chats that were lost before then."""
    rows = connection.execute(_DEPARTED, {"before": encode_moment(before)}).fetchall()
    for row in rows:
        forget_chat(connection, build_destination(row))
    return len(rows)
