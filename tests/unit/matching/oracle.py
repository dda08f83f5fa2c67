"""Two independent answers to the question which documents a query finds, and a long comparison with the matcher.

SQLite's FTS5 is fed every folded word as ASCII `w<hex>`, so that the tokenisers cannot differ. What it
cannot say (order, exact case, n OF, chains of NEAR, NOT inside OR) a brute-force reading of the
definitions answers. A long run:

    python -m tests.unit.matching.oracle --queries 10000 --documents 400
"""

import argparse
import random
import sqlite3
import sys
from collections.abc import Sequence
from itertools import product

from bot.matching.matcher import Matcher
from bot.matching.query import And, AtLeast, Near, Not, Or, Phrase, Query, Scoped, Word
from bot.matching.query_text import format_query
from bot.matching.records import Document
from bot.matching.tokens import Token, folded_words, tokenise
from tests.unit.matching.lists import rule, watchlist

# Two halves that share no beginning: what stands on both sides of NEAR then cannot overlap, where FTS5 differs.
LEFT = ["alfa", "alfabet", "alma", "афган", "афганец", "границы", "طالب", "طالبان", "Oʻzbek", "中", "ala"]
RIGHT = ["bora", "borax", "bor", "Кабул", "кабулский", "ҷанг", "کابل", "کابلی", "TTP", "国", "bee"]
_HEX = 6  # digits a character: the highest code point is 10FFFF


def random_documents(dice: random.Random, count: int) -> list[Document]:
    """Short documents from few words, so that queries often hit; case varies."""
    return [
        Document(str(number), _random_text(dice, dice.randint(0, 7)), _random_text(dice, dice.randint(0, 16)))
        for number in range(count)
    ]


def _random_text(dice: random.Random, words: int) -> str:
    chosen = [dice.choice(LEFT + RIGHT) for _ in range(words)]
    return dice.choice([" ", ", ", " – "]).join(dice.choice([word, word.upper(), word.lower()]) for word in chosen)


class Generator:
    """Random queries. `for_fts` keeps to what FTS5 can answer the same way."""

    def __init__(self, dice: random.Random, *, for_fts: bool) -> None:
        self._dice = dice
        self._for_fts = for_fts

    def query(self) -> Query:
        """A query that needs at least one word."""
        return self._positive(self._dice.randint(0, 3))

    def _positive(self, depth: int) -> Query:  # noqa: C901, PLR0911 one case a kind
        dice = self._dice
        if depth == 0:
            return self._atom(LEFT + RIGHT)
        kind = dice.choice(["and", "or", "not", "near", "scope", "atom", "of", "chain", "ornot"])
        if self._for_fts and kind in ("of", "chain", "ornot"):
            kind = "near"
        match kind:
            case "and":
                return And(self._several(depth))
            case "or":
                return Or(self._several(depth))
            case "not":
                return And((self._positive(depth - 1), Not(self._positive(depth - 1))))
            case "near":
                return self._near()
            case "chain":
                return Near(self._near(), self._atom(LEFT + RIGHT), dice.randint(0, 5), dice.random() < 0.5)
            case "scope":
                return Scoped(dice.choice(["title", "text"]), self._positive(depth - 1))
            case "of":
                parts = (*self._several(depth), self._atom(LEFT))
                return AtLeast(dice.randint(1, len(parts)), parts)
            case "ornot":
                return And((self._atom(LEFT), Or((self._atom(RIGHT), Not(self._positive(depth - 1))))))
            case _:
                return self._atom(LEFT + RIGHT)

    def _several(self, depth: int) -> tuple[Query, ...]:
        return tuple(self._positive(depth - 1) for _ in range(self._dice.randint(2, 3)))

    def _near(self) -> Near:
        dice = self._dice
        both = LEFT + RIGHT
        left, right = self._atom(LEFT if self._for_fts else both), self._atom(RIGHT if self._for_fts else both)
        if not self._for_fts and dice.random() < 0.3:
            left = Or((left, self._atom(both)))
        if dice.random() < 0.5:
            left, right = right, left
        return Near(left, right, dice.randint(0, 6), not self._for_fts and dice.random() < 0.5)

    def _atom(self, words: Sequence[str]) -> Query:
        dice = self._dice
        word = dice.choice(words)
        chance = dice.random()
        if chance < 0.3:
            return Phrase(" ".join(dice.choices(words, k=dice.randint(2, 3))))
        if chance < 0.5 and len(word) > 3:
            return Word(word[: dice.randint(4 if "ʻ" in word else 3, len(word))], prefix=True)
        if chance < 0.65 and not self._for_fts:
            return Word(word.upper() if dice.random() < 0.5 else word, exact=True)
        return Word(word.lower())


