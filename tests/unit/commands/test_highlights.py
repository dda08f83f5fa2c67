"""Where the words of a search stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.highlights import find_terms, highlight
from bot.matching.tokens import folded_words


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("The border, again the BORDER.", ("border",), ["border", "BORDER"]),
        ("Borders and border guards", ("border*",), ["Borders", "border"]),
        ("from Afghan soil and from Afghan fields", ("from afghan soil",), ["from Afghan soil"]),
        ("Ёлка у границы", ("елка", "границы"), ["Ёлка", "границы"]),
        ("border guards", ("border guards", "guards"), ["border guards"]),
        ("nothing here", ("border",), []),
        ("", ("border",), []),
        ("border", (), []),
    ],
)
def test_terms_are_found_as_the_archive_finds_them(text: str, terms: tuple[str, ...], found: list[str]) -> None:
    assert [text[start:end] for start, end in find_terms(text, terms)] == found


@given(st.text(max_size=300), st.integers(20, 200))
def test_a_highlight_is_a_passage_of_its_text(text: str, limit: int) -> None:
    terms = tuple(folded_words(text)[:3])
    shown = "".join(run.text for run in highlight(text, terms, limit))
    for part in shown.strip("\u2068\u2069…").split("…"):
        assert part.strip("\u2068\u2069") in text


def test_a_foreign_passage_is_isolated() -> None:
    runs = highlight("حمله در مرز", ("مرز",), 100)
    assert (runs[0].text, runs[-1].text) == ("\u2068", "\u2069")
    assert [run.text for run in runs if run.bold] == ["مرز"]
