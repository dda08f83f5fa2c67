"""Writing queries: back into the query language (what `parse_query` reads again), and in plain words."""

from collections.abc import Mapping

from bot.matching.query import (
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
    is_acronym,
)

_NO_LABELS: Mapping[str, str] = {}
_PLACES = {"title": "headline", "text": "text"}


def format_query(query: Query) -> str:  # noqa: C901, PLR0911 one case a kind
    """The query in its language, brackets only where they are needed; reading it again gives an equal tree."""
    match query:
        case Word():
            sign = "=" if query.exact and (query.prefix or not is_acronym(query.text)) else ""
            return f"{sign}{query.text}{'*' if query.prefix else ''}"
        case Phrase():
            return _quoted(query.text)
        case GroupName():
            return f"${query.name}"
        case Regex():
            return f"/{query.pattern}/{'i' if query.ignore_case else ''}"
        case Scoped():
            return f"{query.field}:{_bracketed(query.inner, And, Or, Not, Near)}"
        case And():
            return " AND ".join(_bracketed(part, And, Or) for part in query.parts)
        case Or():
            return " OR ".join(_bracketed(part, And, Or) for part in query.parts)
        case Not():
            return f"NOT {_bracketed(query.part, And, Or, Not)}"
        case Near():
            sign = f"{'ONEAR' if query.ordered else 'NEAR'}/{query.distance}"
            return f"{_bracketed(query.left, Or)} {sign} {_bracketed(query.right, Or, Near)}"
        case AtLeast():
            return f"{query.number} OF ({', '.join(map(format_query, query.parts))})"


def _bracketed(query: Query, *kinds: type[Query]) -> str:
    text = format_query(query)
    return f"({text})" if isinstance(query, kinds) else text


def _quoted(text: str) -> str:
    if '"' not in text:
        return f'"{text}"'
    return f"«{text}»" if "»" not in text else f"“{text}”"


def explain_query(query: Query, labels: Mapping[str, str] = _NO_LABELS) -> str:
    """The query in plain words, for a reader who never saw its language.

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
        unwanted = [f"no {self._thing(part.part)}" for part in parts if isinstance(part, Not)]
        things = [self._nested(part) if len(wanted) > 1 else self._thing(part) for part in wanted]
        clauses = [f"headline or text has {_listed(things, 'and')}"] if things else []
        clauses += scoped
        if unwanted:
            clauses.append(_listed(unwanted, "and"))
        return ", and ".join(clauses)

    def _scope(self, query: Scoped) -> str:
        if query.field in _PLACES:
            return f"{_PLACES[query.field]} has {self._thing(query.inner)}"
        return f"{query.field} is {self._value(query.inner)}"

    def _value(self, query: Query) -> str:
        if isinstance(query, Or):
            return _listed([self._value(part) for part in query.parts], "or")
        return query.text if isinstance(query, Word | Phrase) else format_query(query)

    def _thing(self, query: Query) -> str:  # noqa: C901, PLR0911 one case a kind
        match query:
            case Word():
                return _word(query)
            case Phrase():
                return f"“{query.text}”"
            case GroupName():
                return f"a form of “{self._labels.get(query.name) or query.name}”"
            case Regex():
                return f"something like {format_query(query)}"
            case Scoped():
                return f"({self._scope(query)})"
            case And():
                return _listed([self._nested(part) for part in query.parts], "and")
            case Or():
                return _listed([self._nested(part) for part in query.parts], "or")
            case Not():
                return f"no {self._nested(query.part)}"
            case Near():
                return self._near(query)
            case AtLeast():
                return f"at least {query.number} of {_listed([self._nested(part) for part in query.parts], 'and')}"

    def _near(self, query: Near) -> str:
        words = "word" if query.distance == 1 else "words"
        left, right = self._nested(query.left), self._nested(query.right)
        if query.distance == 0:
            return f"{left} and right after it {right}" if query.ordered else f"{left} right beside {right}"
        if query.ordered:
            return f"{left} and then {right} at most {query.distance} {words} later"
        return f"{left} within {query.distance} {words} of {right}"

    def _nested(self, query: Query) -> str:
        text = self._thing(query)
        return f"({text})" if isinstance(query, And | Or | Near | AtLeast) else text


def _word(word: Word) -> str:
    if word.exact:
        return f"“{word.text}” written so{' with an ending' if word.prefix else ''}"
    return f"a word that begins with “{word.text}”" if word.prefix else f"“{word.text}”"


def _listed(items: list[str], joint: str) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joint} {items[-1]}"
