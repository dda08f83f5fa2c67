"""Cards that quiet hours hold, and cards that sound. Promises: `HoldingStore`, `SoundStore` in `bot.ports`."""

import json
from collections.abc import Collection
from datetime import datetime

from bot.domain.deliveries import Urgency
from bot.domain.mornings import HeldCard
from bot.matching.records import Priority
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.rows import build_destination

_LIST = """
SELECT deliveries.id, alerts.priority, deliveries.created_at, platform, address, thread, kind, title, workspace,
    timezone, disabled
FROM deliveries
JOIN destinations ON destinations.id = deliveries.destination_id
JOIN alerts ON alerts.id = deliveries.alert_id
WHERE state = 'held' AND disabled = '' ORDER BY deliveries.id
"""
_CRITICAL = """
SELECT answered_at FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND alert_id IS NOT NULL
    AND created_at >= :since AND urgency = :critical AND state = 'sent' ORDER BY answered_at
"""
# Bounded by when cards were made, for which there is an index; what waited longer than a week is no news.
_SOUNDS = """
SELECT count(*) FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND alert_id IS NOT NULL
    AND created_at >= :since - 604800000000 AND answered_at >= :since AND silent = 0 AND urgency = :alert
    AND state = 'sent'
"""
_RELEASE = """
UPDATE deliveries SET state = 'pending', reason = '', not_before = :now, due_at = :now
WHERE state = 'held' AND id IN (SELECT value FROM json_each(:ids))
"""


def list_held(connection: Connection) -> list[HeldCard]:
    """Every held card of a live destination."""
    return [
        HeldCard(row["id"], build_destination(row), Priority(row["priority"]), decode_moment(row["created_at"]))
        for row in connection.execute(_LIST)
    ]


def list_critical(connection: Connection, destination_key: str, since: datetime) -> list[datetime]:
    """When critical cards were sent to a destination."""
    values = {"key": destination_key, "since": encode_moment(since), "critical": int(Urgency.CRITICAL)}
    return [decode_moment(row["answered_at"]) for row in connection.execute(_CRITICAL, values)]


def release_held(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Lets held cards go."""
    connection.execute(_RELEASE, {"now": encode_moment(now), "ids": json.dumps(list(ids))})


def count_sounds(connection: Connection, destination_key: str, since: datetime) -> int:
    """Cards sent with a sound since then, critical ones aside."""
    values = {"key": destination_key, "since": encode_moment(since), "alert": int(Urgency.ALERT)}
    (count,) = connection.execute(_SOUNDS, values).fetchone()
    return int(count)


def silence(connection: Connection, delivery_id: int) -> None:
    """Lets a delivery make no sound."""
    connection.execute("UPDATE deliveries SET silent = 1 WHERE id = :id", {"id": delivery_id})
