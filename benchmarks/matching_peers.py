"""What the matcher is compared with. Peers get raw items and tell which terms occur; none gives offsets into them.

Folding is part of the work of each: they only know bytes.
"""

import sqlite3
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from bot.matching.records import Document
from bot.matching.tokens import folded_words

FTS_BATCH = 500
Peer = Callable[[Sequence[Document]], int]  # how many occurrences it found


def folded_terms(terms: Sequence[str]) -> list[str]:
    """Terms as they stand in such a line: a whole word or phrase, or the beginning of a word."""
    return [f" {' '.join(folded_words(term))}{'' if term.endswith('*') else ' '}" for term in terms]


class FastFold:
    """Folding by remembered words: as cheap as the matcher's own, so that peers are not beaten by their folding."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, item: Document) -> str:
        known = self._known
        words = []
        for chunk in f"{item.title} {item.summary}".split():
            folded = known.get(chunk)
            if folded is None:
                folded = known[chunk] = " ".join(folded_words(chunk))
            words.append(folded)
        return f" {' '.join(words)} "


def in_loop(terms: Sequence[str]) -> Peer:
    """`term in text` for every term."""
    fold, needles = FastFold(), folded_terms(terms)

    def run(items: Sequence[Document]) -> int:
        return sum(needle in text for text in map(fold, items) for needle in needles)

    return run


def fts5(terms: Sequence[str]) -> Peer:
    """SQLite FTS5 in batches: a table of up to 500 items, every term one query."""
    fold = FastFold()
    queries = [f'"{_hexed(term)}"{"*" if term.endswith("*") else ""}' for term in terms]

    def run(items: Sequence[Document]) -> int:
        found = 0
        for start in range(0, len(items), FTS_BATCH):
            connection = sqlite3.connect(":memory:")
            connection.execute("CREATE VIRTUAL TABLE d USING fts5(text, tokenize='ascii', detail=full)")
            rows = [(_hexed_folded(fold(item)),) for item in items[start : start + FTS_BATCH]]
            connection.executemany("INSERT INTO d VALUES (?)", rows)
            for query in queries:
                found += len(connection.execute("SELECT rowid FROM d WHERE d MATCH ?", (query,)).fetchall())
            connection.close()
        return found

    return run


def aho_corasick(terms: Sequence[str]) -> Peer | None:
    """ahocorasick_rs (Rust), if it is installed."""
    if find_spec("ahocorasick_rs") is None:
        return None
    import ahocorasick_rs  # noqa: PLC0415 an optional peer

    fold = FastFold()
    automaton = ahocorasick_rs.AhoCorasick(folded_terms(terms))

    def run(items: Sequence[Document]) -> int:
        return sum(len(automaton.find_matches_as_indexes(fold(item), overlapping=True)) for item in items)

    return run


def hyperscan(terms: Sequence[str]) -> Peer | None:
    """Hyperscan (C++), if it is installed."""
    if find_spec("hyperscan") is None:
        return None
    import hyperscan as vendor  # noqa: PLC0415 an optional peer

    fold = FastFold()
    expressions = [_escaped(needle).encode() for needle in folded_terms(terms)]
    database = vendor.Database()
    flags = [vendor.HS_FLAG_UTF8 | vendor.HS_FLAG_SINGLEMATCH] * len(expressions)
    database.compile(expressions=expressions, ids=list(range(len(expressions))), elements=len(expressions), flags=flags)

    def run(items: Sequence[Document]) -> int:
        found: list[int] = []

        def seen(number: int, *_: object) -> None:
            found.append(number)

        for item in items:
            database.scan(fold(item).encode(), match_event_handler=seen)
        return len(found)

    return run


def _escaped(text: str) -> str:
    return "".join(char if char.isalnum() or char == " " else f"\\x{{{ord(char):x}}}" for char in text)


def _hexed(term: str) -> str:
    return " ".join(f"w{word.encode().hex()}" for word in folded_words(term))


def _hexed_folded(text: str) -> str:
    return " ".join(f"w{word.encode().hex()}" for word in text.split())
