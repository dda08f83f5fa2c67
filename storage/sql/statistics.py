"""Looking back over what was told. Promises: `bot.ports.statistics_store`."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.domain.told import RungStory, SeenDelay, ToldAlert
from bot.errors import NotFound
from bot.matching.records import Priority
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, decode_optional_moment, encode_moment

_TOLD = """
SELECT deliveries.alert_id, alerts.story_id, destinations.key, alerts.priority, deliveries.created_at,
    deliveries.not_before, deliveries.answered_at, deliveries.state, deliveries.attempts,
    (SELECT count(*) FROM items WHERE items.story_id = alerts.story_id) AS reports
FROM deliveries
JOIN alerts ON alerts.id = deliveries.alert_id
JOIN destinations ON destinations.id = deliveries.destination_id
WHERE deliveries.alert_id IS NOT NULL AND deliveries.created_at >= :since
    AND (:key = '' OR deliveries.destination_id = (SELECT id FROM destinations WHERE key = :key))
    AND deliveries.state IN ('pending', 'held', 'sending', 'sent', 'digested')
ORDER BY deliveries.created_at DESC, deliveries.id DESC LIMIT :limit
"""
_RANG = """
SELECT items.story_id, items.feed_id, items.first_seen, matches.watchlist
FROM items JOIN matches ON matches.item_id = items.id
WHERE matches.rings = 1 AND items.story_id IN (SELECT value FROM json_each(:stories))
ORDER BY items.id, matches.id
"""
_RUNG = """
SELECT matches.watchlist, items.story_id, min(items.first_seen) AS at, max(matches.priority) AS priority,
    stories.headline, min(items.lang) AS lang
FROM matches
JOIN items ON items.id = matches.item_id
JOIN stories ON stories.id = items.story_id
WHERE matches.rings = 1 AND items.baseline = 0 AND items.first_seen >= :since
    AND matches.watchlist IN (SELECT value FROM json_each(:watchlists))
GROUP BY matches.watchlist, items.story_id, stories.headline ORDER BY at, items.story_id, matches.watchlist
"""
_DELAYS = """
SELECT feed_id, published, first_seen FROM (
    SELECT feed_id, published, first_seen, row_number() OVER (PARTITION BY feed_id ORDER BY id DESC) AS place
    FROM items WHERE first_seen >= :since AND baseline = 0 AND published IS NOT NULL
) AS dated WHERE place <= :most ORDER BY feed_id, place
"""


def list_told(connection: Connection, since: datetime, destination_key: str, limit: int) -> list[ToldAlert]:
    """Alerts that destinations were told of, oldest first."""
    values = {"since": encode_moment(since), "key": destination_key, "limit": limit}
    rows = connection.execute(_TOLD, values).fetchall()
    rang: dict[int, list[Row]] = defaultdict(list)
    for row in connection.execute(_RANG, {"stories": json.dumps(sorted({row["story_id"] for row in rows}))}):
        rang[row["story_id"]].append(row)
    return [_build_told(row, rang[row["story_id"]]) for row in reversed(rows)]


def list_rung(connection: Connection, since: datetime, watchlists: Collection[str]) -> list[RungStory]:
    """Stories that rang on these lists."""
    values = {"since": encode_moment(since), "watchlists": json.dumps(sorted(watchlists))}
    return [
        RungStory(
            row["watchlist"],
            row["story_id"],
            decode_moment(row["at"]),
            Priority(row["priority"]),
            row["headline"],
            row["lang"],
        )
        for row in connection.execute(_RUNG, values)
    ]


def list_seen_delays(connection: Connection, since: datetime, most: int) -> list[SeenDelay]:
    """From publication to first sight, newest first within a feed."""
    values = {"since": encode_moment(since), "most": most}
    return [
        SeenDelay(row["feed_id"], timedelta(microseconds=row["first_seen"] - row["published"]))
        for row in connection.execute(_DELAYS, values)
    ]


def find_shift(connection: Connection, destination_key: str) -> datetime | None:
    """When the shift of a destination began."""
    row = connection.execute(
        "SELECT at FROM shifts JOIN destinations ON destinations.id = shifts.destination_id WHERE key = :key",
        {"key": destination_key},
    ).fetchone()
    return decode_moment(row["at"]) if row else None


def begin_shift(connection: Connection, destination_key: str, at: datetime) -> None:
    """Sets when the shift of a destination began. Raises NotFound."""
    row = connection.execute("SELECT id FROM destinations WHERE key = :key", {"key": destination_key}).fetchone()
    if row is None:
        raise NotFound(f"There is no chat {destination_key}.", "A chat is known once it wrote to the bot.")
    connection.execute(
        "INSERT INTO shifts (destination_id, at) VALUES (:id, :at)"
        " ON CONFLICT (destination_id) DO UPDATE SET at = excluded.at",
        {"id": row["id"], "at": encode_moment(at)},
    )


def _build_told(row: Row, rang: Sequence[Row]) -> ToldAlert:
    """The card's own report is the last one that rang before the card was decided."""
    before = [one for one in rang if one["first_seen"] <= row["created_at"]] or rang[:1]
    brought = before[-1] if before else None
    return ToldAlert(
        alert_id=row["alert_id"],
        story_id=row["story_id"],
        destination=row["key"],
        priority=Priority(row["priority"]),
        lists=frozenset(one["watchlist"] for one in rang),
        reports=row["reports"],
        feed_id=brought["feed_id"] if brought else "",
        at=decode_moment(row["created_at"]),
        seen_at=decode_moment(brought["first_seen"] if brought else row["created_at"]),
        due_at=decode_moment(row["not_before"]),
        sent_at=decode_optional_moment(row["answered_at"]) if row["state"] == "sent" else None,
        tries=row["attempts"],
    )
