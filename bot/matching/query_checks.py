"""What a readable query says that cannot be meant: it never fires, or a letter, a number or any word fires it."""

from bot.matching.query import ATTRIBUTES, TEXT_SCOPES, And, AtLeast, Near, Not, Or, Phrase, Query, Regex, Scoped, Word
from bot.matching.regexes import RegexPattern, is_everywhere
from bot.matching.tokens import folded_words

_OPERATORS = ("AND", "OR", "NOT", "NEAR", "ONEAR")
_ANYWHERE = frozenset(TEXT_SCOPES)
FIRST_HAN_RADICAL = "\u2e80"  # from here on one character can be a word


def is_impossible(query: Query) -> bool:
    """Whether no text can meet a query: `title:text:a`, `title:a NEAR text:b`, `a -a`."""
    return not _places(query, _ANYWHERE)


def _places(query: Query, fields: frozenset[str]) -> frozenset[str]:  # noqa: PLR0911 one case a kind
    """The fields of a text where a query could be met; none if it cannot be."""
    match query:
        case Scoped() if query.field not in ATTRIBUTES:
            return _places(query.inner, fields & {query.field})
        case And():
            negated = {part.part for part in query.parts if isinstance(part, Not)}
            met = negated.isdisjoint(query.parts) and all(_places(part, fields) for part in query.parts)
            return _ANYWHERE if met else frozenset()
        case Or():
            return frozenset().union(*(_places(part, fields) for part in query.parts))
        case AtLeast():
            met = sum(bool(_places(part, fields)) for part in query.parts) >= query.number
            return _ANYWHERE if met else frozenset()
        case Near():
            return _places(query.left, fields) & _places(query.right, fields)
        case Not() | Scoped():
            return _ANYWHERE
        case _:
            return fields


def find_bare_sign(query: Query) -> str | None:  # noqa: PLR0911 one case a kind
    """What is everywhere and alone could meet a query: a letter, a number or a pattern, as in `a OR tajik*`."""
    match query:
        case Word(prefix=False) | Phrase():
            words = folded_words(query.text)
            sign = "".join(words)
            bare = len(words) == 1 and (sign.isdigit() or (len(sign) == 1 and sign < FIRST_HAN_RADICAL))
            return query.text if bare else None
        case Regex():
            everywhere = is_everywhere(RegexPattern(query.pattern, query.ignore_case))
            return f"/{query.pattern}/" if everywhere else None
        case And():
            parts = [part for part in query.parts if not isinstance(part, Not) and not _is_attribute(part)]
            signs = [find_bare_sign(part) for part in parts]
            return next(iter(signs), None) if all(signs) else None
        case Or() | AtLeast():
            return next(filter(None, map(find_bare_sign, query.parts)), None)
        case Near():
            left, right = find_bare_sign(query.left), find_bare_sign(query.right)
            return left if right else None
        case Scoped() if not _is_attribute(query):
            return find_bare_sign(query.inner)
        case _:
            return None


def find_small_operators(query: Query) -> tuple[str, ...]:
    """Bare words that would be operators in capitals, as they are written: `or` in `tajik or border`."""
    match query:
        case Word():
            named = query.text.upper() in _OPERATORS and query.text not in _OPERATORS
            return (query.text,) if named and not query.prefix else ()
        case And() | Or() | AtLeast():
            found = [word for part in query.parts for word in find_small_operators(part)]
            return tuple(dict.fromkeys(found))
        case Near():
            return tuple(dict.fromkeys((*find_small_operators(query.left), *find_small_operators(query.right))))
        case Not():
            return find_small_operators(query.part)
        case Scoped():
            return find_small_operators(query.inner)
        case _:
            return ()


def _is_attribute(query: Query) -> bool:
    return isinstance(query, Scoped) and query.field in ATTRIBUTES
