"""What a search in the archive looks for: words, phrases and prefixes, folded like the index."""

from bot.errors import QueryError
from bot.matching.query import And, Phrase, Query, Word
from bot.matching.query_parser import parse_query
from bot.matching.query_text import format_query
from bot.matching.tokens import folded_words
from bot.sentences import Sentence


def search_terms(text: str) -> tuple[str, ...]:
    """The terms of a search, all of which must occur: folded words, phrases of folded words, `prefix*`.

    Raises QueryError for what an archive search cannot do (OR, NOT, NEAR, groups, fields, patterns).
    """
    query = parse_query(text)
    parts = query.parts if isinstance(query, And) else (query,)
    return tuple(dict.fromkeys(_term(part) for part in parts))


def _term(query: Query) -> str:
    if isinstance(query, Word):
        return f"{' '.join(folded_words(query.text))}{'*' if query.prefix else ''}"
    if isinstance(query, Phrase) and "*" not in query.text:
        return " ".join(folded_words(query.text))
    shown = format_query(query)
    reason = Sentence("a search takes words, “phrases” and beginnings* only")
    raise QueryError(0, shown[:40], reason, 'dushanbe "border guard*"')
