"""Dialogs, and the mistakes at their fields."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dialogs import fill, find_faulty


def test_an_argument_is_filled_with_what_the_fields_hold() -> None:
    assert fill("{what} {for}", {"what": "list", "for": "1d"}) == "list 1d"
    assert fill("{yaml}", {"yaml": "a: {b}"}) == "a: {b}"
    assert fill("plain", {}) == "plain"
    assert fill("{missing}!", {}) == "!"
    assert fill("open {brace", {}) == "open {brace"


@given(st.text())
def test_what_a_field_holds_is_never_read_as_a_pattern(text: str) -> None:
    assert fill("a{x}b", {"x": text}) == f"a{text}b"


def test_mistakes_of_no_field_stand_at_the_first() -> None:
    assert find_faulty({"": "Not you.", "gone": "Nor that.", "b": "Wrong."}, ("a", "b")) == {
        "a": "Not you. Nor that.",
        "b": "Wrong.",
    }
