"""Claiming deliveries where nobody else does. Promises: `bot.ports.outbox_store.DeliveryStore`."""

from datetime import datetime, timedelta

from bot.domain.chats import Platform
from bot.domain.deliveries import Delivery
from storage.sql import Connection
from storage.sql.codec import encode_moment
from storage.sql.deliveries import find_due, get_delivery

_LEASE = """
UPDATE deliveries SET state = 'sending', lease_until = :lease_until, attempts = attempts + 1 WHERE id = :id
"""


def claim_deliveries(
    connection: Connection,
    platform: Platform,
    now: datetime,
    limit: int,
    *,
    lease: timedelta,
    busy: frozenset[str],
) -> list[Delivery]:
    """Leases due deliveries, the most urgent first, then the oldest."""
    claimed = [row["id"] for row in find_due(connection, platform, now, limit, busy=busy)]
    until = encode_moment(now + lease)
    connection.executemany(_LEASE, [{"id": delivery_id, "lease_until": until} for delivery_id in claimed])
    return [get_delivery(connection, delivery_id) for delivery_id in claimed]
