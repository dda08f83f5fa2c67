"""Where the parts meet: opens the store, reads the watchlists, and puts polling, lanes and chats together."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from bot.chat.console.app import LOCAL_DESTINATION
from bot.chat.slack.setup import SlackSetup
from bot.clock import SystemClock
from bot.commands.all_commands import REGISTRY
from bot.commands.chat_app import ChatApp
from bot.commands.context import Services
from bot.commands.inbox import Inbox
from bot.commands.menus import Menu, build_menus
from bot.config import Settings
from bot.domain.chats import Destination, Platform
from bot.domain.command_names import name_slack_command
from bot.domain.language import LANGUAGES, default_language, install, speaking
from bot.domain.recovery import Recovery
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SettingsError
from bot.files.worker_maker import WorkerFileMaker
from bot.jobs.local import LocalJobs, Loop
from bot.jobs.replaying import WorkerReplayer
from bot.memory import settle_memory
from bot.ports.clock import Clock
from bot.ports.fleet import Fleet
from bot.ports.messenger import Messenger
from bot.ports.store import Store
from bot.ports.watchlist_folder import FolderContents
from bot.services.article_checks import ArticleChecks
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from bot.services.departing import Departures
from bot.services.digesting import Digests
from bot.services.feed_sync import sync_feeds
from bot.services.health import Health, Phase
from bot.services.holding import HeldCards
from bot.services.hooks import Hooks
from bot.services.hubs import Hubs
from bot.services.list_loading import keep_up, load_chat_lists
from bot.services.onboarding import Reminders
from bot.services.ownership import Ownership
from bot.services.polling import Polling
from bot.services.reloading import Reloading
from bot.services.reminding import CriticalReminders
from bot.services.restoring import restore_last_good
from bot.services.retention import Retention
from bot.services.store_watch import StoreWatch
from bot.services.trending import Trends
from bot.services.upkeep import Upkeep
from bot.sources.catalogues import load_catalogues
from bot.sources.feed_files import LoadedFeeds
from bot.sources.http import HttpFetcher
from bot.sources.opml import write_opml
from bot.sources.parser import WorkerParser
from bot.sources.sealing import SecretSealer, Vault
from bot.sources.watchlist_folder import YamlFolder
from bot.sources.watchlist_texts import FolderTexts
from bot.web.ping import Ping
from storage import open_fleet, open_store

if TYPE_CHECKING:
    from bot.chat.telegram.webhook import WebhookAddress

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chat:
    """Both halves of a chat platform. `ends_service` says that the service stops when no more updates can come."""

    app: ChatApp
    messenger: Messenger
    ends_service: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """The parts every verb works with. `wakers` are called whenever something was put into the outbox.

    `takes_feeds` is false where the feeds do not come from the watchlist folder. `hubs` are there if they may call us.
    """

    settings: Settings
    services: Services
    polling: Polling
    folder: YamlFolder
    takes_feeds: bool = True
    wakers: list[Callable[[], None]] = field(default_factory=list)
    hubs: Hubs | None = None
    fleet: Fleet | None = None

    @property
    def store(self) -> Store:
        """Everything that is kept."""
        return self.services.store

    @property
    def catalog(self) -> Catalog:
        """The watchlists in use."""
        return self.services.catalog

    @property
    def ownership(self) -> Ownership:
        """Who owns the bot."""
        return self.services.ownership

    @property
    def clock(self) -> Clock:
        """The clock everything goes by."""
        return self.services.clock

    def wake(self) -> None:
        """Tells the lanes of every platform that the outbox may hold something new."""
        _ring(self.wakers)


@asynccontextmanager
async def open_archive(settings: Settings) -> AsyncIterator[Store]:
    """The store alone, brought up to date; for verbs that only look things up."""
    settings.refuse_ephemeral()
    store = await open_store(settings.store_url, connections=settings.database_connections)
    try:
        await store.migrate()
        yield store
    finally:
        await store.close()


def open_vault(settings: Settings) -> Vault:
    """What seals and opens the tokens of feed addresses."""
    return Vault(settings.secret_key.get_secret_value() if settings.secret_key else "")


@asynccontextmanager
async def open_app(settings: Settings, *, feeds: LoadedFeeds | None = None, shared: bool = False) -> AsyncIterator[App]:
    """All parts, ready to poll; `feeds` stand in for those of the watchlist folder.

    If the database is `shared` with other processes, there is a fleet to join.

    Raises SettingsError where the folder holds no usable watchlist, StoreError where the database cannot be used.
    """
    clock, wakers = SystemClock(), list[Callable[[], None]]()
    name_slack_command(settings.slack_command)
    install(load_catalogues(), settings.language)
    vault = open_vault(settings)
    folder = YamlFolder(settings.watchlists, settings.timezone, vault)
    contents = load_usable_folder(folder, settings.watchlists)
    catalog = Catalog(contents.catalog, contents.routes, settings.allowed_chats)
    async with (
        open_archive(settings) as store,
        HttpFetcher(
            settings.private_networks,
            settings.fetch_concurrency,
            settings.host_concurrency,
            settings.contact,
            vault=vault,
        ) as fetcher,
        WorkerParser() as parser,
    ):
        fleet = open_fleet(store) if shared else None
        given = LoadedFeeds(contents.feeds, contents.feed_problems) if feeds is None else feeds
        await sync_feeds(store, given.feeds, faulty=bool(given.problems), now=clock.now())
        await store.record_destinations([one.target.destination for one in catalog.routed])
        if catalog.loaded.unusable:
            await catalog.change(await restore_last_good(store, catalog.loaded), catalog.routes)
        texts = FolderTexts(settings.watchlists)
        ownership = Ownership(store, clock, find_owner(settings))
        await ownership.load()
        await keep_up(store, catalog, texts, clock, other_owner=ownership.destination)
        services = Services(
            store,
            catalog,
            fetcher,
            parser,
            clock,
            version("tocsin"),
            clock.now(),
            texts,
            WorkerReplayer(),
            ownership,
            WorkerFileMaker(settings.data_dir / "matplotlib", write_opml),
            settings.polls_per_hour,
        )
        polling = Polling(
            store,
            fetcher,
            parser,
            catalog,
            clock,
            chance=random.Random(),  # noqa: S311  it spreads retries, it guards nothing
            polls_per_hour=settings.polls_per_hour,
            concurrency=settings.fetch_concurrency,
            host_concurrency=settings.host_concurrency,
            on_alerts=lambda: _ring(wakers),
            plan_alone=fleet.plan_alone if fleet else nullcontext,
        )
        settle_memory()
        hubs = Hubs(store, fetcher, clock, settings.public_url) if settings.wants_hubs else None
        yield App(settings, services, polling, folder, feeds is None, wakers, hubs, fleet)


def _ring(wakers: Sequence[Callable[[], None]]) -> None:
    for waker in wakers:
        waker()


def load_usable_folder(folder: YamlFolder, directory: Path) -> FolderContents:
    """What a folder of watchlists says; what is wrong in it is logged.

    Raises SettingsError where no watchlist can be used.
    """
    contents = folder.load()
    for problem in contents.problems:
        log.warning("file_refused", reason=str(problem))
    if not contents.catalog.watchlists:
        first = f" {contents.problems[0]}" if contents.problems else ""
        raise SettingsError(
            f"There is no usable watchlist in {directory}.{first}", "`tocsin check` shows every problem."
        )
    return contents


def load_usable_watchlists(directory: Path) -> WatchlistCatalog:
    """The faultless watchlists of a folder. Raises SettingsError where there is none."""
    return load_usable_folder(YamlFolder(directory), directory).catalog


@asynccontextmanager
async def open_chats(app: App, hooks: Hooks) -> AsyncIterator[list[Chat]]:
    """The chat platforms that have tokens; none connects before it is used. What calls us does so through `hooks`.

    Raises SendError (UNAUTHORISED) for a token that cannot be one.
    """
    settings = app.settings
    chats = []
    async with AsyncExitStack() as stack:
        if settings.telegram_bot_token:
            # The platforms' libraries take 24 MB: only who has a token pays for them.
            from bot.chat.telegram.connect import open_telegram  # noqa: PLC0415  see above

            token = settings.telegram_bot_token.get_secret_value()
            telegram = await stack.enter_async_context(
                open_telegram(
                    token,
                    settings.telegram_api_url,
                    app.clock,
                    _list_menus(),
                    hooks=hooks,
                    webhook=_find_webhook(settings),
                )
            )
            chats.append(Chat(telegram.app, telegram.messenger))
        if settings.wants_slack:
            from bot.chat.slack.connect import open_slack  # noqa: PLC0415  see above

            sealer = SecretSealer(settings.secret_key.get_secret_value() if settings.secret_key else "")
            slack = await stack.enter_async_context(
                open_slack(build_slack_setup(settings), app.clock, hooks, app.store, sealer)
            )
            chats.append(Chat(slack.app, slack.messenger))
        yield chats


def build_slack_setup(settings: Settings) -> SlackSetup:
    """What the settings say of Slack."""

    def read(secret: SecretStr | None) -> str:
        return secret.get_secret_value() if secret else ""

    return SlackSetup(
        read(settings.slack_bot_token),
        read(settings.slack_app_token),
        read(settings.slack_signing_secret),
        settings.slack_api_url,
        settings.slack_command,
        settings.slack_admin_group,
        settings.slack_client_id,
        read(settings.slack_client_secret),
    )


def _find_webhook(settings: Settings) -> "WebhookAddress | None":
    from bot.chat.telegram.webhook import WebhookAddress  # noqa: PLC0415  only who has a token loads the library

    secret = settings.telegram_webhook_secret
    if not settings.wants_webhook:
        return None
    return WebhookAddress(settings.telegram_webhook_url, secret.get_secret_value() if secret else "")


def _list_menus() -> tuple[Menu, ...]:
    """The command menus in every language; those of the installation's are for all others, too."""
    menus: list[Menu] = []
    for language in LANGUAGES:
        with speaking(language):
            menus += build_menus(REGISTRY, "" if language == default_language() else language)
    return tuple(menus)


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


def find_owner(settings: Settings) -> Destination | None:
    """Whom the settings name as the owner, if anybody."""
    platform, _, address = settings.owner.partition(":")
    return Destination(Platform(platform), address) if address else None


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
