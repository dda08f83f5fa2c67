"""Searching words with FTS5. Promises: `storage.sql.archive.WordIndex`."""

from collections.abc import Sequence

from storage.sql import Connection

# Row numbers grow with first sight, so this order is newest first and the index yields it without sorting.
_SEARCH = """
SELECT rowid AS id FROM item_words_fts WHERE item_words_fts MATCH :query ORDER BY rowid DESC LIMIT :limit OFFSET :offset
"""
_COUNT = "SELECT count(*) FROM item_words_fts WHERE item_words_fts MATCH :query"


def build_query(terms: Sequence[str]) -> str | None:
    """The FTS5 expression for `terms`: every term quoted, so that nothing in it has a meaning to FTS5.

    https://www.sqlite.org/fts5.html#full_text_query_syntax
    """
    phrases: list[str] = []
    for term in dict.fromkeys(terms):
        words = term.replace("\x00", " ").rstrip("*").strip()  # FTS5 would stop reading at NUL
        if not words:
            return None
        quoted = words.replace('"', '""')
        phrases.append(f'"{quoted}"*' if term.endswith("*") else f'"{quoted}"')
    return " AND ".join(phrases)


def list_found(connection: Connection, query: str, limit: int, offset: int) -> list[int]:
    """The items that a query finds, newest first."""
    found = connection.execute(_SEARCH, {"query": query, "limit": limit, "offset": offset})
    return [row["id"] for row in found.fetchall()]


def count_found(connection: Connection, query: str) -> int:
    """How many items a query finds."""
    (count,) = connection.execute(_COUNT, {"query": query}).fetchone()
    return int(count)
