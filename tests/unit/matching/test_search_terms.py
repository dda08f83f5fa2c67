"""A search's words, folded like the archive's index."""

import pytest

from bot.errors import QueryError
from bot.matching.search_terms import search_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Душанбе", ("душанбе",)),
        ('Тоҷикистон "Border Guards" tajik*', ("точикистон", "border guards", "tajik*")),
        ("a a", ("a",)),
        ("al-Qaeda", ("al qaeda",)),
        ("TTP", ("ttp",)),
        ("a AND b", ("a", "b")),
    ],
)
def test_words_phrases_and_prefixes_are_searched(text: str, terms: tuple[str, ...]) -> None:
    assert search_terms(text) == terms


@pytest.mark.parametrize("text", ["a OR b", "a -b", "a NEAR b", "$group", "/ab+/", "lang:ru", '"pre* fix"', ""])
def test_what_a_search_cannot_do_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        search_terms(text)
