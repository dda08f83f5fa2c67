"""Feeds that wait for a button. Promises: `bot.ports.feed_draft_store.FeedDraftStore`."""

from dataclasses import replace
from datetime import datetime

from bot.domain.feed_drafts import FEED_DRAFT_LIFE, GONE, LOOK_AGAIN, FeedDraft
from bot.errors import NotFound
from storage.sql import Connection
from storage.sql.codec import decode_moment, decode_optional_moment, encode_moment, encode_optional_moment

_INSERT = """
INSERT INTO feed_drafts (destination_id, url, title, lang, items, newest, ringing, author, at, owner, grade)
SELECT id, :url, :title, :lang, :items, :newest, :ringing, :author, :at, :owner, :grade
FROM destinations WHERE key = :key
RETURNING id
"""
_GET = """
SELECT feed_drafts.*, destinations.key AS destination FROM feed_drafts
JOIN destinations ON destinations.id = feed_drafts.destination_id
WHERE feed_drafts.id = :id AND destinations.key = :key
"""


def record_feed_draft(connection: Connection, draft: FeedDraft) -> FeedDraft:
    """Keeps a draft, and forgets those that are too old."""
    oldest = encode_moment(draft.at - FEED_DRAFT_LIFE)
    connection.execute("DELETE FROM feed_drafts WHERE at < :oldest", {"oldest": oldest})
    row = connection.execute(
        _INSERT,
        {
            "key": draft.destination,
            "url": draft.url,
            "title": draft.title,
            "lang": draft.lang,
            "items": draft.items,
            "newest": encode_optional_moment(draft.newest),
            "ringing": draft.ringing,
            "author": draft.author,
            "at": encode_moment(draft.at),
            "owner": draft.owner,
            "grade": draft.grade,
        },
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no destination {draft.destination}.")
    return replace(draft, id=row["id"])


def get_feed_draft(
    connection: Connection, draft_id: int, destination_key: str, now: datetime | None = None
) -> FeedDraft:
    """A draft of a chat, unless another request has used it."""
    row = connection.execute(_GET, {"id": draft_id, "key": destination_key}).fetchone()
    used_at = decode_optional_moment(row["used_at"]) if row is not None else None
    if row is None or used_at not in {None, now}:
        raise NotFound(GONE, LOOK_AGAIN)
    return FeedDraft(
        destination=row["destination"],
        url=row["url"],
        title=row["title"],
        lang=row["lang"],
        items=row["items"],
        newest=decode_optional_moment(row["newest"]),
        ringing=row["ringing"],
        author=row["author"],
        at=decode_moment(row["at"]),
        owner=row["owner"],
        grade=row["grade"],
        id=row["id"],
        used_at=used_at,
    )


def describe_feed_draft(
    connection: Connection, draft_id: int, destination_key: str, owner: str, grade: str
) -> FeedDraft:
    """What somebody said of the outlet."""
    draft = replace(get_feed_draft(connection, draft_id, destination_key), owner=owner, grade=grade)
    connection.execute(
        "UPDATE feed_drafts SET owner = :owner, grade = :grade WHERE id = :id",
        {"owner": owner, "grade": grade, "id": draft_id},
    )
    return draft


def use_feed_draft(connection: Connection, draft_id: int, destination_key: str, now: datetime) -> None:
    """The request of this moment adds it."""
    get_feed_draft(connection, draft_id, destination_key, now)
    connection.execute(
        "UPDATE feed_drafts SET used_at = :now WHERE id = :id", {"now": encode_moment(now), "id": draft_id}
    )


def drop_feed_draft(connection: Connection, draft_id: int, destination_key: str) -> None:
    """Forgets a draft of a chat."""
    connection.execute(
        "DELETE FROM feed_drafts WHERE id = :id AND destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"id": draft_id, "key": destination_key},
    )
