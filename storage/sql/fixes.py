"""Fixes that were proposed. Promises: `bot.ports.triage_store.FixStore`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.fixes import Cost, Fix, FixKind, FixState
from bot.errors import NotFound
from bot.sentences import Sentence
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, decode_optional_moment, encode_moment

_LIST = """
SELECT fixes.*, destinations.key AS destination FROM fixes JOIN destinations ON destinations.id = fixes.destination_id
WHERE destinations.key = :key AND (:watchlist = '' OR fixes.watchlist = :watchlist) ORDER BY fixes.id
"""
_GET = """
SELECT fixes.*, destinations.key AS destination FROM fixes JOIN destinations ON destinations.id = fixes.destination_id
WHERE fixes.id = :id AND destinations.key = :key
"""
_INSERT = """
INSERT INTO fixes (destination_id, watchlist, kind, value, bad_gone, bad, useful_gone, useful, at, state, version)
VALUES ((SELECT id FROM destinations WHERE key = :key), :watchlist, :kind, :value, :bad_gone, :bad, :useful_gone,
    :useful, :at, :state, 0)
RETURNING id
"""
_RENEW = """
UPDATE fixes SET bad_gone = :bad_gone, bad = :bad, useful_gone = :useful_gone, useful = :useful, at = :at
WHERE id = :id
"""


def record_fix(connection: Connection, fix: Fix) -> Fix:
    """Keeps a proposed fix; one that is open already takes over the new figures."""
    known = [one for one in list_fixes(connection, fix.destination, fix.watchlist) if _is_same(one, fix)]
    if known:
        connection.execute(_RENEW, {**_figures(fix), "id": known[0].id})
        return replace(fix, id=known[0].id)
    row = connection.execute(
        _INSERT,
        {
            **_figures(fix),
            "key": fix.destination,
            "watchlist": fix.watchlist,
            "kind": fix.kind.value,
            "value": fix.value,
            "state": fix.state.value,
        },
    ).fetchone()
    return replace(fix, id=row["id"])


def get_fix(connection: Connection, fix_id: int, destination_key: str) -> Fix:
    """A fix of a chat. Raises NotFound."""
    row = connection.execute(_GET, {"id": fix_id, "key": destination_key}).fetchone()
    if row is None:
        raise NotFound(Sentence("That proposal is gone."), Sentence("/precision shows what there is."))
    return _build(row)


def list_fixes(connection: Connection, destination_key: str, watchlist: str) -> list[Fix]:
    """What was proposed in a chat, oldest first; about one list, or about all for an empty one."""
    rows = connection.execute(_LIST, {"key": destination_key, "watchlist": watchlist})
    return [_build(row) for row in rows]


def settle_fix(connection: Connection, fix_id: int, state: FixState, version: int, now: datetime) -> None:
    """Says what became of a fix."""
    connection.execute(
        "UPDATE fixes SET state = :state, version = :version, settled_at = :now WHERE id = :id",
        {"state": state.value, "version": version, "now": encode_moment(now), "id": fix_id},
    )


def _is_same(known: Fix, fix: Fix) -> bool:
    return known.state is FixState.OPEN and (known.kind, known.value) == (fix.kind, fix.value)


def _figures(fix: Fix) -> dict[str, Any]:
    return {
        "bad_gone": fix.cost.bad_gone,
        "bad": fix.cost.bad,
        "useful_gone": fix.cost.useful_gone,
        "useful": fix.cost.useful,
        "at": encode_moment(fix.at),
    }


def _build(row: Row) -> Fix:
    return Fix(
        destination=row["destination"],
        watchlist=row["watchlist"],
        kind=FixKind(row["kind"]),
        value=row["value"],
        cost=Cost(row["bad_gone"], row["bad"], row["useful_gone"], row["useful"]),
        at=decode_moment(row["at"]),
        state=FixState(row["state"]),
        version=row["version"],
        settled_at=decode_optional_moment(row["settled_at"]),
        id=row["id"],
    )
