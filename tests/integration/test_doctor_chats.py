"""What `tocsin doctor` finds odd about the bot, and the chats that it was removed from without noticing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat.slack.checking import find_obstacles
from bot.chat.telegram.checking import find_lost_chats, find_oddities
from bot.cli.doctor import examine
from bot.config import Settings, load_settings
from bot.domain.chats import ChatKind
from bot.errors import SendError
from bot.sources.sealing import SecretSealer
from storage import open_store
from tests.factories import build_destination, build_slack_destination
from tests.fakes.clock import START, FakeClock
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake

DANA, GROUP, LOST = 100, -100500, -100600


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as fake:
        fake.user_says(DANA, DANA, "/start")
        fake.add_chat(GROUP, "supergroup", title="Desk", admins=[DANA])
        fake.add_chat(LOST, "supergroup", title="Lost", admins=[DANA], bot_status="kicked")
        yield fake


async def test_a_bot_as_it_should_be_is_not_odd(telegram: TelegramFake) -> None:
    assert await find_oddities(telegram.token, telegram.origin) == []


async def test_what_is_odd_about_a_bot_comes_with_its_cure(telegram: TelegramFake) -> None:
    telegram.api.reads_everything, telegram.api.joins_groups = True, False
    telegram.api.setup.webhook = {"url": "https://other.example/hook"}
    telegram.api.setup.last_webhook_error = "Connection refused"
    everything, groups, elsewhere, troubled = await find_oddities(telegram.token, telegram.origin)
    assert everything.endswith("it is given everything said in groups: /setprivacy at @BotFather")
    assert "/setjoingroups" in groups
    assert elsewhere.startswith("Telegram calls https://other.example/hook, perhaps for another program")
    assert "Connection refused" in troubled


async def test_chats_that_the_bot_was_removed_from_are_found(telegram: TelegramFake) -> None:
    chats = [build_destination(str(chat)) for chat in (DANA, GROUP, LOST, -100999)]
    lost = await find_lost_chats(telegram.token, telegram.origin, chats)
    assert [chat.address for chat in lost] == [str(LOST), "-100999"]


async def test_no_more_than_fifty_chats_are_asked_about(telegram: TelegramFake) -> None:
    chats = [build_destination(str(number), kind=ChatKind.GROUP) for number in range(-1_000, 0)]
    assert len(await find_lost_chats(telegram.token, telegram.origin, chats)) == 50
    assert sum(call.method == "getChat" for call in telegram.calls) == 50


async def test_a_telegram_that_does_not_answer_is_said_so(telegram: TelegramFake) -> None:
    await telegram.stop()
    with pytest.raises(SendError):
        await find_lost_chats(telegram.token, telegram.origin, [build_destination(str(DANA))])


async def test_channels_of_slack_without_the_bot_come_with_the_line_to_type() -> None:
    async with SlackFake() as fake:
        fake.add_channel("C0DESK", "desk")
        fake.add_channel("C0LOST", "lost", has_bot=False)
        store = await open_store("sqlite:///:memory:")
        channels = [build_slack_destination(address) for address in ("C0DESK", "C0LOST")]
        found = await find_obstacles(fake.setup, store, SecretSealer(""), FakeClock(), channels)
        await store.close()
    assert [channel.address for channel in found] == ["C0LOST"]
    assert "/invite @tocsin" in found[channels[1]]


@pytest.fixture
def settings(tmp_path: Path, telegram: TelegramFake, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", telegram.token)
    monkeypatch.setenv("TELEGRAM_API_URL", telegram.origin)
    return load_settings()


async def test_doctor_names_the_chat_and_what_to_do(settings: Settings) -> None:
    store = await open_store(settings.store_url)
    await store.migrate()
    await store.subscribe(build_destination(str(LOST), title="Lost"), "csto", "telegram:100", START)
    await store.close()
    findings = [finding async for finding in examine(settings)]
    (chat,) = [finding for finding in findings if finding.what == "chats"]
    assert chat.ok is False
    assert chat.text.startswith(f"the bot is not in Lost (telegram:{LOST}) any more: add it there again")
