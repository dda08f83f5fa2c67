"""Updates from chats. Promises: `bot.ports.store.InboxStore`."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.chats import InboundUpdate, Platform
from bot.domain.deliveries import OutgoingMessage
from storage.sql import Connection
from storage.sql.codec import encode_moment
from storage.sql.deliveries import enqueue
from storage.sql.rows import build_update

_INSERT = """
INSERT INTO inbox (platform, key, payload, received_at) VALUES (:platform, :key, :payload, :received_at)
ON CONFLICT (platform, key) DO NOTHING
"""


def record_update(connection: Connection, update: InboundUpdate) -> bool:
    """Stores an update; False if it was there already."""
    values = {
        "platform": update.platform.value,
        "key": update.key,
        "payload": update.payload,
        "received_at": encode_moment(update.received_at),
    }
    return bool(connection.execute(_INSERT, values).rowcount)


def list_unhandled_updates(connection: Connection, platform: Platform, limit: int) -> list[InboundUpdate]:
    """Updates not handled yet, in the order they were stored."""
    rows = connection.execute(
        "SELECT * FROM inbox WHERE platform = :platform AND handled_at IS NULL ORDER BY id LIMIT :limit",
        {"platform": platform.value, "limit": limit},
    )
    return [build_update(row) for row in rows]


def record_handled(
    connection: Connection, update: InboundUpdate, replies: Sequence[OutgoingMessage], now: datetime
) -> None:
    """Marks an update handled, stored or not, and queues its replies. What it said is not needed any more."""
    record_update(connection, update)
    connection.execute(
        "UPDATE inbox SET handled_at = :now, payload = '{}'"
        " WHERE platform = :platform AND key = :key AND handled_at IS NULL",
        {"now": encode_moment(now), "platform": update.platform.value, "key": update.key},
    )
    enqueue(connection, replies, now)
