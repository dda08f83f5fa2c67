"""Polls feeds: fetch, parse, keep what is new, match, plan alerts, and record several polls in one transaction."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.feeds import Feed, FeedStatus, after_failure, after_success, polling_interval
from bot.domain.items import Item, ParsedItem, build_item, distinct_items
from bot.domain.polls import PollRecord
from bot.errors import FeedError, StoreError
from bot.ports.clock import Clock
from bot.ports.fetcher import FeedRequest, FeedResponse, Fetcher, ParsedFeed, Parser
from bot.ports.store import FeedStore, PollStore, StoryStore, SubscriptionStore
from bot.services.alerting import AlertPlanner
from bot.services.catalog import Catalog
from bot.services.documents import archive_words
from bot.services.routing import load_watchers

# 20 polls a commit cost a fifth to a twelfth of 20 commits (SCALE.md, "commit unchanged feed").
_BATCH = 20

log = structlog.get_logger(__name__)


class PollingStore(FeedStore, PollStore, StoryStore, SubscriptionStore, Protocol):
    """The part of the store that polling needs."""


@dataclass(slots=True)
class PollSummary:
    """What a round of polls did, in counts; `problems` gives the feed and why it could not be read."""

    feeds: int = 0
    fetched: int = 0
    not_modified: int = 0
    failed: int = 0
    items_new: int = 0
    matches: int = 0
    alerts: int = 0
    problems: list[tuple[str, FeedError]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What came of fetching and parsing one feed: a document, a 304 (no document), or an error."""

    status: FeedStatus
    response: FeedResponse | None = None
    parsed: ParsedFeed | None = None
    error: FeedError | None = None


class Polling:
    """Polls feeds, each at most once at a time. `on_alerts` is called after cards were put into the outbox."""

    def __init__(
        self,
        store: PollingStore,
        fetcher: Fetcher,
        parser: Parser,
        catalog: Catalog,
        clock: Clock,
        *,
        chance: random.Random,
        polls_per_hour: int | None = None,
        concurrency: int = 32,
        on_alerts: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._catalog = catalog
        self._clock = clock
        self._chance = chance
        self._polls_per_hour = polls_per_hour
        self._on_alerts = on_alerts
        self._reading = asyncio.Semaphore(concurrency)
        self._recording = asyncio.Lock()
        self._in_flight: set[str] = set()

    async def poll_due(self, limit: int = 1000) -> PollSummary:
        """Polls the feeds whose time has come and which are not being polled already."""
        return await self.poll(await self._store.list_due_feeds(self._clock.now(), limit + len(self._in_flight)))

    async def poll_all(self) -> PollSummary:
        """Polls every enabled feed, due or not."""
        return await self.poll([status for status in await self._store.list_feeds() if status.feed.enabled])

    async def poll(self, feeds: Sequence[FeedStatus]) -> PollSummary:
        """Polls these feeds together. A feed that cannot be read is counted and remembered, never raised.

        Raises StoreError when nothing can be recorded; the feeds stay due.
        """
        chosen = [status for status in feeds if status.feed.id not in self._in_flight]
        self._in_flight.update(status.feed.id for status in chosen)
        summary = PollSummary(feeds=len(chosen))
        readings: asyncio.Queue[_Reading] = asyncio.Queue()
        try:
            async with asyncio.TaskGroup() as tasks:
                for status in chosen:
                    tasks.create_task(self._read_into(readings, status))
                await self._record_all(readings, len(chosen), summary)
        except* StoreError as errors:
            raise errors.exceptions[0] from None
        finally:
            self._in_flight.difference_update(status.feed.id for status in chosen)
        return summary

    async def _read_into(self, readings: asyncio.Queue[_Reading], status: FeedStatus) -> None:
        async with self._reading:
            await readings.put(await self._read(status))

    async def _read(self, status: FeedStatus) -> _Reading:
        state = status.state
        try:
            response = await self._fetcher.fetch(FeedRequest(status.feed.url, state.etag, state.last_modified))
            if response.not_modified:
                return _Reading(status, response)
            return _Reading(status, response, await self._parser.parse(response))
        except FeedError as error:
            return _Reading(status, error=error)

    async def _record_all(self, readings: asyncio.Queue[_Reading], count: int, summary: PollSummary) -> None:
        while count:
            batch = [await readings.get()]
            while len(batch) < _BATCH and not readings.empty():
                batch.append(readings.get_nowait())
            await self._record(batch, summary)
            count -= len(batch)

    async def _record(self, batch: Sequence[_Reading], summary: PollSummary) -> None:
        # One batch at a time, so that a story begun in one is found by the next.
        async with self._recording:
            planner = AlertPlanner(self._store, self._catalog, await load_watchers(self._store, self._catalog))
            feeds = len(await self._store.list_feeds()) if self._polls_per_hour else 0
            records = [await self._decide(reading, planner, feeds) for reading in batch]
            recorded = await self._store.record_polls(records, self._clock.now())
        if recorded.deliveries:
            self._on_alerts()
        summary.items_new += recorded.items
        summary.matches += recorded.matches
        summary.alerts += recorded.alerts
        for reading in batch:
            _count(reading, summary)

    async def _decide(self, reading: _Reading, planner: AlertPlanner, feeds: int) -> PollRecord:
        feed, state, now = reading.status.feed, reading.status.state, self._clock.now()
        interval = polling_interval(
            feed, feeds=feeds, polls_per_hour=self._polls_per_hour, private=self._fetcher.is_private(feed.url)
        )
        if reading.error is not None:
            failed = after_failure(state, reading.error, now=now, interval=interval, jitter=self._chance.random())
            log.info("feed_failed", feed=feed.id, problem=reading.error.problem.value, failures=failed.failures)
            return PollRecord(failed)
        assert reading.response is not None
        items = await self._new_items(feed, reading.parsed, baseline=not state.baselined, now=now)
        plan = await planner.plan(feed, items)
        succeeded = after_success(
            state,
            now=now,
            interval=interval,
            etag=reading.response.etag,
            last_modified=reading.response.last_modified,
            new_items=len(items),
        )
        return PollRecord(
            succeeded,
            items,
            tuple((item.key, archive_words(item)) for item in items),
            plan.matches,
            plan.stories,
            plan.alerts,
            plan.cards,
            plan.filed,
        )

    async def _new_items(
        self, feed: Feed, parsed: ParsedFeed | None, *, baseline: bool, now: datetime
    ) -> tuple[Item, ...]:
        if parsed is None:
            return ()
        items = distinct_items(
            build_item(entry, feed_id=feed.id, feed_lang=feed.lang or parsed.lang, first_seen=now, baseline=baseline)
            for entry in _oldest_first(parsed.items)
        )
        known = await self._store.find_known_items(feed.id, [item.identity for item in items])
        return tuple(item for item in items if item.key not in known)


def _count(reading: _Reading, summary: PollSummary) -> None:
    if reading.error is not None:
        summary.failed += 1
        summary.problems.append((reading.status.feed.id, reading.error))
    elif reading.parsed is None:
        summary.not_modified += 1
    else:
        summary.fetched += 1


def _oldest_first(entries: Sequence[ParsedItem]) -> Sequence[ParsedItem]:
    """Feeds list the newest first; stories and cards want the order in which things happened."""
    return entries[::-1]
