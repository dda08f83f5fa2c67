"""Claiming deliveries beside other processes. Promises: `bot.ports.outbox_store.DeliveryStore`."""

from datetime import datetime, timedelta

from bot.domain.chats import Platform
from bot.domain.deliveries import Delivery
from bot.domain.lanes import Lane
from storage.sql import Connection
from storage.sql.codec import encode_moment
from storage.sql.deliveries import find_due, get_delivery

_SPARE = 64  # that others may be claiming at this moment
# Whoever has the destination's row decides who sends there next; the others look elsewhere.
_HOLD = "SELECT 1 FROM destinations WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED"
_LEASE = """
UPDATE deliveries SET state = 'sending', lease_until = :until, attempts = attempts + 1, claimed_by = :process
WHERE id = :id AND state = 'pending' AND NOT EXISTS (
    SELECT 1 FROM deliveries AS open WHERE open.state = 'sending' AND open.destination_id = :destination
)
"""


def claim_deliveries(
    connection: Connection,
    platform: Platform,
    now: datetime,
    limit: int,
    *,
    lease: timedelta,
    busy: frozenset[str],
    lane: Lane,
    process: int | None,
) -> list[Delivery]:
    """Leases due deliveries of a lane, the most urgent first, then the oldest."""
    values = {"until": encode_moment(now + lease), "process": process}
    claimed: list[Delivery] = []
    for row in find_due(connection, platform, now, limit + _SPARE, busy=busy, lane=lane):
        if len(claimed) == limit:
            break
        if connection.execute(_HOLD, {"id": row["destination_id"]}).fetchone() is None:
            continue
        of_row = values | {"id": row["id"], "destination": row["destination_id"]}
        if connection.execute(_LEASE, of_row).rowcount:
            claimed.append(get_delivery(connection, row["id"]))
    return claimed
