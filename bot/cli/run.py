"""`tocsin run`: the service."""

import asyncio
import os
import platform
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

import click
import structlog
from rich.console import Console

from bot.bootstrap import App, open_app
from bot.chat.console.app import LOCAL_DESTINATION, LOCAL_PERSON
from bot.chat.console.connect import open_console
from bot.cli.common import prepare, run_async
from bot.cli.signals import run_until_signalled
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.parts import Part
from bot.errors import SendError, SendOutcome, SettingsError, StoreDamaged
from bot.logs import log_warnings_only, send_logs_to
from bot.platforms import Chat, build_slack_setup, open_chats
from bot.ports.clock import Clock
from bot.ports.instance_lock import InstanceLock
from bot.services.health import Health, Phase
from bot.services.hooks import Hooks
from bot.serving import serve
from bot.web.server import open_web
from storage import instance_lock, recover_store

_STANDBY_SECONDS = 1.0
_AGAIN_SECONDS = 1.0
# https://www.sqlite.org/releaselog/3_51_3.html: the WAL-reset bug of 3.7.0 to 3.51.2.
_SOUND_SQLITE = (3, 51, 3)

log = structlog.get_logger(__name__)


@click.command()
@click.option(
    "--only",
    "parts",
    type=click.Choice([part.value for part in Part]),
    multiple=True,
    help="Do this part only, beside other processes on the same PostgreSQL. May be given several times.",
)
def run(parts: tuple[str, ...]) -> None:
    """Poll feeds, match watchlists, send alerts and answer chats, until told to stop.

    With no chat token the alerts appear on this console, and commands are typed here.
    """
    settings = prepare()
    run_async(run_until_signalled(_run(settings, frozenset(Part(part) for part in parts))))


async def _run(settings: Settings, parts: frozenset[Part]) -> None:
    settings.refuse_ephemeral()
    clock, tocsin_version = SystemClock(), version("tocsin")
    health, hooks = Health(clock), Hooks()
    if settings.store_url.startswith("sqlite:"):
        _warn_of_old_sqlite()
    # The health pages first: whoever started this process wants to see at once that it lives.
    if parts == {Part.WEB} and not settings.is_called:
        # Some platforms start a web process unasked. It must not keep the one that does everything off the database.
        async with open_web(settings.port, health, clock, tocsin_version, hooks):
            log.info("started", parts=[], reason="Neither a platform nor a hub is told to call: only health pages.")
            await asyncio.Event().wait()
    async with (
        open_web(settings.port, health, clock, tocsin_version, hooks),
        hold_database(settings.store_url, health, clock, shared=bool(parts)) as lock,
    ):
        if parts:
            return await _serve_parts(settings, parts, health, clock, hooks)
        thorough = not lock.ended_cleanly
        while True:
            try:
                return await _serve(settings, health, clock, hooks, thorough=thorough)
            except StoreDamaged as error:
                log.warning("database_damaged", reason=str(error))
            thorough = True
            await clock.sleep(_AGAIN_SECONDS)


async def _serve(settings: Settings, health: Health, clock: Clock, hooks: Hooks, *, thorough: bool) -> None:
    """One life of the service, from opening the database to closing it."""
    health.phase = Phase.STARTING
    recovery = await recover_store(settings.store_url, settings.backups, clock.now(), thorough=thorough)
    async with open_app(settings) as app:
        await app.store.take_over(name_instance(), clock.now())
        await refuse_wrong_tokens(settings)
        async with open_chats(app, hooks) as chats:
            if chats:
                app.ownership.invite()
            else:
                chats.append(await _use_console(app))
            log.info("started", chats=[chat.messenger.platform.value for chat in chats], database=_place(settings))
            await serve(app, chats, asyncio.Event(), health=health, recovery=recovery, hooks=hooks)


async def _serve_parts(settings: Settings, parts: frozenset[Part], health: Health, clock: Clock, hooks: Hooks) -> None:
    """The life of one process among several."""
    from bot.scale_out import serve_parts  # noqa: PLC0415  # the job engine is an extra

    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, shared=True))
        assert app.fleet is not None
        chats: list[Chat] = []
        if parts != {Part.POLL}:
            await refuse_wrong_tokens(settings)
            chats = await stack.enter_async_context(open_chats(app, hooks))
            if not chats:
                raise SettingsError(
                    f"--only {min(parts)} has no chat to work for: no token is set.",
                    "Set TELEGRAM_BOT_TOKEN, or SLACK_BOT_TOKEN with SLACK_APP_TOKEN.",
                )
        await app.fleet.join(name_instance())
        try:
            log.info("started", parts=sorted(parts), chats=[chat.messenger.platform.value for chat in chats])
            await serve_parts(app, app.fleet, chats, parts, asyncio.Event(), health=health, hooks=hooks)
        finally:
            await asyncio.shield(app.fleet.leave(clock.now()))


@asynccontextmanager
async def hold_database(url: str, health: Health, clock: Clock, *, shared: bool = False) -> AsyncIterator[InstanceLock]:
    """Waits until no other instance works on the database, and keeps every other off it until the block ends.

    If it is `shared`, only instances that want it to themselves are others.

    Only an orderly end says goodbye; after any other the next start looks at the database more closely.
    """
    lock, owner = instance_lock(url, shared=shared), name_instance()
    if not await asyncio.to_thread(lock.acquire, owner):
        health.phase = Phase.STANDBY
        log.info("standby", reason=f"{lock.holder() or 'Another instance'} works on this database. I wait for its end.")
        while not await asyncio.to_thread(lock.acquire, owner):
            await clock.sleep(_STANDBY_SECONDS)
        log.info("taking_over")
    try:
        yield lock
    except asyncio.CancelledError:
        lock.release()
        raise
    lock.release()


def name_instance() -> str:
    """How this process is called in the lock and in the database."""
    return f"{platform.node()} (process {os.getpid()})"


def _warn_of_old_sqlite() -> None:
    if sqlite3.sqlite_version_info < _SOUND_SQLITE:
        log.warning(
            "old_sqlite",
            version=sqlite3.sqlite_version,
            reason="Before 3.51.3 a rare race between connections can damage a database. Backups are made daily.",
        )


async def refuse_wrong_tokens(settings: Settings) -> None:
    """Asks each platform once. Raises SettingsError for a refused token; a platform out of reach is tried later."""
    if settings.telegram_bot_token:
        from bot.chat.telegram.connect import check_telegram  # noqa: PLC0415  only who has a token loads the library

        token = settings.telegram_bot_token.get_secret_value()
        await _ask("Telegram", check_telegram(token, settings.telegram_api_url))
    if settings.wants_slack:
        from bot.chat.slack.connect import check_slack  # noqa: PLC0415  only who has a token loads the library

        await _ask("Slack", check_slack(build_slack_setup(settings)))


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
    if sys.stdin.isatty() and "log_level" not in app.settings.model_fields_set:
        log_warnings_only()
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
    now = app.clock.now()
    for watchlist_id in sorted(app.catalog.seen_from(destination.key).sending):
        await app.store.subscribe(destination, watchlist_id, LOCAL_PERSON.key, now, name=LOCAL_PERSON.name)


def _place(settings: Settings) -> str:
    """Where the database is, without credentials."""
    return settings.store_url.partition("://")[0] if settings.database_url else str(settings.data_dir)
