"""The outbox. Promises: `bot.ports.store.DeliveryStore`.

Inside a destination the deliveries of one urgency go out in the order they were made, so only the first of
each urgency, its head, is ever looked at: a head that waits for its retry holds those behind it, while
another urgency may pass.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.chats import Platform
from bot.domain.deliveries import AfterFailure, Delivery, DeliveryState, OutgoingMessage, Receipt
from bot.domain.lanes import WHOLE, Lane
from bot.errors import NotFound
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, encode_message, encode_moment, encode_reply_address
from storage.sql.destinations import find_or_add_destination, move_destination
from storage.sql.rows import build_delivery, build_destination

# Hops from head to head along the index of pending deliveries: the cost grows with the number of
# destinations that wait, never with the number of deliveries.
_HEADS = """
WITH RECURSIVE heads (id, destination_id, urgency) AS (
    SELECT id, destination_id, urgency FROM (
        SELECT id, destination_id, urgency FROM deliveries WHERE state = 'pending'
        ORDER BY destination_id, urgency, id LIMIT 1
    ) AS first
    UNION ALL
    SELECT following.id, following.destination_id, following.urgency
    FROM heads JOIN deliveries AS following ON following.id = (
        SELECT id FROM deliveries
        WHERE state = 'pending' AND (destination_id, urgency) > (heads.destination_id, heads.urgency)
        ORDER BY destination_id, urgency, id LIMIT 1
    )
),
free_heads AS (
    SELECT heads.id, heads.destination_id, heads.urgency, deliveries.not_before
    FROM heads
    JOIN deliveries ON deliveries.id = heads.id
    JOIN destinations ON destinations.id = heads.destination_id
    WHERE destinations.platform = :platform AND destinations.disabled = '' AND destinations.id % :lanes = :lane
        AND destinations.key NOT IN (SELECT value FROM json_each(:busy))
        AND NOT EXISTS (
            SELECT 1 FROM deliveries AS open WHERE open.state = 'sending' AND open.destination_id = heads.destination_id
        )
)
"""
_FIND_DUE = (
    _HEADS  # noqa: S608  # two constants
    + """
SELECT id, destination_id FROM (
    SELECT id, destination_id, urgency, row_number() OVER (PARTITION BY destination_id ORDER BY urgency) AS place
    FROM free_heads WHERE not_before <= :now
) AS due WHERE place = 1 ORDER BY urgency, id LIMIT :limit
"""
)
_NEXT_AT = (
    _HEADS  # noqa: S608  # two constants
    + """
SELECT min(due) FROM (
    SELECT min(not_before) AS due FROM free_heads
    UNION ALL
    SELECT min(not_before) FROM deliveries JOIN destinations ON destinations.id = deliveries.destination_id
    WHERE state = 'ahead' AND platform = :platform AND disabled = '' AND destinations.id % :lanes = :lane
        AND destinations.key NOT IN (SELECT value FROM json_each(:busy))
    UNION ALL
    SELECT min(lease_until) FROM deliveries JOIN destinations ON destinations.id = deliveries.destination_id
    WHERE state = 'sending' AND platform = :platform AND disabled = '' AND destinations.id % :lanes = :lane
        AND destinations.key NOT IN (SELECT value FROM json_each(:busy))
) AS moments
"""
)
# What brought its sender down five times running may well do so again, and the lane has to move on.
# An edit may be made twice and is not worth a dead letter.
# What was already being repeated is not sent a third time: nobody knows whether the two arrived.
EXPIRED = """
    state = CASE WHEN vanished < 4 AND repeated = 0 THEN 'pending'
        WHEN target_id IS NOT NULL AND message IS NULL THEN 'suppressed' ELSE 'failed' END,
    reason = 'its sender vanished' || CASE WHEN repeated = 1 THEN ' twice; it may have arrived'
        WHEN vanished >= 4 THEN ' five times; it may have arrived' ELSE '' END,
    vanished = vanished + 1, lease_until = NULL,
    possible_duplicate = CASE WHEN target_id IS NOT NULL AND message IS NULL THEN 0 ELSE 1 END,
    not_before = CASE WHEN not_before < :now THEN not_before ELSE :now END
"""
_EXPIRE = f"""
UPDATE deliveries SET {EXPIRED}
WHERE state = 'sending' AND lease_until <= :now
    AND destination_id IN (SELECT id FROM destinations WHERE platform = :platform AND disabled = '')
"""  # noqa: S608  # a constant
_FALL_DUE = """
UPDATE deliveries SET state = 'pending'
WHERE state = 'ahead' AND not_before <= :now
    AND destination_id IN (SELECT id FROM destinations WHERE platform = :platform AND disabled = '')
"""
_GET = """
SELECT deliveries.*, platform, address, thread, kind, title, workspace, timezone, disabled,
    targets.alert_id AS target_alert, targets.receipt AS target_receipt, targets.opened AS target_opened,
    bursts.delivery_id AS burst
FROM deliveries
JOIN destinations ON destinations.id = deliveries.destination_id
LEFT JOIN deliveries AS targets ON targets.id = deliveries.target_id
LEFT JOIN bursts ON bursts.delivery_id = coalesce(deliveries.target_id, deliveries.id)
WHERE deliveries.id = :id
"""
_RECORD_FAILURE = """
UPDATE deliveries SET
    state = :state, not_before = :not_before, form = :form, possible_duplicate = :possible_duplicate,
    reason = :reason, repeated = :doubtful, answered_at = :now, lease_until = NULL
