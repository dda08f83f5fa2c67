"""Polls feeds: fetch, parse, keep what is new, match, plan alerts, and record several polls in one transaction."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import structlog

from bot.domain.feed_memory import NO_MEMORY, FeedMemory, is_full_fetch_due
from bot.domain.feed_notices import FeedNotice
from bot.domain.feeds import FeedStatus
from bot.domain.schedule import Budget
from bot.errors import FeedError, FetchProblem, StoreError
from bot.ports.clock import Clock
from bot.ports.feed_store import FeedMemoryStore
from bot.ports.fetcher import Fetcher, Parser
from bot.services.catalog import Catalog
from bot.services.feed_reading import FeedReader, Reading
from bot.services.poll_planning import PlanningStore, PollPlanner

# 20 polls a commit cost a fifth to a twelfth of 20 commits (SCALE.md, "commit unchanged feed"). Documents weigh, and
# matching them costs more than their commit, so there are fewer of them in one.
_DOCUMENTS = 10
_BATCH = 100
# What is remembered of a feed weighs some kilobytes while it is polled.
_MOST_AT_ONCE = 1_000
# Requests at once that must bring a whole document: what was read waits for its turn in memory.
_MOST_WHOLE = 24
_STARTED_AT_ONCE = 4
# How long the first of a batch waits for others; without it, quick feeds would be recorded one by one.
_LINGER_SECONDS = 0.1
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)

log = structlog.get_logger(__name__)


class PollingStore(PlanningStore, FeedMemoryStore, Protocol):
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

    def add(self, other: "PollSummary") -> None:
        """Takes in what another round did."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


