"""Watchlists made in chats, versions and drafts. Promises: `bot.ports.list_store.WatchlistStore`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_lists import DRAFT_LIFE, MOST_LISTS_IN_A_CHAT, ChatList, Draft, Version
from bot.errors import Conflict, NotFound
from bot.sentences import Sentence
from storage.sql import Connection, Row
from storage.sql.audit import record_audit
from storage.sql.codec import (
    decode_moment,
    decode_optional_moment,
    decode_samples,
    decode_watchlist,
    encode_moment,
    encode_samples,
    encode_watchlist,
)

_LIST = """
SELECT chat_lists.id AS list_id, chat_lists.owner, chat_lists.owner_name, chat_lists.created_at, chat_lists.removed,
    destinations.key AS destination, watchlist_versions.*
FROM chat_lists
JOIN destinations ON destinations.id = chat_lists.destination_id
JOIN watchlist_versions
    ON watchlist_versions.watchlist = chat_lists.id AND watchlist_versions.number = chat_lists.version
WHERE chat_lists.id = coalesce(:id, chat_lists.id)
ORDER BY chat_lists.created_at, chat_lists.id
"""
_MADE = """
SELECT id FROM chat_lists WHERE destination_id = :destination AND owner = :owner AND created_at = :now
"""
_UNDONE = """
SELECT 1 FROM audit
WHERE subject = :subject AND by = :by AND subject_id = :id AND at = :at AND detail LIKE 'back to version %'
"""
_INSERT_VERSION = """
INSERT INTO watchlist_versions (watchlist, number, parent, yaml, content, author, author_name, at)
VALUES (:watchlist, :number, :parent, :yaml, :content, :author, :author_name, :at)
"""
_VERSIONS = "SELECT * FROM watchlist_versions WHERE watchlist = :watchlist ORDER BY number DESC"
_DRAFT = """
SELECT drafts.*, destinations.key AS destination FROM drafts
JOIN destinations ON destinations.id = drafts.destination_id
WHERE drafts.id = :id AND destinations.key = :key
"""
_GONE = Sentence("That draft is gone: drafts are kept for two weeks, and until they are used.")


def list_chat_lists(connection: Connection) -> list[ChatList]:
    """Every list ever made in a chat."""
    return [_build_list(row) for row in connection.execute(_LIST, {"id": None})]


def add_chat_list(connection: Connection, draft: Draft, list_id: str, now: datetime) -> ChatList:
    """Makes a list of a draft; the one that the same request made before."""
    destination = _destination_id(connection, draft.destination)
    if not _take_draft(connection, draft.id, now):
        values = {"destination": destination, "owner": draft.author, "now": encode_moment(now)}
        return _get_list(connection, connection.execute(_MADE, values).fetchone()["id"])
    (made,) = connection.execute(
        "SELECT count(*) FROM chat_lists WHERE destination_id = :id AND removed = 0", {"id": destination}
    ).fetchone()
    if made >= MOST_LISTS_IN_A_CHAT:
        raise Conflict(
            Sentence(
                "This chat has {most} lists of its own, which is as many as it may have.", most=MOST_LISTS_IN_A_CHAT
            ),
            Sentence("Remove one: /edit <list> remove"),
        )
    content = replace(draft.content, id=list_id)
    inserted = connection.execute(
        "INSERT INTO chat_lists (id, destination_id, owner, owner_name, created_at, version, removed)"
        " VALUES (:id, :destination, :owner, :owner_name, :now, 1, 0) ON CONFLICT (id) DO NOTHING",
        {
            "id": list_id,
            "destination": destination,
            "owner": draft.author,
            "owner_name": draft.author_name,
            "now": encode_moment(now),
        },
    )
    if not inserted.rowcount:
        raise Conflict(Sentence("The id “{id}” is taken.", id=list_id), Sentence("Choose another one."))
    first = Version(list_id, 1, 0, draft.yaml, content, draft.author, draft.author_name, now)
    _insert_version(connection, first)
    record_audit(connection, [_entry(Action.ADDED, list_id, draft, now, draft.query)])
    return _get_list(connection, list_id)


def remove_chat_list(connection: Connection, list_id: str, by: str, name: str, now: datetime) -> None:
    """Takes a list out of use, with its subscriptions."""
    known = _get_list(connection, list_id)
    connection.execute("UPDATE chat_lists SET removed = 1 WHERE id = :id", {"id": list_id})
    connection.execute("DELETE FROM subscriptions WHERE watchlist = :id", {"id": list_id})
    entry = AuditEntry(now, by, Action.REMOVED, Subject.WATCHLIST, list_id, known.destination, name)
    record_audit(connection, [entry])


def add_version(connection: Connection, draft: Draft, now: datetime) -> Version:
    """Puts a changed list into use; the version that the same request made before."""
    known = _get_list(connection, draft.watchlist)
    if not _take_draft(connection, draft.id, now):
        return next(one for one in list_watchlist_versions(connection, draft.watchlist) if one.at == now)
    if known.version.number != draft.based_on:
        by = known.version.author_name or known.version.author
        raise Conflict(
            Sentence("{name} changed {list} in the meantime.", name=by, list=draft.watchlist),
            Sentence("Start again: /edit {list}", list=draft.watchlist),
        )
    (newest,) = connection.execute(
        "SELECT max(number) FROM watchlist_versions WHERE watchlist = :id", {"id": draft.watchlist}
    ).fetchone()
    version = Version(
        draft.watchlist, newest + 1, draft.based_on, draft.yaml, draft.content, draft.author, draft.author_name, now
    )
    _insert_version(connection, version)
    _use_version(connection, draft.watchlist, version.number)
    record_audit(connection, [_entry(Action.CHANGED, draft.watchlist, draft, now, f"version {version.number}")])
    return version


def undo_version(connection: Connection, list_id: str, by: str, name: str, now: datetime) -> Version:
    """Puts the version before the present one into use, once for each moment at which a person asks for it."""
    known = _get_list(connection, list_id)
    request = {"subject": Subject.WATCHLIST.value, "by": by, "id": list_id, "at": encode_moment(now)}
    if connection.execute(_UNDONE, request).fetchone():
        return known.version
    versions = list_watchlist_versions(connection, list_id)
    parent = next((one for one in versions if one.number == known.version.parent), None)
    if parent is None:
        raise NotFound(Sentence("{list} has no earlier version.", list=list_id))
    _use_version(connection, list_id, parent.number)
    detail = f"back to version {parent.number}"
    entry = AuditEntry(now, by, Action.CHANGED, Subject.WATCHLIST, list_id, known.destination, name, detail)
    record_audit(connection, [entry])
    return parent


def record_file_versions(connection: Connection, versions: Sequence[Version]) -> int:
    """Keeps what differs from the last version kept."""
    kept = 0
    for version in versions:
        last = connection.execute(f"{_VERSIONS} LIMIT 1", {"watchlist": version.watchlist}).fetchone()
        if last is not None and decode_watchlist(last["content"]) == version.content:
            continue
        number = last["number"] if last is not None else 0
        _insert_version(connection, replace(version, number=number + 1, parent=number))
        kept += 1
    return kept


def list_watchlist_versions(connection: Connection, list_id: str) -> list[Version]:
    """The versions of a list, newest first."""
    return [_build_version(row) for row in connection.execute(_VERSIONS, {"watchlist": list_id})]


def record_draft(connection: Connection, draft: Draft) -> Draft:
    """Keeps a draft, and forgets those that are too old."""
    connection.execute("DELETE FROM drafts WHERE at < :oldest", {"oldest": encode_moment(draft.at - DRAFT_LIFE)})
    row = connection.execute(
        "INSERT INTO drafts"
        " (destination_id, watchlist, based_on, yaml, content, author, author_name, at, query, samples) VALUES"
        " (:destination, :watchlist, :based_on, :yaml, :content, :author, :author_name, :at, :query, :samples)"
        " RETURNING id",
        {
            "destination": _destination_id(connection, draft.destination),
            "watchlist": draft.watchlist,
            "based_on": draft.based_on,
            "yaml": draft.yaml,
            "content": encode_watchlist(draft.content),
            "author": draft.author,
            "author_name": draft.author_name,
            "at": encode_moment(draft.at),
            "query": draft.query,
            "samples": encode_samples(draft.samples),
        },
    ).fetchone()
    return replace(draft, id=row["id"])


def get_draft(connection: Connection, draft_id: int, destination_key: str, now: datetime | None = None) -> Draft:
    """A draft of a chat, unless another request has used it."""
    row = connection.execute(_DRAFT, {"id": draft_id, "key": destination_key}).fetchone()
    used_at = decode_optional_moment(row["used_at"]) if row is not None else None
    if row is None or used_at not in {None, now}:
        raise NotFound(_GONE)
    return Draft(
        destination=row["destination"],
        watchlist=row["watchlist"],
        based_on=row["based_on"],
        yaml=row["yaml"],
        content=decode_watchlist(row["content"]),
        author=row["author"],
        author_name=row["author_name"],
        at=decode_moment(row["at"]),
        query=row["query"],
        samples=decode_samples(row["samples"]),
        id=row["id"],
        used_at=used_at,
    )


def rate_sample(connection: Connection, draft_id: int, destination_key: str, number: int, *, useful: bool) -> Draft:
    """A verdict on one sample."""
    draft = get_draft(connection, draft_id, destination_key)
    samples = list(draft.samples.get("samples", ()))
    if number >= len(samples):
        raise NotFound(_GONE)
    samples[number] = replace(samples[number], useful=useful)
    rated = replace(draft, samples={**draft.samples, "samples": tuple(samples)})
    connection.execute(
        "UPDATE drafts SET samples = :samples WHERE id = :id",
        {"samples": encode_samples(rated.samples), "id": draft_id},
    )
    return rated


def drop_draft(connection: Connection, draft_id: int, destination_key: str) -> None:
    """Forgets a draft of a chat."""
    connection.execute(
        "DELETE FROM drafts WHERE id = :id AND destination_id = (SELECT id FROM destinations WHERE key = :key)",
        {"id": draft_id, "key": destination_key},
    )


def _destination_id(connection: Connection, key: str) -> int:
    row = connection.execute("SELECT id FROM destinations WHERE key = :key", {"key": key}).fetchone()
    if row is None:
        raise NotFound(f"There is no destination {key}.", "Destinations appear when somebody writes there.")
    return int(row["id"])


def _get_list(connection: Connection, list_id: str) -> ChatList:
    row = connection.execute(_LIST, {"id": list_id}).fetchone()
    if row is None or row["removed"]:
        raise NotFound(Sentence("There is no list {list} made in this chat.", list=list_id))
    return _build_list(row)


def _take_draft(connection: Connection, draft_id: int, now: datetime) -> bool:
    """Uses up a draft: a button that is pressed twice works once. False if this very request has used it already, and
    is handled again because its process died.
    """
    row = connection.execute("SELECT used_at FROM drafts WHERE id = :id", {"id": draft_id}).fetchone()
    if row is None or row["used_at"] not in {None, encode_moment(now)}:
        raise NotFound(_GONE)
    connection.execute("UPDATE drafts SET used_at = :now WHERE id = :id", {"now": encode_moment(now), "id": draft_id})
    return row["used_at"] is None


def _use_version(connection: Connection, list_id: str, number: int) -> None:
    connection.execute("UPDATE chat_lists SET version = :number WHERE id = :id", {"number": number, "id": list_id})


def _insert_version(connection: Connection, version: Version) -> None:
    values: dict[str, Any] = {
        "watchlist": version.watchlist,
        "number": version.number,
        "parent": version.parent,
        "yaml": version.yaml,
        "content": encode_watchlist(version.content),
        "author": version.author,
        "author_name": version.author_name,
        "at": encode_moment(version.at),
    }
    connection.execute(_INSERT_VERSION, values)


def _entry(action: Action, list_id: str, draft: Draft, now: datetime, detail: str) -> AuditEntry:
    author, name = draft.author, draft.author_name
    return AuditEntry(now, author, action, Subject.WATCHLIST, list_id, draft.destination, name, detail)


def _build_version(row: Row) -> Version:
    return Version(
        watchlist=row["watchlist"],
        number=row["number"],
        parent=row["parent"],
        yaml=row["yaml"],
        content=decode_watchlist(row["content"]),
        author=row["author"],
        author_name=row["author_name"],
        at=decode_moment(row["at"]),
    )


def _build_list(row: Row) -> ChatList:
    return ChatList(
        id=row["list_id"],
        destination=row["destination"],
        owner=row["owner"],
        owner_name=row["owner_name"],
        created_at=decode_moment(row["created_at"]),
        version=_build_version(row),
        removed=bool(row["removed"]),
    )