WHERE id = :id
"""
_INSERT_MESSAGE = """
INSERT INTO deliveries (
    key, destination_id, message, reply_to, urgency, silent, form, state, reason, attempts, possible_duplicate,
    not_before, created_at, receipt
) VALUES (
    :key, :destination_id, :message, :reply_to, :urgency, :silent, 'rich', 'pending', '', 0, 0, :now, :now, ''
) ON CONFLICT (key) DO NOTHING
"""


def find_due(
    connection: Connection, platform: Platform, now: datetime, limit: int, *, busy: frozenset[str], lane: Lane = WHOLE
) -> list[Row]:
    """What may be leased next, by `id` and `destination_id`; leases that ran out are ended first."""
    held_until = _held_until(connection, platform)
    if held_until and held_until > now:
        return []
    values = _lane_values(platform, busy, lane) | {"now": encode_moment(now), "limit": limit}
    connection.execute(_EXPIRE, values)
    connection.execute(_FALL_DUE, values)
    return connection.execute(_FIND_DUE, values).fetchall()


def release_deliveries(connection: Connection, claimed: Sequence[Delivery]) -> None:
    """Takes back leases that nobody used."""
    connection.executemany(
        "UPDATE deliveries SET state = 'pending', lease_until = NULL, attempts = attempts - 1"
        " WHERE id = :id AND state = 'sending'",
        [{"id": delivery.id} for delivery in claimed],
    )


def record_sent(connection: Connection, delivery_id: int, receipt: Receipt, now: datetime) -> None:
    """The platform confirmed it. Raises NotFound."""
    updated = connection.execute(
        "UPDATE deliveries SET state = 'sent', receipt = :receipt, answered_at = :now, reason = '', lease_until = NULL"
        " WHERE id = :id",
        {"receipt": receipt.message, "now": encode_moment(now), "id": delivery_id},
    )
    if not updated.rowcount:
        raise _unknown(delivery_id)


def record_repeat(connection: Connection, delivery_id: int) -> None:
    """It is about to be sent again, for the last time."""
    connection.execute("UPDATE deliveries SET repeated = 1 WHERE id = :id AND state = 'sending'", {"id": delivery_id})


def record_failure(connection: Connection, delivery_id: int, after: AfterFailure, now: datetime) -> None:
    """What follows a failed send; nothing if a confirmation came in between. Raises NotFound."""
    row = connection.execute("SELECT * FROM deliveries WHERE id = :id", {"id": delivery_id}).fetchone()
    if row is None:
        raise _unknown(delivery_id)
    if row["state"] == DeliveryState.SENT:
        return
    connection.execute(
        _RECORD_FAILURE,
        {
            "id": delivery_id,
            "state": after.state.value,
            "not_before": encode_moment(after.not_before),
            "form": after.form.value,
            "possible_duplicate": int(after.possible_duplicate),
            "reason": after.reason,
            "doubtful": int(after.doubtful),
            "now": encode_moment(now),
        },
    )
    if after.disable_destination:
        connection.execute(
            "UPDATE destinations SET disabled = :reason WHERE id = :id",
            {"reason": after.reason or "not reachable", "id": row["destination_id"]},
        )
    if after.hold_platform:
        _hold_platform(connection, row["destination_id"], after.not_before)
    if after.hold_until:
        _hold_platform(connection, row["destination_id"], after.hold_until)
    if after.moved_to:
        move_destination(connection, row["destination_id"], after.moved_to)


def enqueue(connection: Connection, messages: Sequence[OutgoingMessage], now: datetime) -> None:
    """Puts messages into the outbox."""
    for outgoing in messages:
        connection.execute(
            _INSERT_MESSAGE,
            {
                "key": outgoing.key,
                "destination_id": find_or_add_destination(connection, outgoing.destination),
                "message": encode_message(outgoing.message),
                "reply_to": encode_reply_address(outgoing.reply_to),
                "urgency": int(outgoing.urgency),
                "silent": int(outgoing.message.silent),
                "now": encode_moment(now),
            },
        )


def next_delivery_at(
    connection: Connection, platform: Platform, busy: frozenset[str], lane: Lane = WHOLE
) -> datetime | None:
    """When `claim_deliveries` next has something to give."""
    (due,) = connection.execute(_NEXT_AT, _lane_values(platform, busy, lane)).fetchone()
    if due is None:
        return None
    held_until = _held_until(connection, platform)
    return max(decode_moment(due), held_until) if held_until else decode_moment(due)


def _lane_values(platform: Platform, busy: frozenset[str], lane: Lane) -> dict[str, Any]:
    return {"platform": platform.value, "busy": json.dumps(sorted(busy)), "lane": lane.number, "lanes": lane.of}


def get_delivery(connection: Connection, delivery_id: int) -> Delivery:
    """A delivery as it is sent."""
    row = connection.execute(_GET, {"id": delivery_id}).fetchone()
    return build_delivery(row, build_destination(row))


def _held_until(connection: Connection, platform: Platform) -> datetime | None:
    row = connection.execute(
        "SELECT until FROM platform_holds WHERE platform = :platform", {"platform": platform.value}
    ).fetchone()
    return decode_moment(row["until"]) if row else None


def _hold_platform(connection: Connection, destination_id: int, until: datetime) -> None:
    connection.execute(
        "INSERT INTO platform_holds (platform, until) SELECT platform, :until FROM destinations WHERE id = :id"
        " ON CONFLICT (platform) DO UPDATE SET until = excluded.until",
        {"until": encode_moment(until), "id": destination_id},
    )


def _unknown(delivery_id: int) -> NotFound:
    return NotFound(f"There is no delivery {delivery_id}.", "Deliveries come from claim_deliveries.")
