"""Reading the archive again, and tracing what became of items. Promises: `bot.ports.list_store.ReplayStore`."""

import json
from datetime import datetime

from bot.domain.deliveries import DeliveryState
from bot.domain.items import Item
from bot.domain.policy import DIGEST_ONLY, SENT
from bot.domain.traces import ItemTrace, RecordedMatch, SentCard, StoryTrace, Wanted
from bot.matching.records import Priority
from storage.sql import Connection, Row
from storage.sql.codec import (
    decode_message,
    decode_moment,
    decode_optional_moment,
    encode_moment,
    encode_strings,
)
from storage.sql.rows import build_destination, build_feed, build_item, build_match

_FIRST = "SELECT coalesce(min(id), 0) - 1 AS before FROM items WHERE first_seen >= :since"
_NEXT = "SELECT * FROM items WHERE id > :after AND first_seen >= :since ORDER BY id LIMIT :limit"
# Each part has an index of its own but for `link`, which finds the addresses that stand for several texts.
_WANTED = """
SELECT id FROM items WHERE key = :item_key
UNION SELECT id FROM items WHERE link_key IN (SELECT value FROM json_each(:link_keys))
UNION SELECT id FROM items WHERE story_id = :story
UNION SELECT items.id FROM items JOIN alerts ON alerts.story_id = items.story_id WHERE alerts.id = :alert_id
ORDER BY id DESC LIMIT :limit
"""
_BY_ADDRESS = "SELECT id FROM items WHERE link = :link ORDER BY id DESC LIMIT :limit"
_STORY = """
SELECT stories.id, stories.headline, alerts.id AS alert_id, alerts.priority,
    (SELECT count(*) FROM items WHERE items.story_id = stories.id) AS reports
FROM stories LEFT JOIN alerts ON alerts.story_id = stories.id WHERE stories.id = :id
"""
_RANG = """
SELECT matches.watchlist, items.key FROM items JOIN matches ON matches.item_id = items.id
WHERE items.story_id = :id AND matches.outcome IN (SELECT value FROM json_each(:outcomes)) AND NOT EXISTS (
    SELECT 1 FROM corrections WHERE corrections.story_id = :id AND kind = 'merge' AND undone = 0
) ORDER BY items.id DESC
"""
_CARDS = """
SELECT deliveries.state, deliveries.reason, deliveries.attempts, deliveries.created_at, deliveries.answered_at,
    deliveries.message, platform, address, thread, kind, title, workspace, timezone, disabled
FROM deliveries JOIN destinations ON destinations.id = deliveries.destination_id
WHERE deliveries.alert_id = :alert_id OR (deliveries.message IS NOT NULL AND deliveries.target_id IN (
    SELECT id FROM deliveries WHERE alert_id = :alert_id
))
ORDER BY deliveries.id
"""


def list_items(connection: Connection, since: datetime, after: int, limit: int) -> list[tuple[int, Item]]:
    """The next part of the archive."""
    values = {"since": encode_moment(since), "after": after, "limit": limit}
    if not after:
        (values["after"],) = connection.execute(_FIRST, values).fetchone()
    return [(row["id"], build_item(row)) for row in connection.execute(_NEXT, values)]


def trace_items(connection: Connection, wanted: Wanted, limit: int) -> list[ItemTrace]:
    """Everything known about the wanted items."""
    values = {
        "item_key": wanted.item_key,
        "link_keys": json.dumps([key for key in wanted.link_keys if key]),
        "story": wanted.story,
        "alert_id": wanted.alert_id,
        "link": wanted.link,
        "limit": limit,
    }
    ids = [row["id"] for row in connection.execute(_WANTED, values)]
    if not ids and wanted.link:
        ids = [row["id"] for row in connection.execute(_BY_ADDRESS, values)]
    return [_trace(connection, item_id) for item_id in ids]


def _trace(connection: Connection, item_id: int) -> ItemTrace:
    item = connection.execute("SELECT * FROM items WHERE id = :id", {"id": item_id}).fetchone()
    feed = connection.execute("SELECT * FROM feeds WHERE id = :id", {"id": item["feed_id"]}).fetchone()
    matches = connection.execute("SELECT * FROM matches WHERE item_id = :id ORDER BY id", {"id": item_id})
    return ItemTrace(
        item=build_item(item),
        feed=build_feed(feed),
        matches=tuple(RecordedMatch(build_match(row), row["outcome"]) for row in matches),
        story=None if item["story_id"] is None else _trace_story(connection, item["story_id"]),
    )


def _trace_story(connection: Connection, story_id: int) -> StoryTrace:
    row = connection.execute(_STORY, {"id": story_id}).fetchone()
    cards = connection.execute(_CARDS, {"alert_id": row["alert_id"]}) if row["alert_id"] else ()
    rang = connection.execute(_RANG, {"id": story_id, "outcomes": encode_strings((SENT, DIGEST_ONLY))})
    return StoryTrace(
        number=row["id"],
        headline=row["headline"],
        reports=row["reports"],
        alert_id=row["alert_id"] or "",
        priority=Priority(row["priority"]) if row["alert_id"] else None,
        cards=tuple(_build_card(card) for card in cards),
        rang_first=dict(rang.fetchall()),
    )


def _build_card(row: Row) -> SentCard:
    return SentCard(
        destination=build_destination(row),
        state=DeliveryState(row["state"]),
        reason=row["reason"],
        attempts=row["attempts"],
        created_at=decode_moment(row["created_at"]),
        answered_at=decode_optional_moment(row["answered_at"]),
        update=decode_message(row["message"]).summary if row["message"] else "",
    )