class _Readings:
    """What was read and is to be recorded. A document waits until the one before it is taken, so that few lie in
    memory: a first poll reads faster than it matches. Answers without one never wait.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Reading] = asyncio.Queue()
        self._room = asyncio.Semaphore(1)

    async def put(self, reading: Reading) -> None:
        if reading.parsed is not None:
            await self._room.acquire()
        self._queue.put_nowait(reading)

    async def get(self) -> Reading:
        reading = await self._queue.get()
        if reading.parsed is not None:
            self._room.release()
        return reading


class Polling:
    """Polls feeds, each at most once at a time. `on_alerts` is called after cards were put into the outbox.

    Where several processes poll, `plan_alone` gives what only one of them is in at a time.
    """

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
        concurrency: int = 320,
        host_concurrency: int = 1,
        on_alerts: Callable[[], None] = lambda: None,
        plan_alone: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        self._store = store
        self._clock = clock
        self._reader = FeedReader(store, fetcher, parser, clock)
        self._planner = PollPlanner(
            store, catalog, clock, chance=chance, budget=Budget(polls_per_hour), is_private=fetcher.is_private
        )
        self._on_alerts = on_alerts
        self._concurrency = concurrency
        self._reading = asyncio.Semaphore(concurrency)
        self._reading_whole = asyncio.Semaphore(_MOST_WHOLE)
        self._host_concurrency = host_concurrency
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._recording = asyncio.Lock()
        self._plan_alone = plan_alone
        self._in_flight: set[str] = set()

    async def poll_due(self, limit: int = _MOST_AT_ONCE) -> PollSummary:
        """Polls the feeds whose time has come and which are not being polled already, `limit` at most at a time."""
        room = limit - len(self._in_flight)
        if room <= 0:
            return PollSummary()
        return await self.poll(await self._store.list_due_feeds(self._clock.now(), room, frozenset(self._in_flight)))

    async def poll_all(self) -> PollSummary:
        """Polls every enabled feed, due or not."""
        summary = PollSummary()
        polled: set[str] = set()
        # Some at a time, because thousands of feeds with what is known of them take many megabytes.
        while feeds := await self._store.list_due_feeds(_END_OF_TIME, _MOST_AT_ONCE, polled):
            polled.update(status.feed.id for status in feeds)
            summary.add(await self.poll(feeds))
        return summary

    async def poll(self, feeds: Sequence[FeedStatus]) -> PollSummary:
        """Polls these feeds together. A feed that cannot be read is counted and remembered, never raised.

        Raises StoreError when nothing can be recorded; the feeds stay due.
        """
        chosen = [status for status in feeds if status.feed.id not in self._in_flight]
        waiting = {status.feed.id for status in chosen}
        self._in_flight |= waiting
        summary = PollSummary(feeds=len(chosen))
        readings = _Readings()
        try:
            memories = await self._store.find_memories([status.feed.id for status in chosen])
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read_all(tasks, readings, chosen, memories))
                await self._record_all(readings, waiting, summary)
        except* StoreError as errors:
            raise errors.exceptions[0] from None
        finally:
            self._in_flight -= waiting
        return summary

    async def _read_all(
        self,
        tasks: asyncio.TaskGroup,
        readings: _Readings,
        chosen: Sequence[FeedStatus],
        memories: Mapping[str, FeedMemory],
    ) -> None:
        """Starts as many readers as there are places; each takes from the hosts that nobody is at."""
        hosts: dict[str, deque[FeedStatus]] = {}
        for status in chosen:
            hosts.setdefault(_host_of(status.feed.url), deque()).append(status)
        # A host is on the list once for each request it may have at a time.
        free = deque(host for host in hosts for _ in range(min(self._host_concurrency, len(hosts[host]))))

        async def read_on() -> None:
            while free:
                host = free.popleft()
                if waiting := hosts[host]:
                    status = waiting.popleft()
                    await self._read_into(readings, host, status, memories.get(status.feed.id, NO_MEMORY))
                    free.append(host)

        for number in range(1, min(self._concurrency, len(free)) + 1):
            tasks.create_task(read_on())
            # A first request takes milliseconds, later ones 0.2: hundreds in one go would hold everybody else up.
            if number % _STARTED_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _read_into(self, readings: _Readings, host: str, status: FeedStatus, memory: FeedMemory) -> None:
        state = status.state
        if (state.etag or state.last_modified) and not is_full_fetch_due(memory, self._clock.now()):
            # Most likely a 304, which takes no memory. The fetcher sees to the turns at hosts.
            await readings.put(await self._read(status, memory))
            return
        gate = self._hosts.get(host)
        if gate is None:
            gate = self._hosts[host] = asyncio.Semaphore(self._host_concurrency)
        # The host first: who waits for a slow one, which an earlier round is still at, takes no place from others.
        async with gate, self._reading_whole, self._reading:
            await readings.put(await self._read(status, memory))

    async def _read(self, status: FeedStatus, memory: FeedMemory) -> Reading:
        try:
            return await self._reader.read(status, memory)
        except StoreError:
            raise
        except Exception:  # What one feed says must not stop the others.
            log.exception("read_broke", feed=status.feed.id)
            return _as_broken(Reading(status))

    async def _record_all(self, readings: _Readings, waiting: set[str], summary: PollSummary) -> None:
        """Records what comes in until nothing is `waiting`. A recorded feed may be polled again at once."""
        while waiting:
            batch = [await readings.get()]
            with suppress(TimeoutError):
                async with asyncio.timeout(_LINGER_SECONDS):
                    documents = int(batch[0].parsed is not None)
                    while documents < _DOCUMENTS and len(batch) < min(_BATCH, len(waiting)):
                        batch.append(await readings.get())
                        documents += batch[-1].parsed is not None
            await self._record(batch, summary)
            recorded = {reading.status.feed.id for reading in batch}
            waiting -= recorded
            self._in_flight -= recorded

    async def _record(self, batch: Sequence[Reading], summary: PollSummary) -> None:
        """Records a batch: the answers without a document, which wait for nobody, and the others."""
        notices = self._planner.watch_network(batch)
        if quiet := [reading for reading in batch if reading.parsed is None]:
            await self._record_unbroken(quiet, notices, summary)
            notices = []
        if documents := [reading for reading in batch if reading.parsed is not None]:
            await self._record_unbroken(documents, notices, summary)

    async def _record_unbroken(
        self, batch: Sequence[Reading], notices: Sequence[FeedNotice], summary: PollSummary
    ) -> None:
        """Records a batch whole; if one of its feeds breaks that, each on its own, and that one as broken."""
        try:
            await self._record_together(batch, notices, summary)
        except StoreError:
            raise
        except Exception:  # What one feed says must not stop the others.
            if len(batch) == 1:
                log.exception("poll_broke", feed=batch[0].status.feed.id)
                await self._record_together([_as_broken(batch[0])], notices, summary)
                return
            for reading in batch:
                await self._record_unbroken([reading], notices, summary)
                notices = []

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """What no other batch is in meanwhile, of this process or another."""
        async with self._recording, self._plan_alone():
            yield

    async def _record_together(
        self, batch: Sequence[Reading], notices: Sequence[FeedNotice], summary: PollSummary
    ) -> None:
        async with self._planner.planned(batch, notices, self._alone) as polls:
            recorded = await self._store.record_polls(polls, self._clock.now())
        if recorded.deliveries:
            self._on_alerts()
        summary.items_new += recorded.items
        summary.matches += recorded.matches
        summary.alerts += recorded.alerts
        for reading in batch:
            _count(reading, summary)


@lru_cache(maxsize=16_384)
def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _as_broken(reading: Reading) -> Reading:
    """The same feed with an error in place of what it said, so that it is tried again later and shows as troubled."""
    cause = "The feed holds something Tocsin cannot handle; the log has the details."
    return Reading(reading.status, error=FeedError(FetchProblem.BROKEN, cause, "Please report it."))


def _count(reading: Reading, summary: PollSummary) -> None:
    if reading.error is not None:
        summary.failed += 1
        summary.problems.append((reading.status.feed.id, reading.error))
    elif reading.parsed is None:
        summary.not_modified += 1
    else:
        summary.fetched += 1
