"""`tocsin run`: the service."""

import asyncio
import signal
import sys
from collections.abc import Awaitable

import click
import structlog
from rich.console import Console

from bot.bootstrap import App, Chat, open_app, open_chats, serve
from bot.chat.console.app import LOCAL_DESTINATION, LOCAL_PERSON
from bot.chat.console.connect import open_console
from bot.chat.slack.connect import check_slack
from bot.chat.telegram.connect import check_telegram
from bot.cli.common import prepare, run_async
from bot.config import Settings
from bot.errors import SendError, SendOutcome, SettingsError
from bot.logs import send_logs_to

log = structlog.get_logger(__name__)


@click.command()
def run() -> None:
    """Poll feeds, match watchlists, send alerts and answer chats, until told to stop.

    With no chat token the alerts appear on this console, and commands are typed here.
    """
    settings = prepare()
    run_async(_run(settings))


async def _run(settings: Settings) -> None:
    stop = stop_on_signals()
    async with open_app(settings) as app:
        await refuse_wrong_tokens(settings)
        async with open_chats(app) as chats:
            if not chats:
                chats.append(await _use_console(app))
            log.info("started", chats=[chat.messenger.platform.value for chat in chats], database=_place(settings))
            await serve(app, chats, stop)
        log.info("stopped")


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop


async def refuse_wrong_tokens(settings: Settings) -> None:
    """Asks each platform once. Raises SettingsError for a refused token; a platform out of reach is tried later."""
    if settings.telegram_bot_token:
        token = settings.telegram_bot_token.get_secret_value()
        await _ask("Telegram", check_telegram(token, settings.telegram_api_url))
    if settings.slack_bot_token and settings.slack_app_token:
        tokens = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
        await _ask("Slack", check_slack(*tokens, settings.slack_api_url))


async def _ask(name: str, question: Awaitable[str]) -> None:
    try:
        log.info("platform_ready", platform=name, answer=await question)
    except SendError as error:
        if error.outcome is SendOutcome.UNAUTHORISED:
            raise SettingsError(f"{name}: {error.cause}", error.cure) from error
        log.warning("platform_out_of_reach", platform=name, reason=str(error))


async def _use_console(app: App) -> Chat:
    """This terminal as the only chat; the first time it watches every list."""
    console = open_console(Console(), sys.stdin, clock=app.clock)
    send_logs_to(console.terminal.guard(sys.stderr))
    click.echo(
        "No chat token is set (TELEGRAM_BOT_TOKEN, or SLACK_BOT_TOKEN with SLACK_APP_TOKEN): alerts appear here. "
        "Type help for commands, quit to leave."
    )
    await watch_everything(app)
    # Without a terminal the input ends at once, as under systemd; the service goes on.
    return Chat(console.app, console.messenger, ends_service=sys.stdin.isatty())


async def watch_everything(app: App) -> None:
    """Lets the console watch every list that sends, if it watches none yet."""
    destination = await app.store.ensure_destination(LOCAL_DESTINATION)
    if await app.store.list_subscriptions(destination.key):
        return
    for watchlist_id in sorted(app.catalog.seen_from(destination.key).sending):
        await app.store.subscribe(destination, watchlist_id, LOCAL_PERSON.key, app.clock.now())


def _place(settings: Settings) -> str:
    """Where the database is, without credentials."""
    return settings.store_url.partition("://")[0] if settings.database_url else str(settings.data_dir)
