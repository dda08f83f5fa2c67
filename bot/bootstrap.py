"""Where the parts meet: opens the store, reads the watchlists, and puts polling, lanes and chats together."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import structlog

from bot.clock import SystemClock
from bot.commands.context import Services
from bot.config import Settings
from bot.domain.chats import Destination, Platform
from bot.domain.command_names import name_slack_command
from bot.domain.language import install
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SettingsError
from bot.files.worker_maker import WorkerFileMaker
from bot.jobs.replaying import WorkerReplayer
from bot.memory import part_large_memory, settle_memory
from bot.ports.clock import Clock
from bot.ports.fleet import Fleet
from bot.ports.store import Store
from bot.ports.watchlist_folder import FolderContents
from bot.services.catalog import Catalog
from bot.services.feed_sync import sync_feeds
from bot.services.hubs import Hubs
from bot.services.list_loading import keep_up
from bot.services.ownership import Ownership
from bot.services.polling import Polling
from bot.services.restoring import restore_last_good
from bot.services.unsealing import Openers
from bot.sources.catalogues import load_catalogues
from bot.sources.feed_files import LoadedFeeds
from bot.sources.http import HttpFetcher
from bot.sources.opml import write_opml
from bot.sources.parser import WorkerParser
from bot.sources.sealing import SecretSealer, Vault
from bot.sources.watchlist_folder import YamlFolder
from bot.sources.watchlist_texts import FolderTexts
from storage import open_fleet, open_store

log = structlog.get_logger(__name__)


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


def open_sealer(settings: Settings) -> SecretSealer:
    """What seals and opens the tokens of workspaces."""
    return SecretSealer(settings.secret_key.get_secret_value() if settings.secret_key else "")


def open_secrets(settings: Settings) -> Openers:
    """What opens every token that is stored."""
    return Openers(open_vault(settings).open, open_sealer(settings).open_secret)


@asynccontextmanager
async def open_app(settings: Settings, *, feeds: LoadedFeeds | None = None, shared: bool = False) -> AsyncIterator[App]:
    """All parts, ready to poll; `feeds` stand in for those of the watchlist folder.

    If the database is `shared` with other processes, there is a fleet to join.

    Raises SettingsError where the folder holds no usable watchlist, StoreError where the database cannot be used.
    """
    part_large_memory()
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


def find_owner(settings: Settings) -> Destination | None:
    """Whom the settings name as the owner, if anybody."""
    platform, _, address = settings.owner.partition(":")
    return Destination(Platform(platform), address) if address else None
