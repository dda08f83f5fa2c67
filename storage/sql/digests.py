"""Daily digests. Promises: `bot.ports.attention_store.DigestStore`.

What stands in a digest is marked as told, and matches are counted off by their number: a batch that was decided
before a digest and written after it is in the next one, whatever its times say.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.domain.alerts import Report
from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestMark
from bot.domain.mutes import MUTED
from bot.domain.policy import BELOW_CLEARANCE, LATE_FIND, NO_LONGER_WATCHED, TOO_OLD
from storage.sql import Connection, Row
from storage.sql.alerts import get_alert
from storage.sql.archive import count_items_since
from storage.sql.bursts import list_burst_alerts
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.deliveries import enqueue
from storage.sql.destinations import find_or_add_destination
from storage.sql.rows import build_feed, build_item, build_match

# A batch is written at most some minutes after the time it was decided at; what a digest told is marked anyway.
_OVERLAP = 3_600_000_000
_MOST_LATE = 200
_MARKS = """
SELECT key, day, at, last_match FROM digest_marks JOIN destinations ON destinations.id = digest_marks.destination_id
"""
_CARDS = """
SELECT deliveries.alert_id, deliveries.reason FROM deliveries
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND alert_id IS NOT NULL
    AND created_at > :since - :overlap AND in_digest = 0 AND reason <> :unwatched
ORDER BY created_at, id
"""
_OUTCOMES = """
SELECT matches.item_id FROM matches
WHERE matches.id > :after AND matches.outcome = :outcome
    AND matches.watchlist IN (SELECT value FROM json_each(:watched))
GROUP BY matches.item_id ORDER BY matches.item_id LIMIT :limit
"""
_MARK_TOLD = """
UPDATE deliveries SET in_digest = 1
WHERE destination_id = :id AND alert_id IS NOT NULL AND created_at > :since - :overlap AND created_at <= :at
    AND (reason = :below OR substr(reason, 1, length(:muted)) = :muted
        OR alert_id IN (SELECT value FROM json_each(:alerts)))
"""
_FIND_ALERTS = """
SELECT digest_marks.alerts FROM digest_marks
WHERE destination_id = (SELECT id FROM destinations WHERE key = :key) AND day IS NOT NULL AND (
    :message = '' OR EXISTS (
        SELECT 1 FROM deliveries WHERE deliveries.destination_id = digest_marks.destination_id
            AND receipt = :message AND receipt <> ''
            AND substr(deliveries.key, 1, length(digest_marks.message_key)) = digest_marks.message_key
    )
)
"""


def list_digest_marks(connection: Connection) -> dict[str, DigestMark]:
    """How far the digests of each destination have come."""
    return {row["key"]: _build_mark(row) for row in connection.execute(_MARKS)}


def begin_digests(connection: Connection, destinations: Sequence[Destination], now: datetime) -> None:
    """Sets the marks of destinations that have none."""
    last_match = _last_match(connection)
    for destination in destinations:
        connection.execute(
            "INSERT INTO digest_marks (destination_id, day, at, last_match, message_key, alerts)"
            " VALUES (:id, NULL, :at, :last_match, '', '[]') ON CONFLICT (destination_id) DO NOTHING",
            {
                "id": find_or_add_destination(connection, destination),
                "at": encode_moment(now),
                "last_match": last_match,
            },
        )


def read_digest(
    connection: Connection, destination_key: str, mark: DigestMark, watched: Collection[str], now: datetime
) -> DigestContents:
    """What came up for a destination since its last digest."""
    values = {
        "key": destination_key,
        "since": encode_moment(mark.at),
        "overlap": _OVERLAP,
        "unwatched": NO_LONGER_WATCHED,
    }
    cards = connection.execute(_CARDS, values).fetchall()
    hidden = [row["reason"] for row in cards if _is_hidden(row["reason"])]
    shown = [row["alert_id"] for row in cards if not _is_hidden(row["reason"])]
    return DigestContents(
        mark=DigestMark(now, mark.day, _last_match(connection)),
        since=mark.at,
        alerts=tuple(get_alert(connection, alert_id, destination_key) for alert_id in shown),
        late=tuple(_report(connection, row["item_id"]) for row in _with_outcome(connection, LATE_FIND, mark, watched)),
        muted=len(hidden) - hidden.count(BELOW_CLEARANCE),
        below_clearance=hidden.count(BELOW_CLEARANCE),
        stale=len(_with_outcome(connection, TOO_OLD, mark, watched)),
        items_read=count_items_since(connection, mark.at),
    )


def record_digest(
    connection: Connection,
    destination: Destination,
    day: date,
    contents: DigestContents,
    messages: Sequence[OutgoingMessage],
) -> bool:
    """Queues a digest unless that day had one."""
    values = {
        "id": find_or_add_destination(connection, destination),
        "day": day.isoformat(),
        "at": encode_moment(contents.mark.at),
        "last_match": contents.mark.last_match,
        "message_key": messages[0].key.rpartition(":")[0],
        "alerts": json.dumps([view.alert.id for view in contents.alerts]),
        "since": encode_moment(contents.since),
        "overlap": _OVERLAP,
        "below": BELOW_CLEARANCE,
        "muted": MUTED,
    }
    marked = connection.execute(
        "UPDATE digest_marks SET day = :day, at = :at, last_match = :last_match, message_key = :message_key,"
        " alerts = :alerts WHERE destination_id = :id AND (day IS NULL OR day < :day)",
        values,
    )
    if not marked.rowcount:
        return False
    connection.execute(_MARK_TOLD, values)
    enqueue(connection, messages, contents.mark.at)
    return True


def list_digest_alerts(connection: Connection, destination_key: str, message: str) -> list[str]:
    """Ids of the alerts of the last digest, if it is that message, or of a rolling message."""
    row = connection.execute(_FIND_ALERTS, {"key": destination_key, "message": message}).fetchone()
    return json.loads(row["alerts"]) if row else list_burst_alerts(connection, destination_key, message)


def _is_hidden(reason: str) -> bool:
    return reason == BELOW_CLEARANCE or reason.startswith(MUTED)


def _with_outcome(connection: Connection, outcome: str, mark: DigestMark, watched: Collection[str]) -> list[Row]:
    values = {
        "after": mark.last_match,
        "outcome": outcome,
        "watched": json.dumps(sorted(watched)),
        "limit": _MOST_LATE,
    }
    return connection.execute(_OUTCOMES, values).fetchall()


def _report(connection: Connection, item_id: int) -> Report:
    values = {"id": item_id}
    item = connection.execute("SELECT * FROM items WHERE id = :id", values).fetchone()
    feed = connection.execute("SELECT * FROM feeds WHERE id = :feed_id", {"feed_id": item["feed_id"]}).fetchone()
    matches = connection.execute("SELECT * FROM matches WHERE item_id = :id ORDER BY id", values)
    return Report(build_item(item), build_feed(feed), tuple(build_match(row) for row in matches))


def _last_match(connection: Connection) -> int:
    (number,) = connection.execute("SELECT coalesce(max(id), 0) FROM matches").fetchone()
    return int(number)


def _build_mark(row: Row) -> DigestMark:
    return DigestMark(
        decode_moment(row["at"]), date.fromisoformat(row["day"]) if row["day"] else None, row["last_match"]
    )
