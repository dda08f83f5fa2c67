"""What a compiled condition is made of, and how it is answered for one document.

A node answers two questions: `holds` (cheap, the common case) and `found` (where, for evidence).
Word groups are numbers here ("atoms"); the places where their terms occur come in with `Hits`.
Nodes that NEAR and windows may join also give their `spans`.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Protocol

from bot.matching.records import Document
from bot.matching.scanning import Spot

# Fields by number as in TEXT_FIELDS: 0 title, 1 summary, 2 content.
TITLE: frozenset[int] = frozenset({0})
TEXT: frozenset[int] = frozenset({1, 2})
EVERYWHERE: frozenset[int] = frozenset({0, 1, 2})


# Enough for any text; a text and a chain of NEARs made to explode stop here.
_MOST_SPANS = 10_000
# Stretches given as evidence, more than anyone reads.
_MOST_SHOWN = 200


class Found(NamedTuple):
    """One occurrence of a term of a group."""

    atom: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class Hits:
    """The atoms that occur in a document and where. `whole` is the full document when this is only its head."""

    spots: Mapping[int, Sequence[Spot]]
    document: Document
    whole: "Hits | None" = None

    def everywhere(self) -> "Hits":
        """The hits of the whole document: what a NOT looks at."""
        return self.whole or self


class Span(NamedTuple):
    """A stretch of words of one field and what stands in it."""

    field: int
    first: int
    last: int
    found: tuple[Found, ...]


class Node(Protocol):
    """A condition or a part of one."""

    def holds(self, hits: Hits, /) -> bool:
        """Whether the document meets it."""
        ...

    def found(self, hits: Hits, /) -> list[Found]:
        """The occurrences that make it hold; empty where it does not."""
        ...


class Located(Node, Protocol):
    """A node that stands at a place, so that NEAR can measure from it."""

    def spans(self, hits: Hits, /) -> Iterator[Span]:
        """The stretches of words that make it hold."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """One of the terms of one of the groups occurs in one of the fields."""

    atoms: tuple[int, ...]
    fields: frozenset[int] = EVERYWHERE

    def holds(self, hits: Hits) -> bool:
        if self.fields is EVERYWHERE:
            return any(atom in hits.spots for atom in self.atoms)
        return any(spot.field in self.fields for atom in self.atoms for spot in hits.spots.get(atom, ()))

    def found(self, hits: Hits) -> list[Found]:
        return [
            Found(atom, spot) for atom in self.atoms for spot in hits.spots.get(atom, ()) if spot.field in self.fields
        ]

    def spans(self, hits: Hits) -> Iterator[Span]:
        for found in self.found(hits):
            yield Span(found.spot.field, found.spot.first, found.spot.last, (found,))


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Node, ...]

    def holds(self, hits: Hits) -> bool:
        return all(part.holds(hits) for part in self.parts)

    def found(self, hits: Hits) -> list[Found]:
        return [found for part in self.parts for found in part.found(hits)] if self.holds(hits) else []


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Node, ...]

    def holds(self, hits: Hits) -> bool:
        return any(part.holds(hits) for part in self.parts)

    def found(self, hits: Hits) -> list[Found]:
        return [found for part in self.parts for found in part.found(hits)]


@dataclass(frozen=True, slots=True)
class OneOf:
    """At least one part stands somewhere; NEAR may measure from each."""

    parts: tuple[Located, ...]

    def holds(self, hits: Hits) -> bool:
        return any(part.holds(hits) for part in self.parts)

    def found(self, hits: Hits) -> list[Found]:
        return [found for part in self.parts for found in part.found(hits)]

    def spans(self, hits: Hits) -> Iterator[Span]:
        for part in self.parts:
            yield from part.spans(hits)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold in the whole document."""

    part: Node

    def holds(self, hits: Hits) -> bool:
        return not self.part.holds(hits.everywhere())

    def found(self, _hits: Hits, /) -> list[Found]:
        return []


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `number` of the parts hold."""

    number: int
    parts: tuple[Node, ...]

    def holds(self, hits: Hits) -> bool:
        return sum(part.holds(hits) for part in self.parts) >= self.number

    def found(self, hits: Hits) -> list[Found]:
        return [found for part in self.parts for found in part.found(hits)] if self.holds(hits) else []


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides occur in one field, disjoint, with at most `most` words between; `ordered`: left one first."""

    left: Located
    right: Located
    most: int
    ordered: bool

    def holds(self, hits: Hits) -> bool:
        return next(self.spans(hits), None) is not None

    def found(self, hits: Hits) -> list[Found]:
        return [found for span in islice(self.spans(hits), _MOST_SHOWN) for found in span.found]

    def spans(self, hits: Hits) -> Iterator[Span]:
        rights = sorted(self.right.spans(hits))
        if not rights:
            return
        longest = max(span.last - span.first for span in rights)
        seen: set[tuple[int, int, int]] = set()
        for left in sorted(self.left.spans(hits)):
            lowest = (left.field, left.first - self.most - longest - 1)
            for index in range(bisect_left(rights, lowest, key=lambda span: (span.field, span.first)), len(rights)):
                right = rights[index]
                if right.field != left.field or right.first > left.last + self.most + 1:
                    break
                if self._close(left, right):
                    first, last = min(left.first, right.first), max(left.last, right.last)
                    if len(seen) == _MOST_SPANS:
                        return
                    if (left.field, first, last) not in seen:
                        seen.add((left.field, first, last))
                        yield Span(left.field, first, last, (*left.found, *right.found))

    def _close(self, left: Span, right: Span) -> bool:
        if right.first > left.last:
            return right.first - left.last - 1 <= self.most
        return not self.ordered and left.first > right.last and left.first - right.last - 1 <= self.most


