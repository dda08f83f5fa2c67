"""Looking back. Promises: `bot.ports.alert_store.ArchiveStore`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import Report
from bot.domain.polls import Totals
from storage.sql import Connection
from storage.sql.codec import encode_moment
from storage.sql.rows import build_feed, build_item

_LATEST = "SELECT id FROM items ORDER BY id DESC LIMIT :limit OFFSET :offset"
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


class WordIndex(Protocol):
    """Where a store finds items by their words."""

    def build_query(self, terms: Sequence[str]) -> str | None:
        """What finds the items that hold every term, in the words of the index; a term ending in `*` is a beginning.

        Empty without terms; None if one of them is blank and thus stands nowhere.
        """
        ...

    def list_found(self, connection: Connection, query: str, limit: int, offset: int) -> list[int]:
        """The items that a query finds, newest first."""
        ...

    def count_found(self, connection: Connection, query: str) -> int:
        """How many items a query finds."""
        ...


def search_items(
    connection: Connection, index: WordIndex, terms: Sequence[str], limit: int, offset: int
) -> list[Report]:
    """Items that hold every term, newest first; the newest items without terms, none where no term holds a word."""
    query = index.build_query(terms)
    if query is None:
        return []
    ids = index.list_found(connection, query, limit, offset) if query else _list_latest(connection, limit, offset)
    return [_get_report(connection, item_id) for item_id in ids]


def count_matching_items(connection: Connection, index: WordIndex, terms: Sequence[str]) -> int:
    """How many items hold every term."""
    query = index.build_query(terms)
    if query is None:
        return 0
    return index.count_found(connection, query) if query else count_totals(connection).items


def count_totals(connection: Connection) -> Totals:
    """How much the archive holds; deliveries that are being sent count as pending."""
    return Totals(**dict(connection.execute(_TOTALS).fetchone()))


def count_items_since(connection: Connection, since: datetime) -> int:
    """Items first seen since then."""
    (count,) = connection.execute(
        "SELECT count(*) FROM items WHERE first_seen >= :since", {"since": encode_moment(since)}
    ).fetchone()
    return int(count)


def _list_latest(connection: Connection, limit: int, offset: int) -> list[int]:
    return [row["id"] for row in connection.execute(_LATEST, {"limit": limit, "offset": offset})]


def _get_report(connection: Connection, item_id: int) -> Report:
    item = connection.execute("SELECT * FROM items WHERE id = :id", {"id": item_id}).fetchone()
    feed = connection.execute("SELECT * FROM feeds WHERE id = :id", {"id": item["feed_id"]}).fetchone()
    return Report(build_item(item), build_feed(feed))
