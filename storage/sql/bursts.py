"""Rolling messages of busy chats. Promises: `bot.ports.outbox_store.BurstStore`."""

import json
from collections.abc import Collection
from datetime import datetime

from bot.domain.backlog import WaitingCard
from bot.domain.bursts import CALM, EDITS_APART, MOST_SHOWN, Burst, BurstContents, ChatLoad, Covered
from bot.domain.deliveries import AfterFailure, DeliveryState, OutgoingMessage, Urgency
from storage.sql import Connection, Row
from storage.sql.alerts import get_alert
from storage.sql.card_edits import ask_edit
from storage.sql.codec import decode_moment, encode_moment, encode_strings
from storage.sql.covering import cover_cards
from storage.sql.deliveries import record_failure
from storage.sql.rows import SELECT_WAITING_CARDS, build_waiting_card

# Bounded by when messages were made, for which there are indexes; what waited longer than a week is no news.
_SENT = """
SELECT answered_at FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND alert_id IS NOT NULL
    AND created_at >= :since - 604800000000 AND answered_at >= :since AND state = 'sent'
UNION ALL
SELECT answered_at FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND target_id IS NOT NULL
    AND message IS NOT NULL AND created_at >= :since - 604800000000 AND answered_at >= :since AND state = 'sent'
"""
_WAITING = f"""
{SELECT_WAITING_CARDS}
WHERE destinations.key = :key AND urgency = :alert AND state IN ('pending', 'sending')
ORDER BY deliveries.id
"""
_OPEN = """
SELECT bursts.* FROM bursts JOIN deliveries ON deliveries.id = bursts.delivery_id
WHERE bursts.closed = 0 AND deliveries.destination_id = (SELECT id FROM destinations WHERE key = :key)
ORDER BY bursts.delivery_id DESC LIMIT 1
"""
_GET = """
SELECT bursts.*, deliveries.destination_id FROM bursts JOIN deliveries ON deliveries.id = bursts.delivery_id
WHERE bursts.delivery_id = :id
"""
_FIND_OF_DELIVERY = """
SELECT bursts.*, deliveries.destination_id
FROM deliveries JOIN bursts ON bursts.delivery_id = coalesce(deliveries.target_id, deliveries.id)
WHERE deliveries.id = :id AND bursts.closed = 0
"""
_OPEN_ONES = """
SELECT bursts.*, deliveries.destination_id FROM bursts JOIN deliveries ON deliveries.id = bursts.delivery_id
WHERE bursts.closed = 0
"""
_RANG = """
SELECT answered_at FROM deliveries WHERE alert_id = :alert AND destination_id = :destination AND state = 'sent'
"""
_LAST_EDIT = """
SELECT max(answered_at) FROM deliveries
WHERE id = :id OR (target_id = :id AND message IS NULL AND state = 'sent')
"""
_UNCOVER = """
UPDATE deliveries SET state = 'pending', reason = '', not_before = :now
WHERE state = 'digested' AND destination_id = :destination AND alert_id IN (SELECT value FROM json_each(:alerts))
"""


def read_load(connection: Connection, destination_key: str, since: datetime) -> ChatLoad:
    """How much a chat is sent."""
    values = {"key": destination_key, "since": encode_moment(since), "alert": int(Urgency.ALERT)}
    burst = connection.execute(_OPEN, values).fetchone()
    return ChatLoad(
        sent=tuple(decode_moment(row["answered_at"]) for row in connection.execute(_SENT, values)),
        waiting=tuple(build_waiting_card(row) for row in connection.execute(_WAITING, values)),
        burst=_build_burst(burst) if burst else None,
    )


def open_burst(
    connection: Connection, cards: Collection[WaitingCard], message: OutgoingMessage, claimed: int, now: datetime
) -> None:
    """Begins a rolling message in the place of cards."""
    cover_cards(connection, [card.id for card in cards], message, now, claimed)
    row = connection.execute(
        "SELECT id, destination_id FROM deliveries WHERE key = :key", {"key": message.key}
    ).fetchone()
    connection.execute(
        "INSERT INTO bursts (delivery_id, began_at, last_at, closed, alerts) VALUES (:id, :now, :now, 0, :alerts)",
        {"id": row["id"], "now": encode_moment(now), "alerts": encode_strings(card.alert_id for card in cards)},
    )
    ask_edit(connection, row["id"], row["destination_id"], due=now + CALM, now=now, urgency=Urgency.EDIT)


