"""What the end-to-end tests have in common: people, news, and how a chat begins to watch."""

from datetime import UTC, datetime
from email.utils import format_datetime

from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_world import SentMessage

READER, ANALYST, CHANNEL = 4001, "U0ANALYST", "C0SECNEWS"
OLD_NEWS = ("Yesterday's weather", "Rain over the hills.")
WARNING = (
    "CSTO warns of <armed> groups & drug routes near the Tajik border",
    "The secretary general of the Collective Security Treaty Organization spoke in Dushanbe.",
)


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


def both_chats(telegram: TelegramFake, slack: SlackFake) -> dict[str, str]:
    """The settings by which Tocsin finds both fakes, polling as often as it can."""
    return {
        **one_chat(telegram),
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
    }


def one_chat(telegram: TelegramFake) -> dict[str, str]:
    """The settings by which Tocsin finds Telegram, polling as often as it can."""
    return {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.origin,
        "TOCSIN_POLLS_PER_HOUR": "1000000",
    }


async def watch_alone(telegram: TelegramFake) -> None:
    """The reader begins to watch the list with the button under its preview."""
    await telegram.wait_for_poll(timeout=15)
    telegram.user_says(READER, READER, "/watch csto")
    preview = await telegram.wait_for_message(READER, lambda message: "CSTO" in message.text)
    telegram.user_presses(preview, find_button(preview, "Watch"), READER)
    await telegram.wait_for_message(READER, lambda message: message.text.startswith("Watching CSTO"))


async def watch_csto(telegram: TelegramFake, slack: SlackFake) -> None:
    """Both chats begin to watch the list: one with the button under its preview, one in a single command."""
    await watch_alone(telegram)
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
