"""`tocsin demo`: everything at once, with nothing set up and no network."""

import sys
import tempfile
import time
from ipaddress import ip_network
from pathlib import Path

import click
from rich.console import Console

from bot.bootstrap import App, open_app
from bot.chat.console.app import LOCAL_DESTINATION
from bot.chat.console.connect import ConsoleChat, open_console
from bot.cli.common import prepare, run_async
from bot.cli.run import watch_everything
from bot.cli.signals import stop_on_signals
from bot.clock import SystemClock
from bot.config import SHIPPED_WATCHLISTS, Settings
from bot.demo.feeds import demo_feeds
from bot.demo.guide import (
    build_baseline_note,
    build_cards_note,
    build_prompt_help,
    build_silence,
    build_updates_note,
    build_welcome,
)
from bot.demo.server import DemoServer
from bot.demo.silence import build_sample_news, find_silence
from bot.domain.chats import NO_REPLY_ADDRESS
from bot.domain.deliveries import Form
from bot.domain.messages import Message
from bot.domain.policy import LATE
from bot.platforms import Chat
from bot.serving import build_lanes, serve
from bot.sources.feed_files import LoadedFeeds


@click.command()
@click.option("--once", is_flag=True, help="Stop after the first round instead of taking commands.")
def demo(*, once: bool) -> None:
    """Show everything with sample news on this machine: no set-up, no network."""
    settings = prepare("error")
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder:
        run_async(_demo(_own_world(settings, Path(folder)), once=once))


def _own_world(settings: Settings, folder: Path) -> Settings:
    """Settings that touch nothing of the person's own: a temporary store, the shipped lists, no chat."""
    return settings.model_copy(
        update={
            "data_dir": folder,
            "database_url": "",
            "watchlists": SHIPPED_WATCHLISTS,
            "private_networks": (ip_network("127.0.0.1/32"),),
            "telegram_bot_token": None,
            "slack_bot_token": None,
            "slack_app_token": None,
        }
    )


async def _demo(settings: Settings, *, once: bool) -> None:
    stop = stop_on_signals()
    start = SystemClock().now()
    async with DemoServer(start) as server:
        feeds = demo_feeds(server.base_url)
        async with open_app(settings, feeds=LoadedFeeds(feeds)) as app:
            console = open_console(Console(), sys.stdin, clock=app.clock)
            await watch_everything(app)
            await _say(console, build_welcome(feeds, app.catalog.watchlists))
            await _show_readings(app, console, server)
            news = build_sample_news(server.base_url, start, app.clock.now())
            await _say(console, build_silence(find_silence(news, app.catalog)))
            if once:
                return
            alerts = await app.store.list_alerts(LOCAL_DESTINATION.key, start - LATE, limit=1)
            await _say(console, build_prompt_help(alerts[0].alert.id if alerts else ""))
            await serve(app, [Chat(console.app, console.messenger, ends_service=True)], stop)


async def _show_readings(app: App, console: ConsoleChat, server: DemoServer) -> None:
    """Reads the outlets three times, as they were, as they are and as a story goes on, and shows what is sent."""
    lanes = build_lanes(app, Chat(console.app, console.messenger))
    baseline = await app.polling.poll_all()
    await _say(console, build_baseline_note(baseline.items_new, baseline.feeds))
    server.publish()
    started = time.monotonic()
    summary = await app.polling.poll_all()
    await _say(console, build_cards_note(summary.items_new, time.monotonic() - started))
    await lanes.deliver_due()
    server.publish()
    summary = await app.polling.poll_all()
    await _say(console, build_updates_note(summary.items_new))
    await lanes.deliver_due()


async def _say(console: ConsoleChat, message: Message) -> None:
    await console.messenger.send(LOCAL_DESTINATION, message, form=Form.RICH, reply_to=NO_REPLY_ADDRESS, silent=True)