class Fts5:
    """The oracle: an in-memory FTS5 table of documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE d USING fts5(id UNINDEXED, title, text, tokenize='ascii')")
        rows = [(item.id, _hexed(item.title), _hexed(item.summary)) for item in documents]
        self._connection.executemany("INSERT INTO d VALUES (?, ?, ?)", rows)

    def find(self, query: Query) -> set[str]:
        """The ids of the documents a query finds."""
        rows = self._connection.execute("SELECT id FROM d WHERE d MATCH ?", (_fts(query),))
        return {row[0] for row in rows}


def _hex(word: str) -> str:
    return "w" + "".join(f"{ord(char):0{_HEX}x}" for char in word)


def _hexed(text: str) -> str:
    return " ".join(map(_hex, folded_words(text)))


def _fts(query: Query) -> str:
    match query:
        case Word():
            return f"{_hexed(query.text)}{'*' if query.prefix else ''}"
        case Phrase():
            return f'"{_hexed(query.text)}"'
        case And():
            wanted = [part for part in query.parts if not isinstance(part, Not)]
            text = " AND ".join(f"({_fts(part)})" for part in wanted)
            for part in query.parts:
                if isinstance(part, Not):
                    text = f"({text}) NOT ({_fts(part.part)})"
            return text
        case Or():
            return " OR ".join(f"({_fts(part)})" for part in query.parts)
        case Near():
            return f"NEAR({_fts(query.left)} {_fts(query.right)}, {query.distance})"
        case Scoped():
            return f"{{{query.field}}} : ({_fts(query.inner)})"
    raise AssertionError(f"FTS5 cannot say {format_query(query)}")


Fields = dict[str, tuple[Token, ...]]
Stretch = tuple[str, int, int]


def brute_force(query: Query, item: Document) -> bool:
    """Whether a query finds a document, straight from the definitions."""
    return _holds(query, {"title": tokenise(item.title), "text": tokenise(item.summary)})


def _holds(query: Query, fields: Fields) -> bool:
    match query:
        case And():
            return all(_holds(part, fields) for part in query.parts)
        case Or():
            return any(_holds(part, fields) for part in query.parts)
        case Not():
            return not _holds(query.part, fields)
        case AtLeast():
            return sum(_holds(part, fields) for part in query.parts) >= query.number
        case Scoped():
            return _holds(query.inner, {name: fields[name] for name in fields if name == query.field})
        case _:
            return bool(_stretches(query, fields))


def _stretches(query: Query, fields: Fields) -> set[Stretch]:
    match query:
        case Word():
            return _word_stretches(query, fields)
        case Phrase():
            words = folded_words(query.text)
            return {
                (name, start, start + len(words) - 1)
                for name, tokens in fields.items()
                for start in range(len(tokens) - len(words) + 1)
                if [token.folded for token in tokens[start : start + len(words)]] == words
            }
        case Or():
            return set().union(*(_stretches(part, fields) for part in query.parts))
        case Near():
            pairs = product(_stretches(query.left, fields), _stretches(query.right, fields))
            return {cover for left, right in pairs if (cover := _near(query, left, right))}
    raise AssertionError(f"{format_query(query)} has no place")


def _word_stretches(word: Word, fields: Fields) -> set[Stretch]:
    (wanted,) = tokenise(word.text)

    def fits(token: Token) -> bool:
        if word.exact:
            return token.exact == wanted.exact
        return token.folded.startswith(wanted.folded) if word.prefix else token.folded == wanted.folded

    return {(name, at, at) for name, tokens in fields.items() for at, token in enumerate(tokens) if fits(token)}


def _near(query: Near, left: Stretch, right: Stretch) -> Stretch | None:
    if left[0] != right[0]:
        return None
    gap = right[1] - left[2] - 1
    if gap < 0 and not query.ordered:
        gap = left[1] - right[2] - 1
    if not 0 <= gap <= query.distance:
        return None
    return (left[0], min(left[1], right[1]), max(left[2], right[2]))


def find_disagreements(queries: int, documents: int, seed: int, *, for_fts: bool) -> list[str]:
    """Random queries on random documents: every query the matcher and the other answer differ on, in words."""
    dice = random.Random(seed)
    items = random_documents(dice, documents)
    generator = Generator(dice, for_fts=for_fts)
    asked = [generator.query() for _ in range(queries)]
    matcher = Matcher.build(
        [watchlist(rules=(rule(query=format_query(query)),), id=str(number)) for number, query in enumerate(asked)]
    )
    found: dict[str, set[str]] = {}
    for item in items:
        for match in matcher.match(item):
            found.setdefault(match.watchlist, set()).add(item.id)
    oracle = Fts5(items)
    disagreements = []
    for number, query in enumerate(asked):
        expected = oracle.find(query) if for_fts else {item.id for item in items if brute_force(query, item)}
        actual = found.get(str(number), set())
        if actual != expected:
            disagreements.append(f"{format_query(query)}: {sorted(actual ^ expected)}")
    return disagreements


def main() -> int:
    """Run the long comparison; the exit code is 1 if anything disagrees."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--queries", type=int, default=10_000)
    arguments.add_argument("--documents", type=int, default=400)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    failed = 0
    for for_fts, name in ((True, "FTS5"), (False, "brute force")):
        disagreements = find_disagreements(given.queries, given.documents, given.seed, for_fts=for_fts)
        print(f"{name}: {given.queries} queries x {given.documents} documents, {len(disagreements)} disagreements")
        print("".join(f"  {line}\n" for line in disagreements[:20]), end="")
        failed += len(disagreements)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
