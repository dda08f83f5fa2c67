"""The world in which a command's cases are played on a platform: real services and store, a clock that stands."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.commands.context import Services
from bot.commands.inbox import Inbox
from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import LEASE, OutgoingMessage, Receipt, Urgency
from bot.domain.health import Health, Pulse
from bot.domain.messages import plain_message
from bot.domain.polls import PollRecord
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import FetchProblem
from bot.jobs.replaying import WorkerReplayer
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from bot.services.digesting import Digests
from bot.services.ownership import Ownership
from bot.sources.watchlist_files import load_watchlists
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from tests import factories
from tests.conformance import news
from tests.conformance.cases import Case, Place
from tests.conformance.publishers import build_publishers
from tests.conformance.seats import LOST_RECEIPT, Seat
from tests.fakes.clock import START, FakeClock
from tests.fakes.file_maker import FakeFileMaker
from tests.fakes.inbox import handle_pending

_BETWEEN_CASES = 60.0
_A_MOMENT = 1.1
_LONG_AGO = timedelta(days=9)
_WATCHED = ("csto", "ttp", "border", "exercises")


class World:
    """One platform with one store."""

    def __init__(self, seat: Seat, store: Store, clock: FakeClock, stage: "Stage") -> None:
        self._seat = seat
        self._store = store
        self._clock = clock
        catalog = Catalog(stage.loaded)
        publishers = build_publishers()
        ownership = Ownership(store, clock, None, draw=lambda _: 7)
        ownership.invite()
        services = Services(
            store,
            catalog,
            publishers,
            publishers,
            clock,
            "0.1.0",
            START - timedelta(hours=3),
            FolderTexts(stage.lists),
            WorkerReplayer(),
            ownership,
            FakeFileMaker(),
        )
        self._inbox = Inbox(services)
        self._lanes = Lanes(store, seat.messenger, catalog, clock, chance=random.Random(7))
        self._names: dict[str, str] = {}

    async def begin(self) -> None:
        """Brings the cards that wait on the screens of the chats, and learns the ids of their alerts."""
        await self._deliver()
        self._seat.take()
        chat = self._seat.destination(Place.PRIVATE)
        assert chat is not None
        views = await self._store.list_alerts(chat.key, START - timedelta(days=30), 50)
        if views:
            ids = [view.alert.id for view in views]
            typo = ids[0][:3] + ("2" if ids[0][3] != "2" else "3")
            self._names = {"{alert}": ids[0], "{older}": ids[1], "{oldest}": ids[10], "{typo}": typo}

    async def play(self, case: Case) -> list[str]:
        """What each step of a case shows."""
        shown: list[str] = []
        if case.prepare:
            await case.prepare(self._store, self._seat.app.platform)
        for step in case.steps:
            named = step.text
            for name, alert in self._names.items():
                named = named.replace(name, alert)
            if not await self._seat.act(replace(step, text=named), self._inbox):
                shown.append("(cannot be done here)")
                continue
            await handle_pending(self._inbox, self._seat.app)
            await self._deliver()
            shown.append("\n".join(self._seat.take()) or "(silence)")
        await self._clock.advance(_BETWEEN_CASES)
        await self._deliver()
        late = self._seat.take()
        self._seat.check()
        return shown + [f"(a minute later)\n{one}" for one in late]

    async def _deliver(self) -> None:
        """Sends what is due, as far apart as platforms want it."""
        platform = self._seat.app.platform
        while (due := await self._store.next_delivery_at(platform, frozenset())) and due <= self._clock.now():
            sending = asyncio.create_task(self._lanes.deliver_due())
            while not (await asyncio.wait({sending}, timeout=0.002))[0]:
                if self._clock.sleepers:  # the lanes wait for their next slot
                    await self._clock.advance(0.05)
            sending.result()
            await self._clock.advance(_A_MOMENT)


class Stage:
    """What all worlds begin with: the lists, and one database with nothing and one for each platform with news."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.lists = folder / "watchlists"
        self.lists.mkdir()
        for name, text in news.build_lists().items():
            (self.lists / name).write_text(text, encoding="utf-8")
        self.loaded: WatchlistCatalog = load_watchlists(self.lists)

    @asynccontextmanager
    async def open_empty(self, seat: Seat, clock: FakeClock, folder: Path) -> AsyncIterator[World]:
        """A world in which nothing was read and nothing is watched."""
        template = self._folder / "empty.db"
        if not template.exists():
            store = await open_store(f"sqlite:///{template}")
            await store.migrate()
            await store.close()
        async with self._open(template, seat, clock, folder / "empty.db") as world:
            yield world

    @asynccontextmanager
    async def open_full(self, seat: Seat, clock: FakeClock, folder: Path) -> AsyncIterator[World]:
        """A world with four days of news, lists that are watched, and a card on the screen of every chat."""
        template = self._folder / f"{seat.name}.db"
        if not template.exists():
            store = await open_store(f"sqlite:///{template}")
            await store.migrate()
            await fill(store, seat, Catalog(self.loaded))
            await store.close()
        async with self._open(template, seat, clock, folder / "full.db") as world:
            yield world

    @asynccontextmanager
    async def _open(self, template: Path, seat: Seat, clock: FakeClock, copy: Path) -> AsyncIterator[World]:
        shutil.copy(template, copy)
        store = await open_store(f"sqlite:///{copy}")
        try:
            world = World(seat, store, clock, self)
            await world.begin()
            yield world
        finally:
            await store.close()


