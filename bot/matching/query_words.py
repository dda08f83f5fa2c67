"""Queries in plain words, for readers who never saw their language."""

from collections.abc import Mapping, Sequence

from bot.matching.query import (
    ATTRIBUTES,
    And,
    AtLeast,
    GroupName,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Regex,
    Scoped,
    Word,
)
from bot.matching.query_text import format_query
from bot.sentences import Sentence

_NO_LABELS: Mapping[str, str] = {}


def explain_query(query: Query, labels: Mapping[str, str] = _NO_LABELS) -> str:
    """The query in plain words, for a reader who never saw its language: a `Sentence`, to be said in any.

    `labels` are the glosses of word groups by name.
    """
    return _Explainer(labels).sentence(query)


class _Explainer:
    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels

    def sentence(self, query: Query) -> str:
        """`headline or text has A and B, and no C`."""
        parts = query.parts if isinstance(query, And) else (query,)
        wanted = [part for part in parts if not isinstance(part, Not | Scoped)]
        scoped = [self._scope(part) for part in parts if isinstance(part, Scoped)]
        unwanted = [Sentence("no {thing}", thing=self._thing(part.part)) for part in parts if isinstance(part, Not)]
        things = [self._nested(part) if len(wanted) > 1 else self._thing(part) for part in wanted]
        clauses: list[str] = [Sentence("headline or text has {thing}", thing=_all_of(things))] if things else []
        clauses += scoped
        if unwanted:
            clauses.append(_all_of(unwanted))
        return _chained(clauses)

    def _scope(self, query: Scoped) -> Sentence:
        if query.field in ATTRIBUTES:
            return Sentence("{field} is {value}", field=query.field, value=self._value(query.inner))
        thing = self._thing(query.inner)
        if query.field == "title":
            return Sentence("headline has {thing}", thing=thing)
        return Sentence("text has {thing}", thing=thing)

    def _value(self, query: Query) -> str:
        if isinstance(query, Or):
            return _any_of([self._value(part) for part in query.parts])
        return query.text if isinstance(query, Word | Phrase) else format_query(query)

    def _thing(self, query: Query) -> str:  # noqa: C901, PLR0911 one case a kind
        match query:
            case Word():
                return _word(query)
            case Phrase():
                return Sentence("“{text}”", text=query.text)
            case GroupName():
                return Sentence("a form of “{text}”", text=self._labels.get(query.name) or query.name)
            case Regex():
                return Sentence("something like {pattern}", pattern=format_query(query))
            case Scoped():
                return Sentence("({thing})", thing=self._scope(query))
            case And():
                return _all_of([self._nested(part) for part in query.parts])
            case Or():
                return _any_of([self._nested(part) for part in query.parts])
            case Not():
                return Sentence("no {thing}", thing=self._nested(query.part))
            case Near():
                return self._near(query)
            case AtLeast():
                things = _all_of([self._nested(part) for part in query.parts])
                return Sentence("at least {number} of {things}", number=query.number, things=things)

    def _near(self, query: Near) -> Sentence:
        left, right, count = self._nested(query.left), self._nested(query.right), query.distance
        if count == 0 and query.ordered:
            return Sentence("{left} and right after it {right}", left=left, right=right)
        if count == 0:
            return Sentence("{left} right beside {right}", left=left, right=right)
        if query.ordered and count == 1:
            return Sentence("{left} and then {right} at most 1 word later", left=left, right=right)
        if query.ordered:
            return Sentence("{left} and then {right} at most {count} words later", left=left, right=right, count=count)
        if count == 1:
            return Sentence("{left} within 1 word of {right}", left=left, right=right)
        return Sentence("{left} within {count} words of {right}", left=left, right=right, count=count)

    def _nested(self, query: Query) -> str:
        text = self._thing(query)
        return Sentence("({thing})", thing=text) if isinstance(query, And | Or | Near | AtLeast) else text


def _word(word: Word) -> Sentence:
    if word.exact and word.prefix:
        return Sentence("“{text}” written so with an ending", text=word.text)
    if word.exact:
        return Sentence("“{text}” written so", text=word.text)
    if word.prefix:
        return Sentence("a word that begins with “{text}”", text=word.text)
    return Sentence("“{text}”", text=word.text)


def _all_of(things: Sequence[str]) -> str:
    """`a, b and c`."""
    *first, last = things
    return Sentence("{first} and {last}", first=_row(first), last=last) if first else last


def _any_of(things: Sequence[str]) -> str:
    """`a, b or c`."""
    *first, last = things
    return Sentence("{first} or {last}", first=_row(first), last=last) if first else last


def _row(things: Sequence[str]) -> str:
    """`a, b, c`."""
    if len(things) == 1:
        return things[0]
    first, last = _halves(things)
    return Sentence("{first}, {last}", first=_row(first), last=_row(last))


def _chained(clauses: Sequence[str]) -> str:
    """`headline has a, and text has b, and no c`."""
    if len(clauses) == 1:
        return clauses[0]
    first, last = _halves(clauses)
    return Sentence("{first}, and {last}", first=_chained(first), last=_chained(last))


def _halves(parts: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Two halves: joined by them, a thousand parts lie ten sentences deep, not a thousand."""
    middle = (len(parts) + 1) // 2
    return parts[:middle], parts[middle:]
