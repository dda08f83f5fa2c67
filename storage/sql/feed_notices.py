"""Notices about feeds, and headlines that were edited. Promises: `bot.ports.store.FeedNoticeStore`."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.feed_notices import FeedNotice, NoticeKind
from bot.domain.novelty import Revision
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment

_ADD_REVISION = """
INSERT INTO revisions (item_id, title, summary, at)
SELECT id, :title, :summary, :at FROM items
WHERE feed_id = :feed_id AND (key = :key OR (link_key = :link_key AND link_key <> ''))
ORDER BY key = :key DESC LIMIT 1
"""
_LIST_REVISIONS = """
SELECT items.feed_id, items.key, items.link_key, revisions.title, revisions.summary, revisions.at
FROM revisions JOIN items ON items.id = revisions.item_id WHERE items.key = :key ORDER BY revisions.id
"""


def record_notices(connection: Connection, notices: Iterable[FeedNotice]) -> None:
    """Writes what happened to feeds."""
    connection.executemany(
        "INSERT INTO feed_notices (feed_id, at, kind, text) VALUES (:feed_id, :at, :kind, :text)",
        [
            {"feed_id": one.feed_id, "at": encode_moment(one.at), "kind": one.kind.value, "text": one.text}
            for one in notices
        ],
    )


def list_feed_notices(connection: Connection, since: datetime, limit: int) -> list[FeedNotice]:
    """What happened since then, newest first."""
    rows = connection.execute(
        "SELECT feed_id, at, kind, text FROM feed_notices WHERE at >= :since ORDER BY at DESC, id DESC LIMIT :limit",
        {"since": encode_moment(since), "limit": limit},
    )
    return [FeedNotice(row["feed_id"], decode_moment(row["at"]), NoticeKind(row["kind"]), row["text"]) for row in rows]


def record_revisions(connection: Connection, revisions: Iterable[Revision]) -> None:
    """Writes edited headlines beside the items they belong to; those whose item is no longer kept are dropped."""
    for revision in revisions:
        connection.execute(
            _ADD_REVISION,
            {
                "feed_id": revision.feed_id,
                "key": revision.key,
                "link_key": revision.link_key,
                "title": revision.title,
                "summary": revision.summary,
                "at": encode_moment(revision.at),
            },
        )


def list_revisions(connection: Connection, item_key: str) -> list[Revision]:
    """The later headlines of an item, in the order in which they were seen."""
    return [
        Revision(row["feed_id"], row["key"], row["link_key"], row["title"], row["summary"], decode_moment(row["at"]))
        for row in connection.execute(_LIST_REVISIONS, {"key": item_key})
    ]
