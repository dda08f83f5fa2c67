"""Feeds and their state. Promises: `bot.ports.store.FeedStore`."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.audit import FILES, Action, AuditEntry, Subject
from bot.domain.feeds import EXILE, Feed, FeedOrigin, FeedState, FeedStatus
from bot.domain.redaction import hide_secrets
from bot.errors import Conflict, NotFound
from bot.sentences import Sentence
from storage.sql import Connection
from storage.sql.audit import record_audit
from storage.sql.codec import encode_moment
from storage.sql.feed_learning import MEMORY_COLUMNS, MEMORY_JOINS, forget_memory
from storage.sql.hubs import HUB_COLUMNS, HUB_JOIN
from storage.sql.rows import build_feed, build_feed_status, feed_state_values, feed_values

_INSERT = """
INSERT INTO feeds (
    id, url, outlet, lang, country, owner, grade, origin_group, topics, boilerplate, interval, enabled, note, origin,
    added_by, next_due, etag, last_modified, last_poll, last_success, last_new_item, baselined, failures, problem,
    problem_text, problem_since, items
) VALUES (
    :id, :url, :outlet, :lang, :country, :owner, :grade, :origin_group, :topics, :boilerplate, :interval, :enabled,
    :note, :origin, :added_by, :next_due, :etag, :last_modified, :last_poll, :last_success, :last_new_item, :baselined,
    :failures, :problem, :problem_text, :problem_since, 0
)
"""
_UPDATE = """
UPDATE feeds SET
    etag = CASE WHEN url = :url THEN etag ELSE '' END,
    last_modified = CASE WHEN url = :url THEN last_modified ELSE '' END,
    next_due = CASE WHEN url = :url THEN next_due ELSE :now END,
    url = :url, outlet = :outlet, lang = :lang, country = :country, owner = :owner, grade = :grade,
    origin_group = :origin_group, topics = :topics, boilerplate = :boilerplate, interval = :interval,
    enabled = :enabled, note = :note, origin = :origin, added_by = :added_by
WHERE id = :id
"""
_UPDATE_STATE = """
UPDATE feeds SET
    next_due = :next_due, etag = :etag, last_modified = :last_modified, last_poll = :last_poll,
    last_success = :last_success, last_new_item = :last_new_item, baselined = :baselined, failures = :failures,
    problem = :problem, problem_text = :problem_text, problem_since = :problem_since
