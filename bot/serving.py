"""The service: every loop that polls, sends, answers and looks after things, until it is told to stop."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.bootstrap import App, open_secrets
from bot.chat.console.app import LOCAL_DESTINATION
from bot.commands.inbox import Inbox
from bot.domain.chats import Platform
from bot.domain.recovery import Recovery
from bot.jobs.local import LocalJobs, Loop
from bot.platforms import Chat
from bot.ports.store import Store
from bot.services.article_checks import ArticleChecks
from bot.services.delivering import Lanes
from bot.services.departing import Departures
from bot.services.digesting import Digests
from bot.services.health import Health, Phase
from bot.services.holding import HeldCards
from bot.services.hooks import Hooks
from bot.services.list_loading import keep_up, load_chat_lists
from bot.services.onboarding import Reminders
from bot.services.reloading import Reloading
from bot.services.reminding import CriticalReminders
from bot.services.retention import Retention
from bot.services.store_watch import StoreWatch
from bot.services.trending import Trends
from bot.services.unsealing import tell_unreadable
from bot.services.upkeep import Upkeep
from bot.web.ping import Ping


async def serve(
    app: App,
    chats: Sequence[Chat],
    stop: asyncio.Event,
    *,
    health: Health | None = None,
    recovery: Recovery | None = None,
    hooks: Hooks | None = None,
) -> None:
    """Polls, sends and answers until `stop` is set or this is cancelled; then lets what is in flight end.

    `health` is kept up to date, `hooks` is where hubs may call. The owner is told of a `recovery` from a backup.
    Raises StoreDamaged, Superseded and LoopStuck, which only a new start can cure.
    """
    health = health or Health(app.clock)
    watch = StoreWatch(app.store, health, app.clock, lambda: app.ownership.destination)
    if recovery:
        await watch.tell_recovery(recovery)
    await tell_unreadable(app.store, open_secrets(app.settings), app.ownership.destination, app.clock.now())
    inbox = Inbox(app.services, on_replies=app.wake)
    loops: dict[str, Loop] = {}
    for chat in chats:
        platform = chat.messenger.platform
        lanes = build_lanes(app, chat, health)
        app.wakers.append(lanes.wake)
        loops[f"{platform} updates"] = partial(_receive, chat, inbox, lanes, stop)
        loops[f"{platform} commands"] = partial(inbox.run, chat.app)
        loops[f"{platform} lanes"] = lanes.run
    if hooks is not None and app.hubs is not None:
        app.hubs.open(hooks)
        loops["hubs"] = app.hubs.run
    loops["watchlist files"] = build_reloading(app, chats).run
    loops["retention"] = build_retention(app).run
    loops["articles"] = ArticleChecks(app.store, app.services.fetcher, app.clock).run
    loops["held cards"] = HeldCards(app.store, app.catalog, app.clock, on_messages=app.wake).run
    loops["digests"] = Digests(app.store, app.catalog, app.clock, on_messages=app.wake).run
    loops["trends"] = Trends(app.store, app.catalog, app.services.files, app.clock, on_messages=app.wake).run
    reload_lists = partial(load_chat_lists, app.store, app.catalog, app.services.texts)
    loops["lost chats"] = Departures(app.store, app.clock, reload_lists).run
    loops["onboarding"] = Reminders(app.store, app.clock, on_messages=app.wake).run
    loops["critical reminders"] = CriticalReminders(app.store, app.clock, on_messages=app.wake).run
    loops["upkeep"] = Upkeep(app.store, app.clock, app.settings.backups).run
    if app.settings.ping_url:
        loops["ping"] = Ping(app.settings.ping_url.get_secret_value(), health, app.clock).run

    async def move_times(by: timedelta) -> None:
        if by < timedelta(0):  # a clock set forward makes things due early, which does no harm
            await app.store.shift_times(by)

    jobs = LocalJobs(app.polling.poll_due, loops, app.clock, health=health, store_watch=watch, on_clock_jump=move_times)
    health.store, health.phase = app.store, Phase.RUNNING
    try:
        await jobs.run(stop)
    finally:
        health.store, health.phase = None, Phase.STOPPING


async def _receive(chat: Chat, inbox: Inbox, lanes: Lanes, stop: asyncio.Event) -> None:
    await chat.app.receive(partial(inbox.take, chat.app))
    if chat.ends_service:
        # Whoever typed the last line waits for its answer.
        await inbox.settle(chat.app)
        await lanes.deliver_due()
        stop.set()


def build_retention(app: App) -> Retention:
    """What keeps the archive within the operator's bounds."""
    keep = timedelta(days=app.settings.keep_days)
    return Retention(app.store, app.clock, keep=keep, most_of_feed=app.settings.keep_items)


def build_lanes(app: App, chat: Chat, health: Health | None = None, *, store: Store | None = None) -> Lanes:
    """The lanes that send to one chat platform; what is claimed through another `store`, if one is given."""
    platform = chat.messenger.platform.value

    def note_turn() -> None:
        if health is not None:
            health.beat(f"{platform} lanes")
            silent = health.silent_platforms - {platform}
            health.silent_platforms = silent if lanes.is_reached else silent | {platform}

    chance = random.Random()  # noqa: S311  it spreads retries, it guards nothing
    lanes = Lanes(store or app.store, chat.messenger, app.catalog, app.clock, chance=chance, on_turn=note_turn)
    return lanes


def build_reloading(app: App, chats: Sequence[Chat]) -> Reloading:
    """Keeps up with the watchlist folder. Where routes.yaml names no owner, TOCSIN_OWNER or the terminal is told."""
    console = any(chat.messenger.platform is Platform.CONSOLE for chat in chats)

    async def follow_up() -> None:
        owner = app.ownership.destination
        await keep_up(app.store, app.catalog, app.services.texts, app.clock, other_owner=owner)

    return Reloading(
        app.store,
        app.catalog,
        app.folder,
        app.clock,
        find_other_owner=lambda: app.ownership.destination or (LOCAL_DESTINATION if console else None),
        takes_feeds=app.takes_feeds,
        on_notices=app.wake,
        follow_up=follow_up,
    )
