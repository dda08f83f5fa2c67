"""Letting go of what is old. Promises: `bot.ports.store.RetentionStore`.

Items whose story made an alert stay, as does all that hangs on them. Everything is done in small bites, so that no
delivery waits behind a long one.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from storage.sql import Connection, Row
from storage.sql.codec import encode_moment
from storage.sql.filed_reports import forget_reports

_NO_ALERT = "NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.story_id = items.story_id)"
# Row numbers grow with first sight: `after` makes the next bite begin where the last ended, past what stays.
_OLD = f"""
SELECT id, feed_id, story_id FROM items WHERE id > :after AND first_seen < :before AND {_NO_ALERT}
ORDER BY id LIMIT :most
"""  # noqa: S608  own constant
_OLDEST_OF_FEED = f"""
SELECT id, feed_id, story_id FROM items WHERE feed_id = :feed AND {_NO_ALERT} ORDER BY id LIMIT :most
"""  # noqa: S608  own constant
_HANGING_ON_ITEMS = (
    "DELETE FROM item_words WHERE id IN (SELECT value FROM json_each(:ids))",
    "DELETE FROM matches WHERE item_id IN (SELECT value FROM json_each(:ids))",
    "DELETE FROM revisions WHERE item_id IN (SELECT value FROM json_each(:ids))",
    "DELETE FROM items WHERE id IN (SELECT value FROM json_each(:ids))",
)
_EMPTY_STORIES = """
DELETE FROM stories WHERE id IN (SELECT value FROM json_each(:ids))
AND NOT EXISTS (SELECT 1 FROM items WHERE items.story_id = stories.id)
AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.story_id = stories.id)
AND NOT EXISTS (SELECT 1 FROM stories AS merged WHERE merged.merged_into = stories.id)
AND NOT EXISTS (SELECT 1 FROM corrections WHERE corrections.story_id = stories.id OR corrections.other_id = stories.id)
"""


def forget_items(connection: Connection, before: datetime, after: int, most: int) -> tuple[int, int]:
    """Deletes at most `most` items first seen before then; how many, and where the next bite begins."""
    rows = connection.execute(_OLD, {"before": encode_moment(before), "after": after, "most": most}).fetchall()
    _delete(connection, rows)
    return len(rows), rows[-1]["id"] if rows else after


def forget_surplus(connection: Connection, most_of_feed: int, most: int) -> int:
    """Deletes at most `most` of the oldest items of a feed that has more than `most_of_feed`; how many."""
    crowded = connection.execute(
        "SELECT id, items FROM feeds WHERE items > :most ORDER BY items DESC", {"most": most_of_feed}
    ).fetchall()
    for feed in crowded:
        values = {"feed": feed["id"], "most": min(feed["items"] - most_of_feed, most)}
        rows = connection.execute(_OLDEST_OF_FEED, values).fetchall()
        if rows:
            _delete(connection, rows)
            return len(rows)
    return 0


def forget_notices(connection: Connection, before: datetime) -> int:
    """Deletes what happened to feeds before then; how many lines."""
    return connection.execute("DELETE FROM feed_notices WHERE at < :before", {"before": encode_moment(before)}).rowcount


def _delete(connection: Connection, rows: Sequence[Row]) -> None:
    item_ids = [row["id"] for row in rows]
    forget_reports(connection, item_ids)
    ids = {"ids": json.dumps(item_ids)}
    for statement in _HANGING_ON_ITEMS:
        connection.execute(statement, ids)
    stories = sorted({row["story_id"] for row in rows if row["story_id"] is not None})
    if stories:
        connection.execute(_EMPTY_STORIES, {"ids": json.dumps(stories)})
    for feed_id, gone in Counter(row["feed_id"] for row in rows).items():
        connection.execute("UPDATE feeds SET items = items - :gone WHERE id = :id", {"gone": gone, "id": feed_id})