async def fill(store: Store, seat: Seat, catalog: Catalog) -> None:
    """Feeds, four days of news that was sent, lists that are watched, and a card for every chat that waits."""
    await store.sync_feeds(news.FEEDS, START)
    chats = [found for place in Place if (found := seat.destination(place))]
    for chat in chats:
        await store.ensure_destination(chat)
        for watchlist in _WATCHED:
            await store.subscribe(chat, watchlist, "local:1", START, name="Dana")
    await _pile_up(store, chats[:1], catalog)
    for ago, poll in news.build_past(catalog):
        await store.record_polls([_with_cards(poll, chats)], START - ago)
        await _send_unseen(store, seat.app.platform, START - ago)
    await _tell_digest(store, catalog)
    await store.record_polls([_blocked_poll()], START)
    await store.record_polls([_with_cards(news.build_news(catalog, *news.NEWEST, 99), chats)], START)
    await store.record_polls(news.build_later_reports(catalog), START)


async def _pile_up(store: Store, chats: list[Destination], catalog: Catalog) -> None:
    """More cards than one page of a digest holds, which a digest stood for nine days ago."""
    then = START - _LONG_AGO
    for poll in news.build_piled_up(catalog, _LONG_AGO):
        await store.record_polls([_with_cards(poll, chats)], then)
    platform = chats[0].platform
    cards = await store.list_backlogs(platform, then + timedelta(minutes=9))
    digest = OutgoingMessage("digest", chats[0], plain_message("digest"), urgency=Urgency.NOTICE)
    await store.cover_cards([card.id for card in cards], digest, then)
    await _send_unseen(store, platform, then)


async def _tell_digest(store: Store, catalog: Catalog) -> None:
    """The digest of this morning waits."""
    clock = FakeClock(START - timedelta(hours=30))
    digests = Digests(store, catalog, clock)
    await digests.send_due()
    clock.set_wall_clock(START)
    await digests.send_due()


async def _send_unseen(store: Store, platform: Platform, at: datetime) -> None:
    """What waited was sent half a minute later, before anybody looked at a screen."""
    while claimed := await store.claim_deliveries(platform, at, 10, LEASE, frozenset()):
        for delivery in claimed:
            receipt = Receipt(str(LOST_RECEIPT + delivery.id))
            await store.record_sent(delivery.id, receipt, at + timedelta(seconds=30))


def _with_cards(poll: PollRecord, chats: list[Destination]) -> PollRecord:
    cards = tuple(
        factories.build_planned_card(story_key=alert.story_key, destination=chat)
        for alert in poll.alerts
        for chat in chats
    )
    return replace(poll, cards=cards)


def _blocked_poll() -> PollRecord:
    """A feed whose site has refused bots for five hours."""
    since = START - timedelta(hours=5)
    state = factories.build_feed_state(
        "kloop",
        last_success=since,
        failures=3,
        problem=FetchProblem.BLOCKED.value,
        problem_text="HTTP 403",
        problem_since=since,
    )
    return factories.build_poll("kloop", state=state, pulse=Pulse(since, Health.BLOCKED, checks=3, told=Health.BLOCKED))
