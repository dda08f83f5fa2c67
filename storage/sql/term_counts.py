"""In how many texts each term stands. Promises: part of `bot.ports.store.StoryStore`.

Counting each text as it comes would write to a page of the database for nearly every word. How rare a term is changes
slowly, so texts wait until they are a fiftieth of those counted, and are then counted together. What was read of the
counts stays true until then.
"""

import json
from collections import Counter
from collections.abc import Iterable

from bot.domain.stories import Rarity
from storage.sql import Connection

_SHARE_WAITING = 50
_MOST_WAITING = 500
_WAIT = """
INSERT INTO text_counts (id, texts, waiting, newest) VALUES (1, 0, :added, 0)
ON CONFLICT (id) DO UPDATE SET waiting = text_counts.waiting + excluded.waiting RETURNING texts, waiting, newest
"""
_UNCOUNTED = "SELECT item_id, words FROM fingerprints WHERE item_id > :newest ORDER BY item_id"
_COUNT = """
INSERT INTO term_counts (term, texts) VALUES (:term, :texts)
ON CONFLICT (term) DO UPDATE SET texts = term_counts.texts + excluded.texts
"""
_COUNTED = "UPDATE text_counts SET texts = texts + :texts, waiting = 0, newest = :newest"


class KnownCounts:
    """What this process has read of the counts, until texts are counted again: a few thousand terms."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._rarity = Rarity(self._counts)

    def read(self, connection: Connection, terms: Iterable[str]) -> Rarity:
        """How rare terms are."""
        row = connection.execute("SELECT texts FROM text_counts").fetchone()
        texts = row["texts"] if row else 0
        counts, rarity = self._counts, self._rarity
        if texts != rarity.total:
            counts = {}
            rarity = Rarity(counts, texts)
        unknown = [term for term in terms if term not in counts]
        rows = connection.execute(
            "SELECT term, texts FROM term_counts WHERE term IN (SELECT value FROM json_each(:terms))",
            {"terms": json.dumps(unknown, ensure_ascii=False)},
        )
        counts.update({**dict.fromkeys(unknown, 0), **dict(rows.fetchall())})
        self._counts, self._rarity = counts, rarity
        return rarity


def count_filed(connection: Connection, added: int) -> int:
    """Counts the texts that wait, if they are enough with those added now; the newest item that is counted."""
    state = connection.execute(_WAIT, {"added": added}).fetchone()
    if state["waiting"] >= min(state["texts"] / _SHARE_WAITING, _MOST_WAITING):
        return count_waiting(connection, state["newest"])
    return int(state["newest"])


def count_waiting(connection: Connection, newest: int) -> int:
    """Counts the texts of all items after `newest`; the newest item that is counted."""
    rows = connection.execute(_UNCOUNTED, {"newest": newest}).fetchall()
    terms = Counter(term for row in rows for term in frozenset(row["words"].split()))
    newest = rows[-1]["item_id"] if rows else newest
    connection.executemany(_COUNT, [{"term": term, "texts": texts} for term, texts in sorted(terms.items())])
    connection.execute(_COUNTED, {"texts": len(rows), "newest": newest})
    return newest
