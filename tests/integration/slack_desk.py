"""A desk on the fake Slack: the real adapter, inbox, store and lanes, in one process."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.chat.slack.connect import open_slack
from bot.chat.slack.setup import SlackSetup
from bot.clock import SystemClock
from bot.commands.context import Services
from bot.commands.inbox import Inbox
from bot.domain.polls import PollRecord
from bot.domain.watchlists import WatchlistCatalog
from bot.jobs.replaying import WorkerReplayer
from bot.matching.watchlist import Watchlist
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from bot.services.hooks import Hooks
from bot.services.ownership import Ownership
from bot.sources.http import HttpFetcher
from bot.sources.parser import WorkerParser
from bot.sources.sealing import SecretSealer
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from tests.fakes.file_maker import FakeFileMaker
from tests.fakes.slack import SlackFake


@dataclass(slots=True)
class SlackDesk:
    """What runs, and what it works with."""

    fake: SlackFake
    store: Store
    services: Services
    hooks: Hooks
    lanes: Lanes

    async def ring(self, poll: PollRecord) -> None:
        """Records what a feed brought, with its cards."""
        await self.store.record_polls([poll], self.services.clock.now())
        self.lanes.wake()


@asynccontextmanager
async def open_desk(
    fake: SlackFake, folder: Path, *watchlists: Watchlist, setup: SlackSetup | None = None, key: str = ""
) -> AsyncIterator[SlackDesk]:
    """A running desk; over Socket Mode unless the `setup` says otherwise."""
    clock, hooks = SystemClock(), Hooks()
    store = await open_store("sqlite:///:memory:")
    await store.migrate()
    catalog = Catalog(WatchlistCatalog(watchlists))
    services = Services(
        store,
        catalog,
        HttpFetcher(),
        WorkerParser(),
        clock,
        "0.1.0",
        clock.now(),
        FolderTexts(folder),
        WorkerReplayer(),
        Ownership(store, clock, None),
        FakeFileMaker(),
    )
    async with open_slack(setup or fake.setup, clock, hooks, store, SecretSealer(key)) as slack:
        lanes = Lanes(store, slack.messenger, catalog, clock, chance=random.Random())
        inbox = Inbox(services, on_replies=lanes.wake)
        tasks = [
            asyncio.create_task(work)
            for work in (slack.app.receive(partial(inbox.take, slack.app)), inbox.run(slack.app), lanes.run())
        ]
        try:
            if (setup or fake.setup).app_token:
                await fake.wait_for_connection()
            yield SlackDesk(fake, store, services, hooks, lanes)
        finally:
            for task in tasks:
                task.cancel()
            failed = await asyncio.gather(*tasks, return_exceptions=True)
    await store.close()
    crashed = [error for error in failed if isinstance(error, Exception)]
    assert not crashed, crashed