@dataclass(frozen=True, slots=True)
class Window:
    """One occurrence of every part inside one stretch of `words` words of one field."""

    parts: tuple[Words, ...]
    words: int

    def holds(self, hits: Hits) -> bool:
        return all(part.holds(hits) for part in self.parts) and next(self.spans(hits), None) is not None

    def found(self, hits: Hits) -> list[Found]:
        return [found for span in islice(self.spans(hits), _MOST_SHOWN) for found in span.found]

    def spans(self, hits: Hits) -> Iterator[Span]:
        """The first fitting stretch from every place where one can begin."""
        columns = [sorted(part.spans(hits)) for part in self.parts]
        starts = sorted({(span.field, span.first) for column in columns for span in column})
        reached = [0] * len(columns)
        for field, start in starts:
            chosen: list[Span] = []
            for number, column in enumerate(columns):
                reached[number] = _advance(column, reached[number], field, start)
                span = _first_within(column, reached[number], field, start + self.words - 1)
                if span is None:
                    break
                chosen.append(span)
            else:
                last = max(span.last for span in chosen)
                yield Span(field, start, last, tuple(found for span in chosen for found in span.found))


@dataclass(frozen=True, slots=True)
class Attribute:
    """The document's `name` (lang, source, ...) is the value; for tags one of them, for links a part of it."""

    name: str
    value: str

    def holds(self, hits: Hits) -> bool:
        document = hits.document
        if self.name == "tag":
            return any(tag.casefold() == self.value for tag in document.tags)
        if self.name == "url":
            return self.value in document.link.casefold()
        return bool(str(getattr(document, self.name)).casefold() == self.value)

    def found(self, _hits: Hits, /) -> list[Found]:
        return []


def _advance(column: Sequence[Span], place: int, field: int, first: int) -> int:
    """The place, from `place` on, of the first span of a sorted column that does not begin before a word."""
    while place < len(column) and (column[place].field, column[place].first) < (field, first):
        place += 1
    return place


def _first_within(column: Sequence[Span], place: int, field: int, last: int) -> Span | None:
    """The first span of a sorted column, from `place` on, that ends by a word of a field."""
    for index in range(place, len(column)):
        span = column[index]
        if span.field != field or span.first > last:
            return None
        if span.last <= last:
            return span
    return None
