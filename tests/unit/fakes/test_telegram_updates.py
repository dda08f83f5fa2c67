"""How updates come from Telegram's fake: by polling, until confirmed, to one listener."""

import asyncio

import pytest
from telegram import Bot
from telegram.error import (
    Conflict,
)

from tests.fakes.telegram import TelegramFake
from tests.unit.fakes.telegram_bots import DANA, make_bot


async def test_updates_come_again_until_a_higher_offset_confirms_them(fake: TelegramFake, bot: Bot) -> None:
    for text in ("one", "two", "three"):
        fake.user_says(DANA, DANA, text)
    first = await bot.get_updates(limit=2)
    assert [u.message.text for u in first if u.message] == ["one", "two"]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["three"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()
    assert fake.api.updates.confirmed == 3


async def test_a_long_poll_returns_as_soon_as_somebody_writes(fake: TelegramFake, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await fake.wait_for_poll()
    fake.user_says(DANA, DANA, "hello")
    (update,) = await poll
    assert update.message is not None


async def test_the_older_of_two_waiting_polls_gets_the_conflict(fake: TelegramFake, bot: Bot) -> None:
    async with make_bot(fake) as second:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await fake.wait_for_poll()
        newer = asyncio.create_task(second.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await older
        fake.user_says(DANA, DANA, "hello")
        assert len(await newer) == 1


async def test_waiting_updates_are_handed_to_either_instance_without_a_conflict(fake: TelegramFake, bot: Bot) -> None:
    async with make_bot(fake) as second:
        fake.user_says(DANA, DANA, "one")
        assert len(await bot.get_updates()) == 1
        assert len(await second.get_updates()) == 1


async def test_updates_older_than_a_day_are_gone() -> None:
    now = 0.0
    async with TelegramFake(now=lambda: now) as fake, make_bot(fake) as bot:
        fake.user_says(DANA, DANA, "yesterday")
        now = 86_401.0
        fake.user_says(DANA, DANA, "today")
        assert [u.message.text for u in await bot.get_updates() if u.message] == ["today"]


async def test_only_the_kinds_of_update_asked_for_are_kept(fake: TelegramFake, bot: Bot) -> None:
    assert await bot.get_updates(allowed_updates=["message"]) == ()
    fake.user_says(DANA, DANA, "/start")
    fake.blocks_bot(DANA)
    assert [u.my_chat_member for u in await bot.get_updates(offset=1)] == [None]


async def test_polling_conflicts_with_a_webhook(fake: TelegramFake, bot: Bot) -> None:
    await bot.set_webhook("https://e.example/hook", secret_token="s3cret")
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
