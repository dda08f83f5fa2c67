"""Reading one feed: validators, moves, introductions, and what is remembered of them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.feed_memory import MOST_NOT_MODIFIED, NO_MEMORY, FeedMemory
from bot.domain.feeds import FeedStatus
from bot.domain.watchlists import WatchlistCatalog
from bot.domain.wishes import Wishes
from bot.errors import FeedError, FetchProblem
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.feed_reading import FeedReader
from bot.services.polling import Polling
from tests.factories import build_feed, build_feed_state, build_parsed_item, build_watchlist
from tests.fakes.clock import START, FakeClock
from tests.fakes.feeds import FakePublishers

WIRE = build_feed("wire")
STATUS = FeedStatus(WIRE, build_feed_state("wire", etag='"e"', last_modified="yesterday"))
READ = replace(NO_MEMORY, full_at=START)
ELSEWHERE = "https://new.example/rss"
DAY = 24 * 3600.0


class Desk:
    """A reader of one feed whose store knows the entry that the feed shows."""

    def __init__(self, store: Store) -> None:
        self.clock = FakeClock()
        self.publishers = FakePublishers()
        self.publishers.publish(WIRE.url, build_parsed_item())
        self.reader = FeedReader(store, self.publishers, self.publishers, self.clock)
        catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
        chance = random.Random(1)
        self.polling = Polling(store, self.publishers, self.publishers, catalog, self.clock, chance=chance)
        self.store = store

    async def open(self) -> "Desk":
        await self.store.sync_feeds([WIRE], self.clock.now())
        await self.polling.poll_all()
        self.publishers.requests.clear()
        return self

    async def memory(self) -> FeedMemory:
        return (await self.store.find_memories([WIRE.id]))[WIRE.id]


@pytest.fixture
async def desk(store: Store) -> Desk:
    """A desk that has read its feed once."""
    return await Desk(store).open()


async def test_validators_go_along_except_once_a_day(desk: Desk) -> None:
    await desk.reader.read(STATUS, READ)
    await desk.clock.advance(DAY)
    await desk.reader.read(STATUS, READ)
    first, second = desk.publishers.requests
    assert (first.etag, first.last_modified) == ('"e"', "yesterday")
    assert (second.etag, second.last_modified) == ("", "")


async def test_after_twenty_answers_without_news_the_document_is_asked_for(desk: Desk) -> None:
    desk.publishers.stay_unchanged(WIRE.url)
    for _ in range(MOST_NOT_MODIFIED + 1):
        await desk.polling.poll_all()
    assert [bool(request.etag) for request in desk.publishers.requests] == [True] * MOST_NOT_MODIFIED + [False]


async def test_what_server_and_document_ask_for_is_kept_to(desk: Desk) -> None:
    desk.publishers.answer_with(WIRE.url, wait=timedelta(minutes=10))
    reading = await desk.reader.read(STATUS, replace(READ, wishes=Wishes(timedelta(hours=3))))
    assert reading.response is not None
    assert reading.response.wait == timedelta(hours=3)
    desk.publishers.answer_with(WIRE.url, wait=timedelta(hours=5))
    await desk.polling.poll_all()
    (status,) = await desk.store.list_feeds()
    assert status.state.next_due >= desk.clock.now() + timedelta(hours=5)


async def test_a_move_that_shows_known_entries_is_believed_after_seven_days(desk: Desk) -> None:
    desk.publishers.publish(ELSEWHERE, build_parsed_item())
    desk.publishers.answer_with(WIRE.url, url=ELSEWHERE, moved_to=ELSEWHERE)
    await desk.polling.poll_all()
    await desk.clock.advance(6 * DAY)
    await desk.polling.poll_all()
    assert (await desk.memory()).address == ""
    await desk.clock.advance(DAY)
    await desk.polling.poll_all()
    assert (await desk.memory()).address == ELSEWHERE
    (notice,) = await desk.store.list_feed_notices(START, 10)
    assert notice.text.startswith("Wire has moved to https://new.example/rss and is read there from now on.")
    desk.publishers.requests.clear()
    await desk.polling.poll_all()
    assert [request.url for request in desk.publishers.requests] == [ELSEWHERE]


async def test_a_move_to_a_stranger_is_followed_and_never_believed(desk: Desk) -> None:
    stranger = build_parsed_item(guid="x", title="Buy pills now without any doctor", link="https://pills.example/1")
    desk.publishers.publish(ELSEWHERE, stranger)
    desk.publishers.answer_with(WIRE.url, url=ELSEWHERE, moved_to=ELSEWHERE)
    await desk.polling.poll_all()
    memory = await desk.memory()
    assert (memory.moved_to, memory.address) == ("", "")


async def test_an_address_that_fails_gives_way_to_the_feeds_own(desk: Desk) -> None:
    desk.publishers.fail(ELSEWHERE, FeedError(FetchProblem.HTTP, "There is nothing there (404)."))
    reading = await desk.reader.read(STATUS, replace(READ, address=ELSEWHERE))
    assert reading.error is not None
    assert reading.memory is not None
    assert reading.memory.address == ""


async def test_a_second_introduction_is_tried_before_a_feed_counts_as_blocked(desk: Desk) -> None:
    desk.publishers.fail(WIRE.url, FeedError(FetchProblem.BLOCKED, "wire.example refuses us (403)."))
    desk.publishers.dislike_first_agent(WIRE.url)
    reading = await desk.reader.read(STATUS, READ)
    assert reading.error is None
    assert reading.memory is not None
    assert reading.memory.second_agent
    await desk.reader.read(STATUS, reading.memory)
    assert [request.second_agent for request in desk.publishers.requests] == [False, True, True]


async def test_whoever_is_overloaded_is_not_asked_twice(desk: Desk) -> None:
    for problem in (FetchProblem.RATE_LIMITED, FetchProblem.SERVER_ERROR, FetchProblem.TIMEOUT):
        desk.publishers.fail(WIRE.url, FeedError(problem, "Not now."))
        await desk.reader.read(STATUS, READ)
    assert len(desk.publishers.requests) == 3


async def test_a_feed_that_stays_away_is_reintroduced_now_and_then(desk: Desk) -> None:
    desk.publishers.fail(WIRE.url, FeedError(FetchProblem.BLOCKED, "wire.example refuses us (403)."))
    for failures in range(16):
        await desk.reader.read(FeedStatus(WIRE, build_feed_state("wire", failures=failures)), READ)
    assert sum(request.second_agent for request in desk.publishers.requests) == 2
