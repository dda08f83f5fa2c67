"""Searching words in tsvectors. Promises: `storage.sql.archive.WordIndex`.

A search goes through the shelves from the newest to the oldest and ends as soon as it has enough.
"""

from collections.abc import Iterator, Sequence

from storage.postgres.shelves import SHELF, newest_number
from storage.sql import Connection

_SEARCH = """
SELECT id FROM item_words WHERE id >= :first AND id < :end AND positions @@ CAST(:query AS tsquery)
ORDER BY id DESC LIMIT :limit
"""
_COUNT = "SELECT count(*) FROM item_words WHERE positions @@ CAST(:query AS tsquery)"
_OLDEST = "SELECT coalesce(min(id), 0) AS id FROM item_words"
_LONGEST = 500  # characters of a word that count, as in the function word_positions of the schema


def build_query(terms: Sequence[str]) -> str | None:
    """The text search query for `terms`: every word quoted, so that nothing in it has a meaning to PostgreSQL.

    https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY
    """
    phrases: list[str] = []
    for term in dict.fromkeys(terms):
        words = term.rstrip("*").replace("\x00", " ").split()
        if not words:
            return None
        quoted = [_quote(word) for word in words]
        if term.endswith("*"):
            quoted[-1] += ":*"
        phrases.append(f"({' <-> '.join(quoted)})")
    return " & ".join(phrases)


def list_found(connection: Connection, query: str, limit: int, offset: int) -> list[int]:
    """The items that a query finds, newest first."""
    ids: list[int] = []
    for first, end in _shelves(connection):
        values = {"query": query, "first": first, "end": end, "limit": offset + limit - len(ids)}
        ids += [row["id"] for row in connection.execute(_SEARCH, values)]
        if len(ids) >= offset + limit:
            break
    return ids[offset:]


def count_found(connection: Connection, query: str) -> int:
    """How many items a query finds."""
    (count,) = connection.execute(_COUNT, {"query": query}).fetchone()
    return int(count)


def _quote(word: str) -> str:
    escaped = word[:_LONGEST].replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _shelves(connection: Connection) -> Iterator[tuple[int, int]]:
    """The numbers from which and to which shelves with items reach, newest first."""
    oldest = connection.execute(_OLDEST).fetchone()["id"]
    for shelf in range(newest_number(connection) // SHELF, oldest // SHELF - 1, -1):
        yield shelf * SHELF, (shelf + 1) * SHELF
