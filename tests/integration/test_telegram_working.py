"""What people see while a request takes a while."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.chat.telegram.connect import TelegramChat, open_telegram
from bot.domain.chats import ReplyAddress
from bot.domain.messages import Attachment, plain_message
from tests import factories
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import TelegramLimits

NO_LIMITS = TelegramLimits(chat_interval=0.0, group_per_minute=10_000, overall_per_second=10_000)
DANA = 100
PRIVATE = factories.build_destination(str(DANA))


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(limits=NO_LIMITS) as server:
        server.user_says(DANA, DANA, "/search border")
        yield server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def telegram(fake: TelegramFake, clock: FakeClock) -> AsyncIterator[TelegramChat]:
    async with open_telegram(fake.token, fake.origin, clock) as opened:
        yield opened


async def pass_time(clock: FakeClock, seconds: float) -> None:
    while not clock.sleepers:  # noqa: ASYNC110  a fake clock tells nobody
        await asyncio.sleep(0.005)
    await clock.advance(seconds)


async def test_an_answer_within_a_second_shows_nothing_before(fake: TelegramFake, telegram: TelegramChat) -> None:
    async with telegram.app.show_working(PRIVATE, ReplyAddress()) as working:
        assert not await working.finish(plain_message("Found"))
    assert fake.calls == []


async def test_after_a_second_the_chat_sees_typing(
    fake: TelegramFake, telegram: TelegramChat, clock: FakeClock
) -> None:
    async with telegram.app.show_working(PRIVATE, ReplyAddress()) as working:
        await pass_time(clock, 1)
        await fake.wait_until(lambda: fake.api.chat_actions or None, "typing", 5.0)
        assert not await working.finish(plain_message("Found"))
    assert fake.api.chat_actions == [(DANA, "typing")]
    assert fake.sent == []


async def test_after_five_seconds_a_message_says_so_and_becomes_the_answer(
    fake: TelegramFake, telegram: TelegramChat, clock: FakeClock
) -> None:
    async with telegram.app.show_working(PRIVATE, ReplyAddress()) as working:
        await pass_time(clock, 1)
        await pass_time(clock, 4)
        shown = await fake.wait_for_message(DANA, lambda message: message.text == "Working…")
        while not clock.sleepers:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.005)
        assert await working.finish(plain_message("Found"))
    assert shown.is_silent
    assert [message.text for message in fake.messages(DANA)] == ["Found"]


async def test_what_cannot_take_its_place_takes_it_away(
    fake: TelegramFake, telegram: TelegramChat, clock: FakeClock
) -> None:
    async with telegram.app.show_working(PRIVATE, ReplyAddress()) as working:
        await pass_time(clock, 1)
        await pass_time(clock, 4)
        await fake.wait_for_message(DANA, lambda message: message.text == "Working…")
        while not clock.sleepers:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.005)
        file = Attachment("numbers.csv", "text/csv", b"a,b")
        assert not await working.finish(replace(plain_message("Here"), attachment=file))
    assert fake.messages(DANA) == []


async def test_without_network_nobody_notices(fake: TelegramFake, telegram: TelegramChat, clock: FakeClock) -> None:
    await fake.stop()
    async with telegram.app.show_working(PRIVATE, ReplyAddress()) as working:
        await pass_time(clock, 1)
        await pass_time(clock, 4)
        assert not await working.finish(plain_message("Found"))
