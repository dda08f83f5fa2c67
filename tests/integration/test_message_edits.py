"""Messages that were sent are changed in their place, on every platform."""

import io
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest
from rich.console import Console
from telegram import Bot

from bot.chat.console.app import LOCAL_DESTINATION
from bot.chat.console.connect import open_console
from bot.chat.slack.messenger import SlackMessenger
from bot.chat.telegram.messenger import TelegramMessenger
from bot.chat.telegram.transport import ApiRequest
from bot.domain.chats import NO_REPLY_ADDRESS, Destination
from bot.domain.deliveries import Form
from bot.domain.messages import Button, Line, Message, Moment, Text, line, plain_message
from bot.errors import SendError, SendOutcome
from bot.ports.messenger import Messenger
from tests.factories import build_destination, build_slack_destination
from tests.fakes.clock import START, FakeClock
from tests.fakes.slack import SlackFake
from tests.fakes.slack_opening import opened_slack
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import TelegramLimits

DANA, ANALYST = 4001, "U0DANA"
DESK, CHANNEL = build_destination(str(DANA)), build_slack_destination("C0DESK")
CARD = Message(
    (line("🟠 HIGH", style="head"), line("One outlet so far")),
    "HIGH: news",
    ((Button("Why", "why", "7KD4"), Button("Useful", "up", "7KD4")),),
)
CHANGED = Message(
    (line("🟠 HIGH", style="head"), Line((Moment(START, "10:00"), Text(" 2 outlets", bold=True)))),
    "HIGH: news",
    ((Button("Why", "why", "7KD4"),),),
)


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(limits=TelegramLimits(chat_interval=0.0)) as fake:
        fake.user_says(DANA, DANA, "/start")
        yield fake


@pytest.fixture
async def on_telegram(telegram: TelegramFake) -> AsyncIterator[TelegramMessenger]:
    request = ApiRequest(answer_seconds=2)
    try:
        yield TelegramMessenger(Bot(telegram.token, base_url=telegram.base_url, request=request))
    finally:
        await request.shutdown()


@pytest.fixture
async def slack() -> AsyncIterator[SlackFake]:
    async with SlackFake() as fake:
        fake.add_channel("C0DESK", members=[ANALYST])
        yield fake


@pytest.fixture
async def on_slack(slack: SlackFake) -> AsyncIterator[SlackMessenger]:
    async with opened_slack(slack.setup, FakeClock()) as chat:
        yield chat.messenger


async def send(messenger: Messenger, to: Destination, message: Message = CARD) -> str:
    receipt = await messenger.send(to, message, form=Form.RICH, reply_to=NO_REPLY_ADDRESS, silent=False)
    return receipt.message


async def outcome(edit: Awaitable[None]) -> SendOutcome:
    with pytest.raises(SendError) as caught:
        await edit
    return caught.value.outcome


async def test_telegram_changes_text_and_buttons_together(
    telegram: TelegramFake, on_telegram: TelegramMessenger
) -> None:
    number = await send(on_telegram, DESK)
    await on_telegram.edit(DESK, number, CHANGED, form=Form.RICH)
    (card,) = telegram.messages(DANA)
    assert (str(card.message_id), card.text) == (number, "🟠 HIGH\n10:00 2 outlets")
    assert [button["text"] for row in card.keyboard for button in row] == ["Why"]


async def test_telegram_takes_an_edit_that_changes_nothing(
    telegram: TelegramFake, on_telegram: TelegramMessenger
) -> None:
    number = await send(on_telegram, DESK)
    await on_telegram.edit(DESK, number, CARD, form=Form.RICH)
    assert telegram.edits == []


async def test_telegram_says_when_a_message_is_gone(telegram: TelegramFake, on_telegram: TelegramMessenger) -> None:
    number = await send(on_telegram, DESK)
    telegram.deletes_message(DANA, int(number))
    assert await outcome(on_telegram.edit(DESK, number, CHANGED, form=Form.RICH)) is SendOutcome.MESSAGE_GONE


async def test_telegram_does_not_let_a_bot_change_what_a_person_wrote(
    telegram: TelegramFake, on_telegram: TelegramMessenger
) -> None:
    said = telegram.user_says(DANA, DANA, "hello")
    assert await outcome(on_telegram.edit(DESK, str(said), CHANGED, form=Form.RICH)) is SendOutcome.MESSAGE_GONE


async def test_edits_are_paced_by_the_server_as_messages_are() -> None:
    async with TelegramFake() as fake:
        fake.user_says(DANA, DANA, "/start")
        request = ApiRequest(answer_seconds=2)
        messenger = TelegramMessenger(Bot(fake.token, base_url=fake.base_url, request=request))
        number = await send(messenger, DESK)
        assert await outcome(messenger.edit(DESK, number, CHANGED, form=Form.RICH)) is SendOutcome.RATE_LIMITED
        await request.shutdown()


async def test_slack_changes_text_and_blocks_together(slack: SlackFake, on_slack: SlackMessenger) -> None:
    number = await send(on_slack, CHANNEL)
    await on_slack.edit(CHANNEL, number, CHANGED, form=Form.RICH)
    (card,) = slack.messages("C0DESK")
    assert (card.ts, "2 outlets" in card.visible) == (number, True)
    assert [element["action_id"] for _, element in card.elements] == ["why"]


async def test_slack_keeps_no_old_blocks_behind_a_bare_text(slack: SlackFake, on_slack: SlackMessenger) -> None:
    number = await send(on_slack, CHANNEL)
    await on_slack.edit(CHANNEL, number, CHANGED, form=Form.MINIMAL)
    (card,) = slack.messages("C0DESK")
    assert card.blocks == ()


async def test_slack_says_when_a_message_is_gone(on_slack: SlackMessenger) -> None:
    edit = on_slack.edit(CHANNEL, "1732430000.999999", CHANGED, form=Form.RICH)
    assert await outcome(edit) is SendOutcome.MESSAGE_GONE


async def test_a_terminal_prints_what_is_new_once(tmp_path: Path) -> None:
    out = io.StringIO()
    console = open_console(Console(file=out), io.StringIO(), clock=FakeClock(), folder=tmp_path).messenger
    number = await send(console, LOCAL_DESTINATION)
    for _ in range(2):
        await console.edit(LOCAL_DESTINATION, number, CHANGED, form=Form.RICH)
    _, again = out.getvalue().split("\n\n", 1)
    assert again == "↻ 🟠 HIGH\n10:00 2 outlets\n\n"


async def test_a_terminal_cannot_change_what_another_run_printed(tmp_path: Path) -> None:
    first, second = (
        open_console(Console(file=io.StringIO()), io.StringIO(), clock=FakeClock(), folder=tmp_path).messenger
        for _ in range(2)
    )
    number = await send(first, LOCAL_DESTINATION, plain_message("a"))
    await send(second, LOCAL_DESTINATION, plain_message("b"))
    assert await outcome(second.edit(LOCAL_DESTINATION, number, CHANGED, form=Form.RICH)) is SendOutcome.MESSAGE_GONE
