"""Words instead of buttons."""

import pytest

from bot.chat.console.buttons import ShownButtons, build_hint
from bot.domain.messages import Button, Message, plain_message


def _message(*buttons: Button) -> Message:
    return plain_message("hello", (buttons,))


@pytest.mark.parametrize(
    ("button", "hint"),
    [
        (Button("❓ Why", "why", "7Q2M"), "why 7Q2M"),
        (Button("📄 Full text", "full", "7Q2M"), "full 7Q2M"),
        (Button("👍 Useful", "up", "7Q2M"), "+ 7Q2M (useful)"),
        (Button("Wrong meaning", "dn", "7Q2M", "sense"), "- 7Q2M sense (wrong meaning)"),
        (Button("Undo", "unwatch", "csto"), "unwatch csto (undo)"),
        (Button("›", "feeds", "p.2"), "feeds p.2 (›)"),
        (Button("I take over", "handover", "done"), "handover done (I take over)"),
    ],
)
def test_a_hint_says_what_to_type_and_what_it_does(button: Button, hint: str) -> None:
    assert build_hint(_message(button)) == hint


def test_links_need_no_words() -> None:
    assert build_hint(_message(Button("Open", url="https://x.example"))) == ""
    assert build_hint(plain_message("hello")) == ""


def test_a_shown_button_is_found_by_its_words_in_any_case() -> None:
    shown = ShownButtons()
    page = Button("›", "search", "p.2", "Tajik border")
    shown.remember(_message(page))
    assert shown.find("/search  P.2 tajik border") == page
    assert shown.find("search p.3 tajik border") is None


def test_only_the_newest_buttons_are_remembered() -> None:
    shown = ShownButtons()
    first = Button("Why", "why", "id-0")
    for number in range(501):
        shown.remember(_message(Button("Why", "why", f"id-{number}")))
    assert shown.find("why id-0") is None
    assert shown.find("why id-1") is not None
    shown.remember(_message(first))
    assert shown.find("why id-0") == first
