"""The same news, read by one process on SQLite and by two on PostgreSQL, makes the same stories, alerts and cards."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import ascii_lowercase

from bot.domain.items import ParsedItem
from bot.domain.watchlists import WatchlistCatalog
from bot.ports.fleet import Fleet
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.polling import Polling
from storage import open_fleet, open_store
from tests.factories import build_destination, build_feed, build_watchlist
from tests.fakes.clock import START, FakeClock
from tests.fakes.feeds import FakePublishers

DESK = build_destination()
FEEDS = tuple(build_feed(f"wire-{number}", url=f"https://wire{number}.example/rss") for number in range(8))
OPENINGS = ("Breaking:", "Officials say", "In Dushanbe,", "Sources:")
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Told:
    """What came out of a story that was shown: its reports, and how loud it is."""

    outlets: frozenset[str]
    titles: frozenset[str]
    priority: int


def write_news() -> list[dict[str, list[ParsedItem]]]:
    """For each round what each feed lists: half of it is the same story in the words of several outlets."""
    chance = random.Random(11)
    listed: dict[str, list[ParsedItem]] = {feed.url: [] for feed in FEEDS}
    rounds = []
    for number in range(ROUNDS):
        for story in range(3):
            # Names that no other story has: what belongs together is beyond doubt, whatever the order of the polls.
            names = ["".join(chance.choices(ascii_lowercase, k=8)).title() for _ in range(8)]
            for feed in chance.sample(FEEDS, 3):
                title = f"{chance.choice(OPENINGS)} CSTO meets {names[0]} and {names[1]} at {names[2]}"
                text = f"{names[3]}, {names[4]} and {names[5]} of {names[6]} came to {names[7]} as well."
                entry = ParsedItem(
                    guid=f"{feed.id}-{number}-{story}",
                    title=title,
                    summary=text,
                    link=f"{feed.url}/{number}/{story}",
                    published=START + timedelta(minutes=20 * number),
                )
                listed[feed.url].insert(0, entry)
        rounds.append({url: list(entries) for url, entries in listed.items()})
    return rounds


async def replay(stores: Sequence[Store], fleets: Sequence[Fleet] = ()) -> set[Told]:
    """Polls every round with all stores at once, each a share of the feeds; what there is to tell in the end."""
    clock, publishers = FakeClock(), FakePublishers()
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    gates: Sequence[Callable[[], AbstractAsyncContextManager[None]]] = [fleet.plan_alone for fleet in fleets]
    pollings = [
        Polling(store, publishers, publishers, catalog, clock, chance=random.Random(1), plan_alone=gate)
        for store, gate in zip(stores, gates or [nullcontext], strict=True)
    ]
    await stores[0].sync_feeds(FEEDS, clock.now())
    await stores[0].subscribe(DESK, "csto", "telegram:42", clock.now())
    nothing: dict[str, list[ParsedItem]] = {feed.url: [] for feed in FEEDS}
    for published in [nothing, *write_news()]:
        for url, entries in published.items():
            publishers.publish(url, *entries)
        statuses = await stores[0].list_feeds()
        await asyncio.gather(
            *(polling.poll(statuses[place :: len(pollings)]) for place, polling in enumerate(pollings))
        )
        await clock.advance(20 * 60)
    shown = {view.alert.id for view in await stores[0].list_alerts(DESK.key, START - timedelta(days=1), 1000)}
    views = [await stores[0].get_alert(alert_id) for alert_id in shown]
    return {
        Told(
            frozenset(report.feed.outlet for report in view.reports),
            frozenset(report.item.title for report in view.reports),
            int(view.alert.priority),
        )
        for view in views
    }


async def test_one_process_and_several_alert_alike(tmp_path: Path, postgres_url: str) -> None:
    alone = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    together = [await open_store(postgres_url) for _ in range(2)]
    try:
        await alone.migrate()
        expected = await replay([alone])
        fleets = [open_fleet(store) for store in together]
        for fleet in fleets:
            await fleet.join("one of two")
        found = await replay(together, fleets)
        for fleet in fleets:
            await fleet.leave(START)
    finally:
        for store in (alone, *together):
            await store.close()
    assert len(expected) == 3 * ROUNDS
    assert {len(told.outlets) for told in expected} == {3}
    assert found == expected
