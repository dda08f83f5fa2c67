"""The unmodified library, sent to a fake, and the people and chats there."""

from telegram import Bot
from telegram.request import HTTPXRequest

from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import TelegramLimits

NO_LIMITS = TelegramLimits(chat_interval=0.0, group_per_minute=10_000, overall_per_second=10_000)
DANA, BAHROM = 100, 200
GROUP, CHANNEL = -100500, -100600


def make_bot(fake: TelegramFake, token: str = "") -> Bot:
    """A bot that talks to the fake, with its token or another."""
    request = HTTPXRequest(connection_pool_size=8, read_timeout=0.5)
    return Bot(token or fake.token, base_url=fake.base_url, request=request, get_updates_request=HTTPXRequest())
