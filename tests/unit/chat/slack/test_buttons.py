"""What a button carries is read back the same; what Slack would refuse is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.slack.buttons import PRESSES, build_action_blocks
from bot.commands.presses import Press
from bot.domain.messages import Button

SUBJECTS = st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters=":"), max_size=20)


@given(SUBJECTS, st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True), st.text(max_size=40).filter(str.isprintable))
def test_what_a_button_says_is_read_back(subject: str, action: str, argument: str) -> None:
    value = PRESSES.encode(Button("x", action, subject, argument))
    assert value is not None
    assert PRESSES.find(value) == Press(subject, action, argument)


@pytest.mark.parametrize(
    "button",
    [
        Button("x", "why", "has:colon"),
        Button("x", "why", "has space"),
        Button("x", "", "7Q2M"),
        Button("x", "Why", "7Q2M"),
        Button("x", "why", "7Q2M", "a\nb"),
        Button("x", "why", "7Q2M", "y" * 2000),
    ],
)
def test_a_button_that_could_not_be_read_back_is_left_out(button: Button) -> None:
    assert PRESSES.encode(button) is None
    assert build_action_blocks([[button]]) == []


def test_a_screen_reader_hears_where_a_link_leads() -> None:
    button = Button("Open article", url="https://ofoq.example/1", label="Open the article at ofoq.example")
    ((element,),) = [block["elements"] for block in build_action_blocks([[button]])]
    assert element["accessibility_label"] == "Open the article at ofoq.example"


@given(st.text(max_size=60))
def test_a_foreign_value_is_none_of_ours_or_reads_back(value: str) -> None:
    press = PRESSES.find(value)
    if press is not None:
        again = PRESSES.encode(Button("x", press.action, press.subject, press.argument))
        assert again == (value if press.argument else value.removesuffix(":"))


def test_a_button_without_a_name_is_left_out_and_a_long_name_is_cut() -> None:
    blocks = build_action_blocks([[Button(" \x00", "why", "1"), Button("word " * 30, "why", "1", primary=True)]])
    (element,) = blocks[0]["elements"]
    assert len(element["text"]["text"]) <= 75
    assert element["text"]["text"].endswith("word…")
    assert element["style"] == "primary"


def test_a_hundred_buttons_and_no_more() -> None:
    blocks = build_action_blocks([[Button("x", "why", str(number)) for number in range(130)]])
    assert [len(block["elements"]) for block in blocks] == [25, 25, 25, 25]
