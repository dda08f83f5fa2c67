"""The whole thread: feeds over HTTP, `tocsin run` as a process, alerts in both chats, answers, and a restart."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_world import SentMessage

READER, ANALYST, CHANNEL = 4001, "U0ANALYST", "C0SECNEWS"
OLD_NEWS = ("Yesterday's weather", "Rain over the hills.")
WARNING = (
    "CSTO warns of <armed> groups & drug routes near the Tajik border",
    "The secretary general of the Collective Security Treaty Organization spoke in Dushanbe.",
)
WARNING_COPIED = ("CSTO warns of <armed> groups & drug routes near the Tajik border", "Copied from the agency.")
CYBER = ("Ten TTPs every blue team should hunt for", "MITRE ATT&CK detections for this quarter.")


def build_rss(*news: tuple[str, str]) -> bytes:
    """A feed with these (title, text) items, the newest last, all published now."""
    now = format_datetime(datetime.now(UTC))
    items = "".join(
        f"<item><title><![CDATA[{_escape(title)}]]></title><description><![CDATA[{_escape(text)}]]></description>"
        f"<link>https://wire.example/{abs(hash(title)) % 10**8}</link><guid>{title.encode().hex()}</guid>"
        f"<pubDate>{now}</pubDate></item>"
        for title, text in reversed(news)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as fake:
        fake.add_user(READER, "Dana")
        yield fake


@pytest.fixture
async def slack() -> AsyncIterator[SlackFake]:
    async with SlackFake() as fake:
        fake.add_user(ANALYST, "rustam", is_admin=True)
        fake.add_channel(CHANNEL, members=[ANALYST])
        yield fake


@pytest.fixture
async def publisher() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        server.serve("/agency", build_rss(OLD_NEWS))
        server.serve("/daily", build_rss(OLD_NEWS))
        yield server


@pytest.fixture
def home(tmp_path: Path, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer) -> Home:
    built = Home.build(
        tmp_path,
        TELEGRAM_BOT_TOKEN=telegram.token,
        TELEGRAM_API_URL=telegram.origin,
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_APP_TOKEN=slack.app_token,
        SLACK_API_URL=slack.api_url,
        TOCSIN_POLLS_PER_HOUR="1000000",
    )
    built.write_feeds(agency=publisher.url("/agency"), daily=publisher.url("/daily"))
    return built


async def watch_csto(telegram: TelegramFake, slack: SlackFake) -> None:
    """Both chats begin to watch the list: one with the button under its preview, one in a single command."""
    await telegram.wait_for_poll(timeout=15)
    telegram.user_says(READER, READER, "/watch csto")
    preview = await telegram.wait_for_message(READER, lambda message: "CSTO" in message.text)
    telegram.user_presses(preview, find_button(preview, "Watch"), READER)
    await telegram.wait_for_message(READER, lambda message: message.text.startswith("Watching CSTO"))
    await slack.wait_for_connection(timeout=15)
    slack.user_commands(ANALYST, CHANNEL, "/tocsin", "watch csto here")
    await slack.wait_for_message(CHANNEL, lambda message: "added CSTO" in message.visible)


def alert_id(card: SentMessage) -> str:
    """The short id in the first line of a card."""
    return card.text.splitlines()[0].rsplit(" ", 1)[1]


def is_card(message: SentMessage) -> bool:
    """Whether it is an alert card: only those say why they came."""
    return "\nWhy: " in message.text and message.text.startswith("🟠")


def find_button(message: SentMessage, label: str) -> str:
    """The callback data of the button with this label."""
    buttons = [button for row in message.keyboard for button in row if button["text"].endswith(label)]
    assert buttons, f"no button {label!r} in {message.keyboard}"
    data: str = buttons[0]["callback_data"]
    return data


async def test_alerts_reach_both_chats_and_buttons_answer(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    try:
        await watch_csto(telegram, slack)
        publisher.serve("/agency", build_rss(OLD_NEWS, WARNING, CYBER))
        publisher.serve("/daily", build_rss(OLD_NEWS, WARNING_COPIED))

        card = await telegram.wait_for_message(READER, is_card, timeout=15)
        assert card.text.splitlines()[1] == WARNING[0]
        posted = await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)
        assert WARNING[0] in posted.visible
        assert posted.mentions == []

        press = telegram.user_presses(card, find_button(card, "Why"), READER)
        await telegram.wait_for_answer(press)
        explained = await telegram.wait_for_message(
            READER, lambda message: message.text.startswith("Why "), after=card.message_id
        )
        assert "CSTO" in explained.text.splitlines()[2]
        assert "TTP" not in explained.text

        telegram.user_says(READER, READER, f"/why {alert_id(card)}")
        by_command = await telegram.wait_for_message(
            READER, lambda message: message.text.startswith("Why "), after=explained.message_id
        )
        assert by_command.text == explained.text
        slack.user_commands(ANALYST, CHANNEL, "/tocsin", f"why {alert_id(card)}")
        await slack.wait_for_ephemeral(CHANNEL, ANALYST, lambda message: message.visible.startswith("Why "))
        slack.user_presses(posted, "up", ANALYST)
        thanked = await slack.wait_for_ephemeral(CHANNEL, ANALYST, lambda message: "1 of 1 rated" in message.visible)
        assert "CSTO" in thanked.visible
        assert slack.late == []
    finally:
        code = await service.stop()
    assert code == 0
    assert telegram.too_many_requests == slack.too_many_requests == 0


async def test_a_restart_sends_nothing_twice_and_forgets_nothing(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    await watch_csto(telegram, slack)
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_for_message(READER, is_card, timeout=15)
    await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)
    assert await service.stop() == 0
    telegram.user_says(READER, READER, "/recent")

    again = await home.start_service()
    try:
        await telegram.wait_for_message(
            READER, lambda message: not is_card(message) and WARNING[0][:20] in message.text, timeout=15
        )
        publisher.serve(
            "/daily", build_rss(OLD_NEWS, ("CSTO summit ends in Minsk without a statement", "Treaty talks."))
        )
        await telegram.wait_for_message(READER, lambda message: "Minsk" in message.text, timeout=15)
        await slack.wait_for_message(CHANNEL, lambda message: "Minsk" in message.visible, timeout=15)
    finally:
        await again.stop()
    cards = [message for message in telegram.messages(READER) if is_card(message)]
    assert len(cards) == 2
    posted = [message for message in slack.messages(CHANNEL) if "Why:" in message.visible]
    assert len(posted) == 2


async def test_a_wrong_token_stops_the_start_with_the_cure(home: Home) -> None:
    home.settings["TELEGRAM_BOT_TOKEN"] = "7000000001:AAHwrongwrongwrongwrongwrongwrongwron"
    code, _, err = await home.call("run")
    assert code == 2
    last = err.splitlines()[-1]
    assert last.startswith("tocsin: Telegram")
    assert "BotFather" in last
    assert "AAHwrong" not in err


async def test_platforms_out_of_reach_do_not_stop_the_start(home: Home, telegram: TelegramFake) -> None:
    await telegram.stop()
    service = await home.start_service()
    assert any("platform_out_of_reach" in line for line in service.log)
    assert await service.stop() == 0


async def test_a_kill_in_the_middle_of_sending_loses_nothing_and_repeats_at_most_once(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    await watch_csto(telegram, slack)
    telegram.fail_next("sendMessage", "hang")
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)
    await service.kill()
    telegram.clear_faults()  # the kill may have come before Telegram was called at all
    await home.expire_leases()

    again = await home.start_service()
    try:
        await telegram.wait_for_message(READER, is_card, timeout=15)
    finally:
        await again.stop()
    assert sum(is_card(message) for message in telegram.messages(READER)) == 1
    first, *repeats = [message for message in slack.messages(CHANNEL) if "Why:" in message.visible]
    assert "Possibly a repeat" not in first.visible
    assert len(repeats) <= 1
    assert all("Possibly a repeat" in message.visible for message in repeats)


@pytest.mark.parametrize("token", ["TELEGRAM_BOT_TOKEN", "SLACK_BOT_TOKEN"])
async def test_a_token_of_the_wrong_shape_is_a_wrong_setting(home: Home, token: str) -> None:
    home.settings[token] = "abc"
    code, _, err = await home.call("run")
    assert code == 2
    assert err.splitlines()[-1].startswith("tocsin: ")
