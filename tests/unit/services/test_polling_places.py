"""Who gets a place when many feeds are due: one slow host never holds up the others."""

import asyncio
import random

from bot.domain.watchlists import WatchlistCatalog
from bot.ports.fetcher import FeedRequest, FeedResponse
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.polling import Polling
from tests.factories import build_feed, build_parsed_item, build_watchlist
from tests.fakes.clock import FakeClock
from tests.fakes.feeds import FakePublishers


class SlowPublishers(FakePublishers):
    """Publishers of whom those at slow.example answer only when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.release = asyncio.Event()
        self.asked_at_once = 0
        self.quick_ones = asyncio.Semaphore(0)

    async def fetch(self, request: FeedRequest) -> FeedResponse:
        """The answer, late from a slow host."""
        if "slow.example" in request.url:
            self.asked_at_once += 1
            await self.release.wait()
            self.asked_at_once -= 1
        else:
            self.quick_ones.release()
        return await super().fetch(request)


def open_polling(store: Store, publishers: FakePublishers) -> Polling:
    """A poller with two places."""
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    return Polling(store, publishers, publishers, catalog, FakeClock(), chance=random.Random(3), concurrency=2)


async def test_feeds_of_a_slow_host_leave_the_places_to_others(store: Store) -> None:
    publishers = SlowPublishers()
    feeds = [build_feed(f"slow-{number}", url=f"https://slow.example/{number}") for number in range(40)]
    feeds += [build_feed(f"swift-{number}") for number in range(5)]
    for feed in feeds:
        publishers.publish(feed.url, build_parsed_item(guid=feed.id, title=f"News of {feed.id} today"))
    await store.sync_feeds(feeds, FakeClock().now())
    polling = open_polling(store, publishers)
    round_of_all = asyncio.create_task(polling.poll_all())
    async with asyncio.timeout(10):
        for _ in range(5):
            await publishers.quick_ones.acquire()
    assert publishers.asked_at_once == 1
    publishers.release.set()
    assert (await round_of_all).fetched == 45