def grow_burst(
    connection: Connection, burst_id: int, cards: Collection[WaitingCard], claimed: int, now: datetime
) -> None:
    """Takes more cards into a rolling message, which is edited half a minute after it was last."""
    row = connection.execute(_GET, {"id": burst_id}).fetchone()
    key = connection.execute("SELECT key FROM deliveries WHERE id = :id", {"id": burst_id}).fetchone()["key"]
    cover_cards(connection, [card.id for card in cards], key, now, claimed)
    alerts = [*json.loads(row["alerts"]), *(card.alert_id for card in cards)]
    connection.execute(
        "UPDATE bursts SET last_at = :now, alerts = :alerts WHERE delivery_id = :id",
        {"id": burst_id, "now": encode_moment(now), "alerts": encode_strings(dict.fromkeys(alerts))},
    )
    _edit_soon(connection, row, now)


def read_burst(connection: Connection, burst_id: int) -> BurstContents:
    """What a rolling message stands for."""
    row = connection.execute(_GET, {"id": burst_id}).fetchone()
    alerts = json.loads(row["alerts"])
    first = max(len(alerts) - MOST_SHOWN, 0)
    return BurstContents(
        burst=_build_burst(row),
        newest=tuple(
            Covered(number, get_alert(connection, alert_id), _rang_at(connection, alert_id, row["destination_id"]))
            for number, alert_id in enumerate(alerts[first:], first + 1)
        ),
        total=len(alerts),
    )


def settle_burst(connection: Connection, burst_id: int, now: datetime) -> None:
    """Closes a rolling message after ten calm minutes; until then it is looked at again when they may be over."""
    row = connection.execute(_GET, {"id": burst_id}).fetchone()
    burst = _build_burst(row)
    if burst.is_calm(now):
        connection.execute("UPDATE bursts SET closed = 1 WHERE delivery_id = :id", {"id": burst_id})
    elif not row["closed"]:
        due = burst.last_at + CALM
        ask_edit(connection, burst_id, row["destination_id"], due=due, now=now, urgency=Urgency.EDIT)


def edit_bursts(connection: Connection, story_id: int, now: datetime) -> None:
    """Has the rolling messages that stand for a story say what is new about it."""
    open_ones = connection.execute(_OPEN_ONES).fetchall()
    if not open_ones:
        return
    alerts = {row["id"] for row in connection.execute("SELECT id FROM alerts WHERE story_id = :id", {"id": story_id})}
    for row in open_ones:
        if not alerts.isdisjoint(json.loads(row["alerts"])):
            _edit_soon(connection, row, now)


def record_outcome(connection: Connection, delivery_id: int, after: AfterFailure, now: datetime) -> None:
    """What follows a failed send. A rolling message that cannot be had gives back what it stands for."""
    record_failure(connection, delivery_id, after, now)
    if after.state not in (DeliveryState.SUPPRESSED, DeliveryState.FAILED):
        return
    row = connection.execute(_FIND_OF_DELIVERY, {"id": delivery_id}).fetchone()
    if row is None:
        return
    connection.execute("UPDATE bursts SET closed = 1 WHERE delivery_id = :id", {"id": row["delivery_id"]})
    values = {"now": encode_moment(now), "destination": row["destination_id"], "alerts": row["alerts"]}
    connection.execute(_UNCOVER, values)


def list_burst_alerts(connection: Connection, destination_key: str, message: str) -> list[str]:
    """Ids of the alerts behind the numbers in a rolling message."""
    row = connection.execute(
        "SELECT bursts.alerts FROM bursts JOIN deliveries ON deliveries.id = bursts.delivery_id"
        " WHERE deliveries.destination_id = (SELECT id FROM destinations WHERE key = :key)"
        " AND receipt = :message AND receipt <> ''",
        {"key": destination_key, "message": message},
    ).fetchone()
    return json.loads(row["alerts"]) if row else []


def _edit_soon(connection: Connection, row: Row, now: datetime) -> None:
    """`row` is that of a burst with its destination. A message that still waits will say everything itself."""
    message = connection.execute("SELECT state FROM deliveries WHERE id = :id", {"id": row["delivery_id"]}).fetchone()
    if message["state"] == "pending":
        return
    (last,) = connection.execute(_LAST_EDIT, {"id": row["delivery_id"]}).fetchone()
    due = max(decode_moment(last) + EDITS_APART, now) if last else now + EDITS_APART
    ask_edit(connection, row["delivery_id"], row["destination_id"], due=due, now=now, urgency=Urgency.EDIT)


def _rang_at(connection: Connection, alert_id: str, destination_id: int) -> datetime | None:
    row = connection.execute(_RANG, {"alert": alert_id, "destination": destination_id}).fetchone()
    return decode_moment(row["answered_at"]) if row and row["answered_at"] else None


def _build_burst(row: Row) -> Burst:
    return Burst(row["delivery_id"], decode_moment(row["began_at"]), decode_moment(row["last_at"]))
