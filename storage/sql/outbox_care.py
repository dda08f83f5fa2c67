"""Looking after the outbox: backlogs, dead letters, figures. Promises: `bot.ports.store.OutboxStore`."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.backlog import Missed, WaitingCard
from bot.domain.chats import Platform
from bot.domain.deliveries import DeadLetter, OutboxHealth
from storage.sql import Connection
from storage.sql.alerts import get_alert
from storage.sql.codec import decode_message, decode_moment, decode_optional_moment, encode_moment
from storage.sql.covering import DOUBTFUL
from storage.sql.rows import SELECT_WAITING_CARDS, build_destination, build_waiting_card

_BACKLOGS = f"""
WITH piles AS (
    SELECT destination_id FROM deliveries
    WHERE state = 'pending' AND alert_id IS NOT NULL
        AND destination_id IN (SELECT id FROM destinations WHERE platform = :platform AND disabled = '')
    GROUP BY destination_id HAVING count(*) FILTER (WHERE created_at < :old) > 1
)
{SELECT_WAITING_CARDS}
WHERE state = 'pending' AND destination_id IN (SELECT destination_id FROM piles)
ORDER BY deliveries.id
"""  # noqa: S608  # a constant
# Beside the cards themselves, those in whose place a message stands that may not have arrived.
_DOUBTFUL = f"""
WITH doubtful AS (
    SELECT id FROM deliveries WHERE {DOUBTFUL}
    UNION ALL
    SELECT cards.id FROM deliveries AS covers JOIN deliveries AS cards
        ON cards.destination_id = covers.destination_id AND cards.reason = 'in the digest ' || covers.key
    WHERE covers.state = 'failed' AND covers.vanished >= 5 AND covers.key NOT LIKE 'doubtful:%'
        AND cards.state = 'digested'
)
SELECT deliveries.id, alert_id, urgency, deliveries.created_at, platform, address, thread, kind, title, workspace,
    timezone, disabled, deliveries.created_at AS reported_at
FROM deliveries JOIN destinations ON destinations.id = deliveries.destination_id
WHERE deliveries.id IN (SELECT id FROM doubtful) AND platform = :platform AND disabled = ''
ORDER BY deliveries.id
"""  # noqa: S608  # a constant
_MISSED = """
SELECT alert_id FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND state = 'digested' AND alert_id IS NOT NULL
ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset
"""
_COUNT_MISSED = """
SELECT count(*) FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND state = 'digested' AND alert_id IS NOT NULL
"""
_DEAD = """
SELECT deliveries.id, message, reason, attempts, deliveries.created_at, alert_id, headline, platform, address, thread,
    kind, title, workspace, timezone, disabled
FROM deliveries
JOIN destinations ON destinations.id = deliveries.destination_id
LEFT JOIN alerts ON alerts.id = deliveries.alert_id
LEFT JOIN stories ON stories.id = alerts.story_id
WHERE state = 'failed' AND (:key IS NULL OR destinations.key = :key)
ORDER BY deliveries.id DESC LIMIT :limit
"""
_RETRY = """
UPDATE deliveries SET
    state = 'pending', form = 'rich', attempts = 0, repeated = 0, vanished = 0, not_before = :now, reason = ''
WHERE state = 'failed' AND id IN (SELECT value FROM json_each(:ids))
"""
# Each state has an index of its own, and the settled ones, nearly all, are not looked at.
_HEALTH = """
WITH open AS (
    SELECT destination_id, state, not_before FROM deliveries WHERE state = 'pending'
    UNION ALL SELECT destination_id, state, not_before FROM deliveries WHERE state = 'sending'
    UNION ALL SELECT destination_id, state, not_before FROM deliveries WHERE state = 'failed'
)
SELECT platform,
    count(*) FILTER (WHERE state IN ('pending', 'sending')) AS pending,
    min(CASE WHEN state IN ('pending', 'sending') AND not_before <= :now THEN not_before END) AS oldest_due_at,
    count(*) FILTER (WHERE state = 'failed') AS dead
FROM open JOIN destinations ON destinations.id = open.destination_id WHERE disabled = '' GROUP BY platform
"""
_REPEATS = """
SELECT platform, count(*) AS repeats
FROM deliveries JOIN destinations ON destinations.id = deliveries.destination_id
WHERE state = 'sent' AND possible_duplicate = 1 GROUP BY platform
"""


def list_backlogs(connection: Connection, platform: Platform, old: datetime) -> list[WaitingCard]:
    """The waiting cards of destinations where several are old."""
    values = {"platform": platform.value, "old": encode_moment(old)}
    return [build_waiting_card(row) for row in connection.execute(_BACKLOGS, values)]


def list_doubtful(connection: Connection, platform: Platform) -> list[WaitingCard]:
    """Cards that were sent twice without an answer, or whose senders vanished again and again."""
    return [build_waiting_card(row) for row in connection.execute(_DOUBTFUL, {"platform": platform.value})]


def list_missed(connection: Connection, destination_key: str, limit: int, offset: int) -> Missed:
    """A page of what digests stand for."""
    values = {"key": destination_key, "limit": limit, "offset": offset}
    rows = connection.execute(_MISSED, values).fetchall()
    (total,) = connection.execute(_COUNT_MISSED, {"key": destination_key}).fetchone()
    return Missed(tuple(get_alert(connection, row["alert_id"]) for row in rows), total)


def list_dead_letters(connection: Connection, destination_key: str | None, limit: int) -> list[DeadLetter]:
    """Deliveries that were given up, newest first."""
    rows = connection.execute(_DEAD, {"key": destination_key, "limit": limit})
    return [
        DeadLetter(
            id=row["id"],
            destination=build_destination(row),
            summary=decode_message(row["message"]).summary if row["message"] else row["headline"],
            reason=row["reason"],
            attempts=row["attempts"],
            created_at=decode_moment(row["created_at"]),
        )
        for row in rows
    ]


def retry_dead_letters(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Puts dead letters back into the outbox; how many there were."""
    return connection.execute(_RETRY, {"ids": json.dumps(list(ids)), "now": encode_moment(now)}).rowcount


def measure_outbox(connection: Connection, now: datetime) -> list[OutboxHealth]:
    """The outbox of every platform in numbers."""
    repeats = {row["platform"]: row["repeats"] for row in connection.execute(_REPEATS)}
    rows = {row["platform"]: row for row in connection.execute(_HEALTH, {"now": encode_moment(now)})}
    return [
        OutboxHealth(
            platform=Platform(name),
            pending=rows[name]["pending"] if name in rows else 0,
            oldest_due_at=decode_optional_moment(rows[name]["oldest_due_at"]) if name in rows else None,
            dead=rows[name]["dead"] if name in rows else 0,
            repeats=repeats.get(name, 0),
        )
        for name in sorted({*rows, *repeats})
    ]
