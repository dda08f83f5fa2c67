"""The code by which an owner is known."""

import pytest

from bot.domain.ownership import Guesses, build_code, read_code, show_code


def test_a_code_is_read_however_it_was_typed() -> None:
    code = build_code(lambda most: most - 1)
    assert (code, show_code(code)) == ("ZZZZZZZZ", "ZZZZ-ZZZZ")
    assert read_code(" zzzz-zzzz ") == code
    assert read_code("oil0-1l1o") == "01101110"


@pytest.mark.parametrize("text", ["", "wl_csto", "7Q2M", "7Q2M-K4TBX", "7Q2M K4TB", "UUUU-UUUU", "७७७७७७७७"])
def test_what_is_no_code_is_read_as_none(text: str) -> None:
    assert read_code(text) == ""


def test_a_person_has_five_guesses_an_hour() -> None:
    guesses = Guesses()
    for second in range(5):
        assert guesses.may_guess("telegram:1", second)
        guesses.record_wrong("telegram:1", second)
    assert not guesses.may_guess("telegram:1", 5)
    assert guesses.may_guess("telegram:2", 5)
    assert guesses.may_guess("telegram:1", 3600)


def test_many_people_together_have_thirty() -> None:
    guesses = Guesses()
    for person in range(30):
        assert guesses.may_guess(f"telegram:{person}", 0)
        guesses.record_wrong(f"telegram:{person}", 0)
    assert not guesses.may_guess("telegram:31", 1)
