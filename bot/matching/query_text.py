"""Writing queries back into the query language, as `parse_query` reads them again."""

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