WHERE id = :id
"""
_LIST = f"SELECT feeds.*, {MEMORY_COLUMNS}, {HUB_COLUMNS} FROM feeds {MEMORY_JOINS} {HUB_JOIN} ORDER BY feeds.id"  # noqa: S608  own constants
_LIST_MARKED = "SELECT * FROM feeds WHERE owner = :exile OR note <> '' ORDER BY id"
# Every column of which a feed with its state is built.
SELECT_STATUS = f"SELECT feeds.*, {MEMORY_COLUMNS}, {HUB_COLUMNS} FROM feeds {MEMORY_JOINS} {HUB_JOIN}"  # noqa: S608  own constants
_LIST_DUE = f"""
{SELECT_STATUS}
WHERE enabled = 1 AND next_due <= :now AND feeds.id NOT IN (SELECT value FROM json_each(:busy))
ORDER BY next_due LIMIT :limit
"""  # noqa: S608  own constants


def sync_feeds(connection: Connection, feeds: Sequence[Feed], now: datetime) -> None:
    """Makes the feeds of the files equal to `feeds`.

    A feed that people added under the same id or address goes on as it is, and is not polled twice.
    """
    before = _list_file_feeds(connection)
    wanted = {feed.id: replace(feed, origin=FeedOrigin.FILE) for feed in feeds}
    if wanted == before:
        return
    for feed_id, feed in before.items():
        # Addresses of feeds that changed are free before any is written, so that two may swap theirs.
        if feed.enabled and wanted.get(feed_id) != feed:
            connection.execute("UPDATE feeds SET enabled = 0 WHERE id = :id", {"id": feed_id})
    for feed_id, feed in wanted.items():
        if before.get(feed_id) == feed:
            continue
        known = connection.execute("SELECT enabled FROM feeds WHERE id = :id", {"id": feed_id}).fetchone()
        if known and known["enabled"]:
            continue
        enabled = feed.enabled and _find_reader(connection, feed.url) is None
        _write_feed(connection, replace(feed, enabled=enabled), now, known=known is not None)
    record_audit(connection, _compare(before, _list_file_feeds(connection), now))


def _list_file_feeds(connection: Connection) -> dict[str, Feed]:
    rows = connection.execute("SELECT * FROM feeds WHERE origin = :file", {"file": FeedOrigin.FILE.value})
    return {row["id"]: build_feed(row) for row in rows}


def _compare(before: dict[str, Feed], after: dict[str, Feed], now: datetime) -> Iterator[AuditEntry]:
    """What became of the feeds of the files. One that is not polled, before and after, is not worth an entry."""
    for feed_id, feed in after.items():
        old = before.get(feed_id)
        if feed == old or not (feed.enabled or (old and old.enabled)):
            continue
        action = Action.ADDED if old is None or not old.enabled else Action.CHANGED
        action = action if feed.enabled else Action.REMOVED
        yield AuditEntry(now, FILES, action, Subject.FEED, feed_id, detail=hide_secrets(feed.url))


def add_feed(connection: Connection, feed: Feed, now: datetime, *, name: str = "") -> None:
    """Adds a feed, or takes a disabled one of the same id into use again, as if it were new."""
    reader = _find_reader(connection, feed.url)
    if reader:
        raise Conflict(
            Sentence("{url} is read already, as feed {feed}.", url=hide_secrets(feed.url), feed=reader),
            Sentence("Nothing needs to be added."),
        )
    known = connection.execute("SELECT enabled, outlet FROM feeds WHERE id = :id", {"id": feed.id}).fetchone()
    if known and known["enabled"]:
        raise Conflict(
            Sentence("There is a feed {feed} already ({outlet}).", feed=feed.id, outlet=known["outlet"]),
            Sentence("Give the new one another id."),
        )
    _write_feed(connection, feed, now, known=known is not None)
    record_feed_state(connection, FeedState(feed.id, next_due=now))
    forget_memory(connection, feed.id)
    entry = AuditEntry(
        now, feed.added_by, Action.ADDED, Subject.FEED, feed.id, name=name, detail=hide_secrets(feed.url)
    )
    record_audit(connection, [entry])


def remove_feed(connection: Connection, feed_id: str, by: str, now: datetime, *, name: str = "") -> None:
    """Disables a feed."""
    row = connection.execute("SELECT url, enabled FROM feeds WHERE id = :id", {"id": feed_id}).fetchone()
    if row is None:
        raise _unknown(feed_id)
    if row["enabled"]:
        connection.execute("UPDATE feeds SET enabled = 0 WHERE id = :id", {"id": feed_id})
        entry = AuditEntry(now, by, Action.REMOVED, Subject.FEED, feed_id, name=name, detail=hide_secrets(row["url"]))
        record_audit(connection, [entry])


def _unknown(feed_id: str) -> NotFound:
    return NotFound(
        Sentence("There is no feed {feed}.", feed=feed_id), Sentence("List them with /feeds or `tocsin feeds list`.")
    )


def list_feeds(connection: Connection) -> list[FeedStatus]:
    """Every feed, by id."""
    return [build_feed_status(row) for row in connection.execute(_LIST)]


def list_marked_feeds(connection: Connection) -> list[Feed]:
    """The feeds of outlets in exile and those with a note."""
    return [build_feed(row) for row in connection.execute(_LIST_MARKED, {"exile": EXILE})]


def grade_feed(connection: Connection, feed_id: str, grade: str, entry: AuditEntry) -> None:
    """Gives a feed that people added another letter."""
    row = connection.execute("SELECT origin FROM feeds WHERE id = :id", {"id": feed_id}).fetchone()
    if row is None:
        raise _unknown(feed_id)
    if row["origin"] == FeedOrigin.FILE.value:
        raise Conflict(Sentence("The letter of {feed} is set in a file.", feed=feed_id), Sentence("Change it there."))
    connection.execute("UPDATE feeds SET grade = :grade WHERE id = :id", {"id": feed_id, "grade": grade})
    record_audit(connection, [entry])


def list_due_feeds(connection: Connection, now: datetime, limit: int, busy: Collection[str]) -> list[FeedStatus]:
    """Enabled feeds whose time has come and which are not in `busy`."""
    values = {"now": encode_moment(now), "limit": limit, "busy": json.dumps(sorted(busy))}
    rows = connection.execute(_LIST_DUE, values)
    return [build_feed_status(row) for row in rows]


def record_feed_state(connection: Connection, state: FeedState) -> None:
    """Writes what a poll left behind. Raises NotFound for a feed that never was."""
    if not connection.execute(_UPDATE_STATE, feed_state_values(state)).rowcount:
        raise NotFound(f"There is no feed {state.feed_id}.", "Add it before it is polled.")


def record_feed_states(connection: Connection, states: Sequence[FeedState]) -> None:
    """Writes what the polls of a batch left behind. Raises NotFound for a feed that never was."""
    if connection.executemany(_UPDATE_STATE, map(feed_state_values, states)).rowcount != len(states):
        for state in states:
            record_feed_state(connection, state)


def count_new_items(connection: Connection, feed_id: str, new_items: int) -> None:
    """Adds to the number of a feed's items, kept so that nobody ever has to count them."""
    connection.execute(
        "UPDATE feeds SET items = items + :new_items WHERE id = :id", {"new_items": new_items, "id": feed_id}
    )


def _find_reader(connection: Connection, url: str) -> str | None:
    row = connection.execute("SELECT id FROM feeds WHERE url = :url AND enabled = 1", {"url": url}).fetchone()
    return row["id"] if row else None


def _write_feed(connection: Connection, feed: Feed, now: datetime, *, known: bool) -> None:
    if known:
        connection.execute(_UPDATE, feed_values(feed) | {"now": encode_moment(now)})
    else:
        connection.execute(_INSERT, feed_state_values(FeedState(feed.id, next_due=now)) | feed_values(feed))
