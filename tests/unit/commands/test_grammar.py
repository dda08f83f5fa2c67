"""How the words behind a verb are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.grammar import read_number, split_arguments


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  csto   here ", ("csto", "here")),
        ('border "from Afghan soil" now', ("border", "from Afghan soil", "now")),
        ("«таджикская граница» сегодня", ("таджикская граница", "сегодня")),
        ("“one two” three", ("one two", "three")),
        ("„one two“ three", ("one two", "three")),
        ("one\ttwo\nthree", ("one", "two", "three")),
        ('it"s', ('it"s',)),
        ('"', ()),
        ('"never closed', ("never closed",)),
    ],
)
def test_arguments_are_split_at_spaces_outside_of_quotes(text: str, words: tuple[str, ...]) -> None:
    assert split_arguments(text) == words


@given(st.text(max_size=200))
def test_any_text_splits_into_words_it_contains(text: str) -> None:
    for word in split_arguments(text):
        assert word
        assert word in text


@pytest.mark.parametrize(
    ("word", "number"),
    [("0", 0), ("20", 20), ("999999", 999_999), ("1000000", None), ("", None), ("-1", None), ("٣", None)],
)
def test_numbers_are_short_and_ascii(word: str, number: int | None) -> None:
    assert read_number(word) == number
