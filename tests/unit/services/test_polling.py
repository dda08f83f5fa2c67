"""Polls: what is new is kept, what rings is planned, what fails is remembered."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.domain.feeds import Feed, FeedStatus
from bot.domain.items import ParsedItem
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import FeedError, FetchProblem
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.polling import Polling
from tests.factories import build_destination, build_feed, build_parsed_item, build_watchlist
from tests.fakes.clock import START, FakeClock
from tests.fakes.feeds import FakePublishers

# Two feeds of which nothing is known share a budget of four polls an hour and feed.
MEAN_INTERVAL = timedelta(minutes=15)
WIRE = build_feed("wire")
DAILY = build_feed("daily")
DESK = build_destination()
OLD = build_parsed_item(guid="old", title="CSTO met last week", link="https://wire.example/old")
NEW = build_parsed_item(guid="new", title="CSTO warns of drug routes near the border", link="https://wire.example/new")


class Newsroom:
    """A store, publishers and a poller, with `csto` watched at the desk."""

    def __init__(self, store: Store, *, polls_per_hour: int | None = None) -> None:
        self.store = store
        self.clock = FakeClock()
        self.publishers = FakePublishers()
        self.woken = self.planned_alone = 0
        self.alerted = asyncio.Event()
        self.polling = Polling(
            store,
            self.publishers,
            self.publishers,
            Catalog(WatchlistCatalog((build_watchlist(),))),
            self.clock,
            chance=random.Random(7),
            polls_per_hour=polls_per_hour,
            on_alerts=self._wake,
            plan_alone=self._plan_alone,
        )

    @asynccontextmanager
    async def _plan_alone(self) -> AsyncIterator[None]:
        self.planned_alone += 1
        yield

    def _wake(self) -> None:
        self.woken += 1
        self.alerted.set()

    async def open(self, *feeds: Feed) -> "Newsroom":
        """Feeds are known and read once, and the desk watches."""
        await self.store.sync_feeds(feeds, self.clock.now())
        await self.store.ensure_destination(DESK)
        await self.store.subscribe(DESK, "csto", "telegram:42", self.clock.now())
        await self.polling.poll_all()
        return self

    async def status(self, feed: Feed) -> FeedStatus:
        return next(status for status in await self.store.list_feeds() if status.feed.id == feed.id)


async def test_a_first_poll_keeps_everything_and_alerts_nothing(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, NEW, OLD)
    await room.open(WIRE)
    totals = await store.count_totals()
    assert (totals.items, totals.matches, totals.alerts, totals.deliveries) == (2, 2, 0, 0)
    assert room.woken == 0


async def test_what_is_new_later_rings_once(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, OLD)
    await room.open(WIRE)
    room.publishers.publish(WIRE.url, NEW, OLD)
    summary = await room.polling.poll_all()
    assert (summary.items_new, summary.matches, summary.alerts, room.woken) == (1, 1, 1, 1)
    again = await room.polling.poll_all()
    assert (again.items_new, again.matches, again.alerts, room.woken) == (0, 0, 0, 1)
    assert (await store.count_totals()).deliveries == 1


async def test_only_what_matched_is_planned_by_one_process_at_a_time(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, build_parsed_item(guid="rain", title="Rain over the hills"))
    room.publishers.publish(DAILY.url)
    await room.open(WIRE, DAILY)
    assert ((await store.count_totals()).items, room.planned_alone) == (1, 0)
    room.publishers.publish(WIRE.url, NEW)
    await room.polling.poll_all()
    assert ((await store.count_totals()).alerts, room.planned_alone) == (1, 1)


async def test_reordered_and_edited_entries_are_not_new(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, NEW, OLD)
    await room.open(WIRE)
    edited = build_parsed_item(guid="other", title="CSTO warns", link=NEW.link)
    room.publishers.publish(WIRE.url, OLD, edited)
    assert (await room.polling.poll_all()).items_new == 0


async def test_an_edited_headline_is_kept_as_a_revision_of_its_item(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, OLD)
    await room.open(WIRE)
    edited = build_parsed_item(guid="old", title="CSTO met last week in Bishkek", link=OLD.link)
    room.publishers.publish(WIRE.url, edited)
    for _ in range(2):
        await room.polling.poll_all()
    (report,) = await store.search_items([], 10)
    assert report.item.title == OLD.title
    assert [one.title for one in await store.list_revisions(report.item.key)] == [edited.title]


async def test_a_feed_that_listed_nothing_for_long_and_a_404_do_not_bring_its_items_back(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, OLD)
    await room.open(WIRE)
    room.publishers.stay_unchanged(WIRE.url)
    await room.clock.advance(timedelta(days=400).total_seconds())
    await room.polling.poll_all()
    room.publishers.publish(WIRE.url, NEW, OLD)
    summary = await room.polling.poll_all()
    assert (summary.items_new, summary.alerts) == (1, 0)


async def test_feeds_share_the_budget_of_the_operator(store: Store) -> None:
    room = Newsroom(store, polls_per_hour=10)
    await room.open(*(build_feed(f"feed-{number}") for number in range(20)))
    waits = [status.state.next_due - room.clock.now() for status in await store.list_feeds()]
    assert all(timedelta(hours=1.9) < wait < timedelta(hours=2.1) for wait in waits)


async def test_one_story_in_two_feeds_is_one_card(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE, DAILY)
    room.publishers.publish(WIRE.url, NEW)
    room.publishers.publish(DAILY.url, build_parsed_item(guid="copy", title=NEW.title, link="https://daily.example/1"))
    summary = await room.polling.poll_all()
    assert (summary.items_new, summary.alerts) == (2, 1)
    assert (await store.count_totals()).deliveries == 1
    (view,) = await store.list_alerts(DESK.key, START - timedelta(days=1), 10)
    assert {report.feed.id for report in view.reports} == {"wire", "daily"}


async def test_a_list_that_nobody_watches_makes_an_alert_and_no_card(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE)
    await store.unsubscribe(DESK, "csto", "telegram:42", START)
    room.publishers.publish(WIRE.url, NEW)
    summary = await room.polling.poll_all()
    assert (summary.matches, summary.alerts) == (1, 1)
    assert (await store.count_totals()).deliveries == 0


async def test_an_unchanged_feed_is_read_with_its_validators_and_stays_healthy(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, OLD)
    await room.open(WIRE)
    room.publishers.stay_unchanged(WIRE.url)
    summary = await room.polling.poll_all()
    assert (summary.fetched, summary.not_modified) == (0, 1)
    assert room.publishers.requests[-1].etag == '"etag"'
    assert (await room.status(WIRE)).state.last_success == room.clock.now()


async def test_a_failing_feed_waits_longer_each_time_and_keeps_what_it_had(store: Store) -> None:
    room = Newsroom(store)
    room.publishers.publish(WIRE.url, OLD)
    await room.open(WIRE)
    room.publishers.fail(WIRE.url, FeedError(FetchProblem.SERVER_ERROR, "wire.example answers 500."))
    waits = []
    for _ in range(3):
        summary = await room.polling.poll_all()
        assert summary.failed == 1
        waits.append((await room.status(WIRE)).state.next_due - room.clock.now())
    assert MEAN_INTERVAL * 0.9 <= waits[0] < waits[1] < waits[2]
    state = (await room.status(WIRE)).state
    assert (state.problem, state.failures, state.baselined) == ("server_error", 3, True)
    room.publishers.publish(WIRE.url, NEW, OLD)
    assert (await room.polling.poll_all()).items_new == 1
    assert (await room.status(WIRE)).state.problem == ""


async def test_a_feed_that_takes_its_time_does_not_keep_the_others_from_their_next_poll(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE, DAILY)
    slow = asyncio.Event()
    room.publishers.hold(WIRE.url, slow)
    room.publishers.publish(DAILY.url, NEW)
    first = asyncio.create_task(room.polling.poll_all())
    await room.alerted.wait()
    later = build_parsed_item(guid="later", title="CSTO sends observers to an election", link="https://daily.example/2")
    room.publishers.publish(DAILY.url, later, NEW)
    second = await room.polling.poll_all()
    assert (second.feeds, second.items_new) == (1, 1)
    slow.set()
    assert (await first).feeds == 2


async def test_one_failing_feed_does_not_touch_the_others(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE, DAILY)
    room.publishers.fail(WIRE.url, FeedError(FetchProblem.TIMEOUT, "wire.example is slow."))
    room.publishers.publish(DAILY.url, NEW)
    summary = await room.polling.poll_all()
    assert (summary.failed, summary.fetched, summary.alerts) == (1, 1, 1)
    assert [feed_id for feed_id, _ in summary.problems] == ["wire"]


async def test_a_server_that_asks_to_wait_is_not_asked_before(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE)
    error = FeedError(FetchProblem.RATE_LIMITED, "wire.example asks to wait.", retry_after=timedelta(hours=9))
    room.publishers.fail(WIRE.url, error)
    await room.polling.poll_all()
    assert (await room.status(WIRE)).state.next_due >= room.clock.now() + timedelta(hours=9)


async def test_only_feeds_whose_time_has_come_are_polled(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE)
    assert (await room.polling.poll_due()).feeds == 0
    await room.clock.advance(MEAN_INTERVAL.total_seconds() * 1.1)
    assert (await room.polling.poll_due()).feeds == 1


async def test_many_feeds_are_recorded_in_batches_and_all_of_them(store: Store) -> None:
    room = Newsroom(store)
    feeds = [build_feed(f"feed-{number}") for number in range(53)]
    for feed in feeds:
        room.publishers.publish(feed.url, _unique(feed))
    await room.open(*feeds)
    assert (await store.count_totals()).items == 53
    assert all(status.state.baselined for status in await store.list_feeds())


def _unique(feed: Feed) -> ParsedItem:
    return build_parsed_item(guid=feed.id, title=f"News of {feed.id}", link=f"https://{feed.id}.example/1")


async def test_a_feed_that_breaks_the_planning_is_troubled_and_the_others_are_recorded(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE, DAILY)
    room.publishers.publish(WIRE.url, build_parsed_item(title=None))
    room.publishers.publish(DAILY.url, NEW)
    summary = await room.polling.poll_all()
    assert (summary.failed, summary.fetched, summary.alerts) == (1, 1, 1)
    assert (await room.status(WIRE)).state.problem == "broken"
    assert (await room.status(WIRE)).state.next_due > room.clock.now()
    assert (await room.polling.poll_due()).feeds == 0


async def test_a_feed_that_breaks_the_reading_is_troubled_and_the_others_are_read(store: Store) -> None:
    room = Newsroom(store)
    await room.open(WIRE, DAILY)
    room.publishers.fail(WIRE.url, ValueError("unforeseen"))
    room.publishers.publish(DAILY.url, NEW)
    summary = await room.polling.poll_all()
    assert (summary.failed, summary.fetched, summary.alerts) == (1, 1, 1)
