"""Answers that take the place of what was pressed, and chats that the bot leaves."""

import json
from collections.abc import AsyncIterator

import pytest

from bot.chat.telegram.connect import TelegramChat, open_telegram
from bot.domain.chats import ChatKind, InboundUpdate
from bot.domain.deliveries import Form
from bot.domain.messages import Button, plain_message
from tests.factories import build_delivery, build_destination, build_update
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import TelegramLimits
from tests.fakes.telegram_world import SentMessage

NO_LIMITS = TelegramLimits(chat_interval=0.0, group_per_minute=10_000, overall_per_second=10_000)
DANA, GROUP = 100, -100500
PRIVATE = build_destination(str(DANA))
LIST = plain_message("Page 1", ((Button("›", "recent", "p.2"),),))


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(limits=NO_LIMITS) as server:
        server.user_says(DANA, DANA, "/recent")
        server.add_chat(GROUP, "supergroup", title="Strangers", admins=[DANA])
        yield server


@pytest.fixture
async def telegram(fake: TelegramFake) -> AsyncIterator[TelegramChat]:
    async with open_telegram(fake.token, fake.origin, FakeClock()) as opened:
        yield opened


async def show_list(fake: TelegramFake, telegram: TelegramChat) -> SentMessage:
    reply_to = build_delivery().reply_to
    await telegram.messenger.send(PRIVATE, LIST, form=Form.RICH, reply_to=reply_to, silent=False)
    return fake.sent[-1]


def press(fake: TelegramFake, message: SentMessage) -> InboundUpdate:
    fake.user_presses(message, "a1:p.2:recent", DANA)
    return build_update(payload=json.dumps(fake.api.updates.pending[-1]))


async def test_a_page_takes_the_place_of_the_one_before(fake: TelegramFake, telegram: TelegramChat) -> None:
    update = press(fake, await show_list(fake, telegram))
    second = plain_message("Page 2", ((Button("‹", "recent", "p.1"),),))
    assert await telegram.app.show_in_place(update, PRIVATE, second)
    (now,) = fake.messages(DANA)
    assert (now.text, [button["text"] for button in now.buttons]) == ("Page 2", ["‹"])
    assert await telegram.app.show_in_place(update, PRIVATE, second), "the same page again is no failure"


async def test_where_the_message_is_gone_the_answer_has_to_be_sent(fake: TelegramFake, telegram: TelegramChat) -> None:
    message = await show_list(fake, telegram)
    update = press(fake, message)
    fake.deletes_message(DANA, message.message_id)
    assert not await telegram.app.show_in_place(update, PRIVATE, plain_message("Page 2"))


@pytest.mark.parametrize("payload", ["", "{}", '{"callback_query":{"id":"1","from":{"id":1}}}'])
async def test_nothing_was_pressed(fake: TelegramFake, telegram: TelegramChat, payload: str) -> None:
    assert not await telegram.app.show_in_place(build_update(payload=payload), PRIVATE, plain_message("x"))
    assert fake.edits == []


async def test_strangers_are_told_one_sentence_and_left(fake: TelegramFake, telegram: TelegramChat) -> None:
    strangers = build_destination(str(GROUP), kind=ChatKind.GROUP)
    await telegram.app.leave(strangers, plain_message("This bot serves only the chats that its operator listed."))
    assert [message.text for message in fake.messages(GROUP)] == [
        "This bot serves only the chats that its operator listed."
    ]
    assert fake.api.world.chats[GROUP].bot_status == "left"
    await telegram.app.leave(strangers, plain_message("Again"))


async def test_a_group_where_the_bot_may_not_speak_is_left_in_silence(
    fake: TelegramFake, telegram: TelegramChat
) -> None:
    fake.fail_next("sendMessage", "400", detail="Bad Request: not enough rights to send text messages to the chat")
    await telegram.app.leave(build_destination(str(GROUP), kind=ChatKind.GROUP), plain_message("Bye"))
    assert fake.api.world.chats[GROUP].bot_status == "left"


async def test_a_channel_is_found_by_its_name_or_number(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.add_chat(-100900, "channel", title="Border news", username="borders", admins=[DANA])
    channel = build_destination("-100900", kind=ChatKind.CHANNEL, title="Border news")
    assert await telegram.app.find_chat("@borders") == channel
    assert await telegram.app.find_chat("-100900") == channel
    group = await telegram.app.find_chat(str(GROUP))
    assert group is not None
    assert group.kind is ChatKind.GROUP
    fake.sets_bot_status(-100900, "kicked", by=DANA)
    assert await telegram.app.find_chat("@borders") is None


@pytest.mark.parametrize("name", ["", "borders", "@b", "100", "@borders/../getMe", "@nobody_there"])
async def test_what_names_no_chat_is_not_found(fake: TelegramFake, telegram: TelegramChat, name: str) -> None:
    assert await telegram.app.find_chat(name) is None
    assert all(call.method == "getChat" for call in fake.calls)
