"""Puts the parts of the Telegram adapter together."""

import logging
import random
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.chat.telegram.app import TelegramApp
from bot.chat.telegram.downloads import Downloads, build_download_request
from bot.chat.telegram.failures import build_send_error
from bot.chat.telegram.messenger import TelegramMessenger
from bot.chat.telegram.patience import Patience
from bot.chat.telegram.polling import LongPolling
from bot.chat.telegram.transport import ApiRequest
from bot.chat.telegram.webhook import Webhook, WebhookAddress
from bot.commands.menus import Menu
from bot.errors import SendError, SendOutcome
from bot.ports.clock import Clock
from bot.services.hooks import Hooks

# They write the address of each request, with the token in it, at INFO and DEBUG.
_TELLTALE_LOGGERS = ("httpx", "httpcore", "telegram")

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class TelegramChat:
    """Both halves of the adapter: updates in, messages out."""

    app: TelegramApp
    messenger: TelegramMessenger


@asynccontextmanager
async def open_telegram(
    token: str,
    api_url: str,
    clock: Clock,
    menus: Sequence[Menu] = (),
    *,
    hooks: Hooks | None = None,
    webhook: WebhookAddress | None = None,
) -> AsyncIterator[TelegramChat]:
    """The adapter, usable until the block ends. Nothing is connected before it is needed.

    `api_url` is the root of the Bot API server, such as https://api.telegram.org. With `hooks` and a `webhook` Telegram
    calls us there; otherwise it is polled. Raises SendError (UNAUTHORISED) for a token that cannot be one.
    """
    async with open_bot(token, api_url) as (telegram_bot, polling, download):
        patience = Patience(clock, random.Random())  # noqa: S311  it spreads retries, it guards nothing
        source: LongPolling | Webhook = LongPolling(telegram_bot, polling, clock, patience)
        if hooks is not None and webhook is not None:
            source = Webhook(telegram_bot, hooks, webhook, clock, patience)
        messenger = TelegramMessenger(telegram_bot)
        downloads = Downloads(telegram_bot, download)
        app = TelegramApp(telegram_bot, messenger, downloads, source, clock=clock, patience=patience, menus=menus)
        yield TelegramChat(app, messenger)


async def check_telegram(token: str, api_url: str) -> str:
    """`@tocsin_bot answers`. Raises SendError with cause and cure if it does not."""
    async with open_bot(token, api_url) as (telegram_bot, _, _):
        try:
            me = await telegram_bot.get_me()
        except TelegramError as problem:
            raise build_send_error(problem) from problem
    return f"@{me.username} answers"


@asynccontextmanager
async def open_bot(token: str, api_url: str) -> AsyncIterator[tuple[Bot, ApiRequest, HTTPXRequest]]:
    """A bot, its connection for polling, and its downloads. Raises SendError (UNAUTHORISED) for what is no token."""
    for name in _TELLTALE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not _TOKEN.fullmatch(token):
        raise SendError(
            SendOutcome.UNAUTHORISED,
            "The Telegram token has not the form of one.",
            "Copy TELEGRAM_BOT_TOKEN from @BotFather again: digits, a colon, letters.",
        )
    root = api_url.rstrip("/")
    sending, polling, download = ApiRequest(), ApiRequest(connections=1), build_download_request()
    telegram_bot = Bot(
        token,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=sending,
        get_updates_request=polling,
    )
    try:
        yield telegram_bot, polling, download
    finally:
        await download.shutdown()
        await sending.shutdown()
        await polling.shutdown()
