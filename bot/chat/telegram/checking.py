"""What `tocsin doctor` asks Telegram beyond whether it answers: how the bot is set up, and which chats it has lost."""

import asyncio
from collections.abc import Sequence
from datetime import UTC

from telegram import Bot, WebhookInfo
from telegram.error import TelegramError

from bot.chat.telegram.connect import open_bot
from bot.chat.telegram.failures import build_send_error
from bot.domain.chats import Destination
from bot.errors import SendOutcome

MOST_CHATS = 50
_AT_ONCE = 5
_SECONDS = 20.0
_LOST = frozenset({SendOutcome.DESTINATION_GONE, SendOutcome.BAD_MESSAGE})


async def find_oddities(token: str, api_url: str, webhook_url: str = "") -> list[str]:
    """What of the bot's set-up is unusual, each with its cure; `webhook_url` is the address that Tocsin wants called.

    Raises SendError where Telegram does not answer.
    """
    async with open_bot(token, api_url) as (telegram_bot, _, _):
        try:
            me, webhook = await telegram_bot.get_me(), await telegram_bot.get_webhook_info()
        except TelegramError as problem:
            raise build_send_error(problem) from problem
    odd = []
    if me.can_read_all_group_messages:
        odd.append("privacy mode is off, so it is given everything said in groups: /setprivacy at @BotFather")
    if not me.can_join_groups:
        odd.append("it cannot be added to groups: /setjoingroups at @BotFather")
    return odd + _webhook_oddities(webhook, webhook_url)


def _webhook_oddities(webhook: WebhookInfo, wanted: str) -> list[str]:
    odd = []
    if webhook.url and webhook.url != wanted:
        does = "puts its own there" if wanted else "takes it away and polls"
        odd.append(f"Telegram calls {webhook.url}, perhaps for another program with this token; `tocsin run` {does}")
    if webhook.url and webhook.last_error_message:
        when = f" ({webhook.last_error_date.astimezone(UTC):%d %b %H:%M} UTC)" if webhook.last_error_date else ""
        waiting = webhook.pending_update_count
        odd.append(
            f"it could not call {webhook.url}: {webhook.last_error_message}{when}, {waiting} updates wait; "
            "look at the proxy and the certificate there"
        )
    return odd


async def find_lost_chats(token: str, api_url: str, chats: Sequence[Destination]) -> list[Destination]:
    """Those of the first 50 chats that the bot is not in any more, as far as is known within 20 seconds.

    Raises SendError where Telegram does not answer.
    """
    async with open_bot(token, api_url) as (telegram_bot, _, _):
        turns, until = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop().time() + _SECONDS
        found = await asyncio.gather(*(_is_lost(telegram_bot, chat, turns, until) for chat in chats[:MOST_CHATS]))
    return [chat for chat, is_lost in zip(chats, found, strict=False) if is_lost]


async def _is_lost(telegram_bot: Bot, chat: Destination, turns: asyncio.Semaphore, until: float) -> bool:
    """Whether Telegram says that the bot has no such chat; what it has not said by `until` counts as no."""
    try:
        async with asyncio.timeout_at(until), turns:
            await telegram_bot.get_chat(chat.address)
    except TimeoutError:
        return False
    except TelegramError as problem:
        error = build_send_error(problem)
        if error.outcome in _LOST:
            return True
        raise error from problem
    return False
