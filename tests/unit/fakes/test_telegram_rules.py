"""The rules of Telegram's fake refuse what the platform refuses."""

from typing import Any

import pytest

from tests.fakes.telegram_rules import (
    TEXT_MAX,
    ApiError,
    FloodGate,
    TelegramLimits,
    check_commands,
    check_keyboard,
    read_text,
)


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(ApiError) as caught:
        call(*arguments)
    assert caught.value.code in {400, 429}
    return caught.value.description


def test_the_length_is_counted_in_utf16_units_after_parsing() -> None:
    assert read_text("<b>" + "😀" * 2048 + "</b>", "HTML", [], TEXT_MAX).text == "😀" * 2048
    assert refusal(read_text, "😀" * 2048 + "x", "HTML", [], TEXT_MAX) == "Bad Request: message is too long"


def test_markup_errors_name_the_parser() -> None:
    assert (
        refusal(read_text, "<x>", "HTML", [], TEXT_MAX)
        == 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0'
    )


def test_other_parse_modes_are_refused() -> None:
    assert refusal(read_text, "*x*", "Markup", [], TEXT_MAX) == "Bad Request: unsupported parse_mode"


def test_without_a_parse_mode_markup_is_plain_text() -> None:
    assert read_text("<b>1 & 2", "", [], TEXT_MAX).text == "<b>1 & 2"


def test_more_than_a_hundred_entities_are_too_many() -> None:
    assert len(read_text("<b>x</b> " * 100, "HTML", [], TEXT_MAX).entities) == 100
    assert refusal(read_text, "<b>x</b> " * 101, "HTML", [], TEXT_MAX) == "Bad Request: ENTITIES_TOO_LONG"


def test_long_addresses_use_up_the_entity_budget_though_the_text_is_short() -> None:
    link = f'<a href="https://e.example/{"x" * 1000}">a</a> '
    assert len(read_text(link * 9, "HTML", [], TEXT_MAX).entities) == 9
    assert refusal(read_text, link * 10, "HTML", [], TEXT_MAX) == "Bad Request: ENTITIES_TOO_LONG"


def test_given_entities_must_lie_inside_the_text() -> None:
    entity = {"type": "bold", "offset": 0, "length": 9}
    assert "ends after the end of the text at UTF-16 offset 9" in refusal(read_text, "x", "", [entity], TEXT_MAX)


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def press(label: str = "Why", data: str = "a1:7Q2M:why") -> dict[str, Any]:
    return {"text": label, "callback_data": data}


def test_the_keyboard_of_an_alert_is_accepted() -> None:
    rows = check_keyboard(
        keyboard(
            [{"text": "🔗 Open", "url": "https://e.example/1"}, press("❓ Why"), press("🧵 Story (2)", "a1:7Q2M:sty")],
            [press("✅ I have this", "a1:7Q2M:ack"), press("👎 Not relevant", "a1:7Q2M:dn")],
        )
    )
    assert [len(row) for row in rows] == [3, 2]


def test_callback_data_is_limited_in_bytes_not_characters() -> None:
    assert check_keyboard(keyboard([press(data="я" * 32)]))
    assert refusal(check_keyboard, keyboard([press(data="я" * 33)])) == "Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize(
    ("button", "complaint"),
    [
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": ""}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": "a", "url": "https://e.example"}, "exactly one action must be specified"),
        ({"text": " ", "callback_data": "a"}, "inline keyboard button text must be non-empty"),
        ({"callback_data": "a"}, 'Field "text" must be of type String'),
        ({"text": "x", "url": "ftp://e.example"}, "URL 'ftp://e.example' is invalid: Unsupported URL protocol"),
        ({"text": "x", "url": "nowhere"}, "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
    ],
)
def test_a_bad_button_is_refused(button: dict[str, Any], complaint: str) -> None:
    assert complaint in refusal(check_keyboard, keyboard([button]))


def test_a_keyboard_holds_a_hundred_buttons_eight_in_a_row() -> None:
    assert len(check_keyboard(keyboard(*[[press()] * 8] * 12))) == 12
    assert refusal(check_keyboard, keyboard(*[[press()] * 8] * 13)) == "Bad Request: reply markup is too long"
    assert refusal(check_keyboard, keyboard([press()] * 9)) == "Bad Request: reply markup is too long"


def test_other_reply_markup_has_no_inline_rows() -> None:
    assert check_keyboard({"force_reply": True}) == []


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ({"command": "Watch", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "watch", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"command": "w" * 33, "description": "x"}, "BOT_COMMAND_INVALID"),
    ],
)
def test_a_bad_menu_command_is_refused(command: dict[str, str], complaint: str) -> None:
    assert complaint in refusal(check_commands, [command])


class Flood:
    def __init__(self, **limits: Any) -> None:
        self.now = 0.0
        self.gate = FloodGate(TelegramLimits(**limits), lambda: self.now)

    def refused(self, chat_id: int, at: float) -> int:
        self.now = at
        try:
            self.gate.admit(chat_id)
        except ApiError as error:
            return int(error.parameters["retry_after"])
        return 0


def test_more_than_one_message_a_second_to_a_chat_is_refused() -> None:
    flood = Flood()
    assert [flood.refused(1, at) for at in (0.0, 0.5, 0.97, 2.0)] == [0, 1, 0, 0]
    assert flood.refused(2, 2.0) == 0


def test_the_tolerance_for_network_jitter_does_not_add_up() -> None:
    flood = Flood()
    assert [flood.refused(1, 0.96 * n) for n in range(4)] == [0, 0, 1, 0]


def test_a_burst_can_be_allowed() -> None:
    flood = Flood(chat_burst=3)
    assert [flood.refused(1, 0.0) for _ in range(4)] == [0, 0, 0, 1]


def test_twenty_messages_a_minute_to_a_group() -> None:
    flood = Flood()
    assert not any(flood.refused(-1, 2.0 * n) for n in range(20))
    assert flood.refused(-1, 40.0) == 20
    assert flood.refused(-1, 60.0) == 0


def test_a_private_chat_has_no_limit_by_the_minute() -> None:
    flood = Flood()
    assert not any(flood.refused(1, float(n)) for n in range(40))


def test_thirty_messages_a_second_over_all_chats() -> None:
    flood = Flood()
    assert not any(flood.refused(chat, 0.0) for chat in range(1, 31))
    assert flood.refused(31, 0.5) == 1
    assert flood.refused(31, 1.0) == 0


def test_a_refused_message_does_not_count() -> None:
    flood = Flood()
    assert [flood.refused(1, at) for at in (0.0, 0.1, 0.2, 0.3, 1.0)] == [0, 1, 1, 1, 0]
