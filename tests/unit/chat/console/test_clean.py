"""What may reach a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.console.clean import clean_line, clean_text, clean_url

_DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x9b2Jgone", "gone"),
        ("\x1bPq sixel \x1b\\picture", "picture"),
        ("\x1bcreset", "reset"),
        ("beep\x07 back\x08space", "beep backspace"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("half \ud83d emoji", "half \ufffd emoji"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("tab\tbed", "tab bed"),
    ],
)
def test_terminal_controls_in_feed_text_are_taken_out(hostile: str, shown: str) -> None:
    assert clean_text(hostile) == shown


def test_isolates_and_joiners_of_right_to_left_text_stay() -> None:
    text = "\u2068حمله\u200cها\u2069"
    assert clean_text(text) == text


@given(st.text(alphabet=st.characters(codec=None), max_size=80))
def test_no_text_brings_a_control_character_through(text: str) -> None:
    assert not _DANGEROUS.search(clean_text(text))
    assert not _DANGEROUS.search(clean_line(text))
    assert "\n" not in clean_line(text)


@given(st.text(alphabet="\x1b[]0;8mPX^_\\\x07\x9c\x9b\n ab", max_size=40))
def test_no_mix_of_escape_parts_brings_an_escape_through(text: str) -> None:
    assert not _DANGEROUS.search(clean_text(text))


@given(st.text(max_size=60).filter(lambda text: text.isprintable()))
def test_printable_text_is_left_as_it_is(text: str) -> None:
    assert clean_text(text) == text


def test_a_url_has_no_blank_that_would_end_it() -> None:
    assert clean_url(" https://a.example/x y\n\x1b[1mz ") == "https://a.example/x%20y%20z"
