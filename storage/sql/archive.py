"""Looking back. Promises: `bot.ports.store.ArchiveStore`."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.alerts import Report
from bot.domain.polls import Totals
from storage.sql import Connection
from storage.sql.codec import encode_moment
from storage.sql.rows import build_feed, build_item

# Row numbers grow with first sight, so this order is newest first and the index yields it without sorting.
_SEARCH = """
SELECT rowid AS id FROM item_words_fts WHERE item_words_fts MATCH :query ORDER BY rowid DESC LIMIT :limit OFFSET :offset
"""
_LATEST = "SELECT id FROM items ORDER BY id DESC LIMIT :limit OFFSET :offset"
_COUNT = "SELECT count(*) FROM item_words_fts WHERE item_words_fts MATCH :query"
_TOTALS = """
SELECT
    (SELECT count(*) FROM feeds) AS feeds,
    (SELECT coalesce(sum(items), 0) FROM feeds) AS items,
    (SELECT count(*) FROM matches) AS matches,
    (SELECT count(*) FROM stories) AS stories,
    (SELECT count(*) FROM alerts) AS alerts,
    (SELECT count(*) FROM deliveries) AS deliveries,
    (SELECT count(*) FROM deliveries WHERE state = 'pending')
        + (SELECT count(*) FROM deliveries WHERE state = 'sending') AS deliveries_pending,
    (SELECT count(*) FROM deliveries WHERE state = 'failed') AS deliveries_failed,
    (SELECT count(*) FROM subscriptions) AS subscriptions
"""


def search_items(connection: Connection, terms: Sequence[str], limit: int, offset: int) -> list[Report]:
    """Items that hold every term, newest first; the newest items without terms, none where no term holds a word."""
    query = build_fts_query(terms)
    if query is None:
        return []
    if not query:
        return list_latest(connection, limit, offset)
    found = connection.execute(_SEARCH, {"query": query, "limit": limit, "offset": offset})
    return [get_report(connection, row["id"]) for row in found.fetchall()]


def list_latest(connection: Connection, limit: int, offset: int) -> list[Report]:
    """The newest items."""
    latest = connection.execute(_LATEST, {"limit": limit, "offset": offset})
    return [get_report(connection, row["id"]) for row in latest.fetchall()]


def count_matching_items(connection: Connection, terms: Sequence[str]) -> int:
    """How many items hold every term."""
    query = build_fts_query(terms)
    if query is None:
        return 0
    if not query:
        return count_totals(connection).items
    (count,) = connection.execute(_COUNT, {"query": query}).fetchone()
    return int(count)


def count_totals(connection: Connection) -> Totals:
    """How much the archive holds; deliveries that are being sent count as pending."""
    return Totals(**dict(connection.execute(_TOTALS).fetchone()))


def count_items_since(connection: Connection, since: datetime) -> int:
    """Items first seen since then."""
    (count,) = connection.execute(
        "SELECT count(*) FROM items WHERE first_seen >= :since", {"since": encode_moment(since)}
    ).fetchone()
    return int(count)


def build_fts_query(terms: Sequence[str]) -> str | None:
    """The FTS5 expression for `terms`: every term quoted, so that nothing in it has a meaning to FTS5.

    Empty without terms; None if one of them is blank and thus stands nowhere.
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


def get_report(connection: Connection, item_id: int) -> Report:
    """An item with its feed."""
    item = connection.execute("SELECT * FROM items WHERE id = :id", {"id": item_id}).fetchone()
    feed = connection.execute("SELECT * FROM feeds WHERE id = :id", {"id": item["feed_id"]}).fetchone()
    return Report(build_item(item), build_feed(feed))
