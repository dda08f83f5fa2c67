"""Typing a line."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.chat.console.line_editor import LONGEST_LINE, LineEditor


def test_enter_finishes_a_line_and_begins_a_new_one() -> None:
    editor = LineEditor()
    assert editor.press("why 7Q") == []
    assert editor.text == "why 7Q"
    assert editor.press("2M\rsta") == ["why 7Q2M"]
    assert editor.text == "sta"


def test_two_line_ends_of_one_kind_are_one() -> None:
    assert LineEditor().press("one\r\ntwo\r\n") == ["one", "two"]


def test_rubout_takes_one_letter_and_the_erase_keys_a_word_or_the_line() -> None:
    editor = LineEditor()
    editor.press("why 7Q2M\x7f")
    assert editor.text == "why 7Q2"
    editor.press("\x17")
    assert editor.text == "why"
    editor.press("\x15")
    assert editor.text == ""


def test_closing_the_input_counts_only_on_an_empty_line() -> None:
    editor = LineEditor()
    editor.press("ab\x04")
    assert not editor.ended
    editor.press("\x15\x04")
    assert editor.ended


def test_keys_that_send_sequences_leave_nothing_in_the_line() -> None:
    editor = LineEditor()
    editor.press("a\x1b[C\x1b[1;5D\x1bOH\x1b[3~b")
    assert editor.text == "ab"


def test_a_sequence_that_arrives_in_pieces_is_still_one_key() -> None:
    editor = LineEditor()
    for piece in ("a", "\x1b", "[", "1;5", "D", "b"):
        editor.press(piece)
    assert editor.text == "ab"


def test_the_arrows_bring_earlier_lines_back() -> None:
    editor = LineEditor()
    editor.press("one\rtwo\rtwo\r")
    editor.press("\x1b[A")
    assert editor.text == "two"
    editor.press("\x1b[A")
    assert editor.text == "one"
    editor.press("\x1b[A")
    assert editor.text == "one"
    editor.press("\x1b[B\x1b[B")
    assert editor.text == ""


def test_a_paste_without_end_fills_no_memory() -> None:
    editor = LineEditor()
    editor.press("x" * (LONGEST_LINE + 500))
    assert len(editor.text) == LONGEST_LINE


@given(st.text(alphabet="ab جم漢🔴\u200c", max_size=60), st.integers(min_value=2, max_value=30))
def test_the_tail_fits_and_is_the_end_of_the_text(text: str, cells: int) -> None:
    editor = LineEditor()
    editor.press(text)
    tail = editor.tail(cells)
    assert cell_len(tail) <= cells
    assert editor.text.endswith(tail)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x04"), max_size=20), max_size=5))
def test_no_keys_leave_a_control_character_in_a_line(pieces: list[str]) -> None:
    editor = LineEditor()
    for piece in pieces:
        editor.press(piece)
    [line] = editor.press("\x1b[Z\n")
    assert line.isprintable() or all(not (ord(char) < 32 or 0x7F <= ord(char) < 0xA0) for char in line)
