"""What a button carries is read back the same, and nothing else is taken for a press."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.telegram.buttons import PRESSES, build_keyboard
from bot.commands.presses import Press
from bot.domain.messages import Button
from tests.fakes.telegram_rules import check_keyboard


@pytest.mark.parametrize(
    ("button", "data"),
    [
        (Button("Why", "why", "7Q2M"), "a1:7Q2M:why"),
        (Button("1 hour", "mu", "7Q2M", "w:1h"), "a1:7Q2M:mu:w:1h"),
        (Button("Help", "help"), "a1::help"),
        (Button("Watch", "watch", "afghan-spillover"), "a1:afghan-spillover:watch"),
    ],
)
def test_callback_data_has_the_form_of_the_specification(button: Button, data: str) -> None:
    assert PRESSES.encode(button) == data
    assert PRESSES.find(data) == Press(button.subject, button.action, button.argument)


@pytest.mark.parametrize(
    "button",
    [
        Button("too long", "why", "x" * 60),
        Button("too long in bytes", "search", "", "таджикско-афганская граница и ещё"),
        Button("colon", "why", "a:b"),
        Button("no action", "", "7Q2M"),
        Button("two lines", "why", "7Q2M", "a\nb"),
    ],
)
def test_what_could_not_be_read_back_is_no_callback_data(button: Button) -> None:
    assert PRESSES.encode(button) is None


@pytest.mark.parametrize("data", ["", "a1", "a1:", "a1:7Q2M", "a1:7Q2M:", "a2:7Q2M:why", "x", "a1:7 M:why", "a1::WHY"])
def test_data_of_no_button_of_ours_asks_for_nothing(data: str) -> None:
    assert PRESSES.find(data) is None


@given(st.text(max_size=80) | st.text(alphabet="a1:7Q2M why\ud800\x00", max_size=80))
def test_hostile_data_is_read_or_refused_but_never_raises(data: str) -> None:
    pressed = PRESSES.find(data)
    assert pressed is None or PRESSES.encode(Button("x", pressed.action, pressed.subject, pressed.argument)) in {
        data,
        data.removesuffix(":"),
    }


BUTTONS = st.builds(
    Button,
    text=st.text(max_size=100),
    action=st.sampled_from(["why", "", "Ü", "mu"]),
    subject=st.text(max_size=30),
    argument=st.text(max_size=30),
    url=st.sampled_from(["", "", "https://e.example/1", "javascript:x", "http://localhost", "http://a.b:99999", "//x"]),
)


@given(st.lists(st.lists(BUTTONS, max_size=12), max_size=15))
def test_every_keyboard_is_one_that_telegram_takes(rows: list[list[Button]]) -> None:
    keyboard = build_keyboard(rows)
    if keyboard is not None:
        assert check_keyboard(keyboard.to_dict())


def test_a_wide_row_is_broken_and_what_is_beyond_a_hundred_is_left_out() -> None:
    keyboard = build_keyboard([[Button(str(n), "n", argument=str(n)) for n in range(12)] for _ in range(10)])
    assert keyboard is not None
    assert [len(row) for row in keyboard.inline_keyboard][:3] == [8, 4, 8]
    assert sum(len(row) for row in keyboard.inline_keyboard) == 100


def test_without_buttons_there_is_no_keyboard() -> None:
    assert build_keyboard([[Button("bad", url="javascript:x")], []]) is None
