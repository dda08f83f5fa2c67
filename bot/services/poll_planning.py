"""Decides what follows from a batch of readings: feed states, new items, alerts, notices. The caller records."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from bot.domain.feed_notices import (
    FeedNotice,
    build_health_notice,
    build_move_notice,
    build_network_notice,
    build_novelty_notices,
)
from bot.domain.feeds import FeedState, FeedStatus, after_failure, after_silence, after_success, plan_due
from bot.domain.health import HealthChange, Pulse, check, judge_failure, judge_success, read_document
from bot.domain.items import Item, build_items, doubt_date
from bot.domain.network import NetworkWatch, is_no_answer
from bot.domain.novelty import Novelty, Past, find_novelty, keys_of
from bot.domain.polls import PollRecord
from bot.domain.push import has_missed
from bot.domain.rhythm import Rhythm, learn, new_rhythm
from bot.domain.schedule import Budget
from bot.errors import FeedError
from bot.ports.alert_store import StoryStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.clock import Clock
from bot.ports.feed_store import FeedStore, PollStore, SeenStore
from bot.services.alerting import AlertPlan, AlertPlanner, MatchedItems
from bot.services.catalog import Catalog
from bot.services.coverage import plan_coverage_messages
from bot.services.documents import archive_words
from bot.services.feed_reading import Reading
from bot.services.rests import Rests
from bot.services.routing import load_watchers

# The paces of all feeds are counted anew this often; in between every feed that learns is exchanged.
_COUNT_ANEW = timedelta(minutes=15)

log = structlog.get_logger(__name__)


class PlanningStore(FeedStore, PollStore, SeenStore, StoryStore, SubscriptionStore, Protocol):
    """The part of the store that planning reads."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The items of one reading, oldest first, what of them is new, and the new ones with what they matched."""

    items: Sequence[Item]
    novelty: Novelty
    new: tuple[Item, ...]
    matched: MatchedItems = ()


_NOTHING = _Found((), Novelty(), ())


class PollPlanner:
    """Plans batches; knows the budget and whether the network is up."""

    def __init__(
        self,
        store: PlanningStore,
        catalog: Catalog,
        clock: Clock,
        *,
        chance: random.Random,
        budget: Budget,
        is_private: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._chance = chance
        self._budget = budget
        self._is_private = is_private
        self._network = NetworkWatch()
        self._counted: datetime | None = None

    def watch_network(self, batch: Sequence[Reading]) -> list[FeedNotice]:
        """Takes note of which hosts answered, in the order in which they did; what is to be told of the network."""
        now = self._clock.now()
        before = self._network.down_since
        for reading in batch:
            if reading.error is None:
                self._network.observe("", None, now)
            else:
                host = urlsplit(reading.status.feed.url).hostname or ""
                self._network.observe(host, reading.error.problem, now)
        after = self._network.down_since
        if before is None and after is not None:
            log.warning("network_down", since=after.isoformat())
            return [build_network_notice(down_since=after, ended=None, now=now)]
        if before is not None and after is None:
            log.info("network_up")
            return [build_network_notice(down_since=None, ended=now - before, now=now)]
        return []

    @asynccontextmanager
    async def planned(
        self,
        batch: Sequence[Reading],
        notices: Sequence[FeedNotice],
        alone: Callable[[], AbstractAsyncContextManager[None]],
    ) -> AsyncIterator[list[PollRecord]]:
        """One record for each reading, in their order, to be recorded in the block; `notices` go with them.

        Where something matched, the block is `alone`, so that a story begun in one batch is found by the next.
        """
        now = self._clock.now()
        await self._count_feeds(now)
        found = await self._find_new(batch, now)
        if not any(one.new for one in found):
            yield await self._plan(batch, found, None, notices, now)
            return
        alerts = AlertPlanner(self._store, self._catalog, await load_watchers(self._store, self._catalog))
        found = [
            replace(one, matched=await alerts.match(reading.status.feed, one.new))
            for reading, one in zip(batch, found, strict=True)
        ]
        async with alone() if any(one.matched for one in found) else nullcontext():
            yield await self._plan(batch, found, alerts, notices, now)

    async def _plan(
        self,
        batch: Sequence[Reading],
        found: Sequence[_Found],
        alerts: AlertPlanner | None,
        notices: Sequence[FeedNotice],
        now: datetime,
    ) -> list[PollRecord]:
        records: list[PollRecord] = []
        changes: list[HealthChange] = []
        for reading, one in zip(batch, found, strict=True):
            record, change = await self._plan_one(reading, one, alerts, now)
            records.append(record)
            if change is not None:
                changes.append(change)
            if reading.parsed is not None:
                # A long first document takes milliseconds; chats are answered in between.
                await asyncio.sleep(0)
        return await self._add_messages(records, notices, changes)

    async def _count_feeds(self, now: datetime) -> None:
        if self._counted is None or not timedelta(0) <= now - self._counted < _COUNT_ANEW:
            empty = new_rhythm(now).pace
            paces = await self._store.list_paces()
            for _ in self._budget.count_paces(pace or empty for pace in paces):
                await asyncio.sleep(0)
            self._network.feeds = len(paces)
            self._counted = now

    async def _find_new(self, batch: Sequence[Reading], now: datetime) -> list[_Found]:
        documents = []
        for reading in batch:
            documents.append(_items_of(reading, now))
            if documents[-1]:
                await asyncio.sleep(0)
        asked = {
            reading.status.feed.id: keys_of(items) for reading, items in zip(batch, documents, strict=True) if items
        }
        seen = await self._store.find_seen(asked) if asked else {}
        return [
            _compare(reading, items, seen, now) if reading.parsed else _NOTHING
            for reading, items in zip(batch, documents, strict=True)
        ]

    async def _plan_one(
        self, reading: Reading, found: _Found, alerts: AlertPlanner | None, now: datetime
    ) -> tuple[PollRecord, HealthChange | None]:
        if reading.error is not None:
            return self._plan_failure(reading, reading.error, now)
        assert reading.response is not None
        status, state = reading.status, reading.status.state
        rhythm = _learn(reading, found, now)
        succeeded = self._next_state(reading, rhythm, new_items=len(found.new), now=now)
        pulse, change = _judge(reading, found, rhythm, succeeded, now)
        notices = build_novelty_notices(
            found.novelty, feed_id=status.feed.id, outlet=status.feed.outlet, previous=state.last_success, now=now
        )
        if reading.moved_to:
            notices.append(build_move_notice(status.feed.id, status.feed.outlet, reading.moved_to, now))
        if change is not None:
            notices.append(build_health_notice(change, status.feed.outlet, now))
        for notice in notices:
            log.info("feed_notice", feed=status.feed.id, kind=notice.kind.value)
        plan = await alerts.plan(status.feed, found.matched) if alerts and found.matched else AlertPlan()
        record = PollRecord(
            succeeded,
            found.new,
            await _words_of(found.new),
            plan.matches,
            plan.stories,
            plan.alerts,
            plan.cards,
            plan.filed,
            plan.updates,
            rhythm=None if rhythm is status.rhythm else rhythm,
            pulse=None if pulse == status.pulse else pulse,
            remember=found.novelty.remember,
            whole=reading.parsed is not None and not reading.parsed.left_out,
            revisions=found.novelty.revisions,
            notices=tuple(notices),
            memory=reading.memory,
            only_counted=reading.only_counted,
            missed_push=bool(found.new) and has_missed(status.push, state.last_poll, now),
        )
        return record, change

    def _next_state(self, reading: Reading, rhythm: Rhythm, *, new_items: int, now: datetime) -> FeedState:
        status, response = reading.status, reading.response
        assert response is not None
        old = status.rhythm.pace if status.rhythm else new_rhythm(now).pace
        if status.feed.interval is None:
            self._budget.exchange(old, rhythm.pace)
        waits = (response.wait, reading.parsed.wait if reading.parsed else None)
        due = plan_due(
            FeedStatus(status.feed, status.state, rhythm=rhythm, push=status.push),
            now=now,
            budget=self._budget,
            private=self._is_private(status.feed.url),
            wait=max((wait for wait in waits if wait), default=None),
        )
        return after_success(
            status.state,
            now=now,
            next_due=due,
            etag=response.etag,
            last_modified=response.last_modified,
            new_items=new_items,
        )

    def _plan_failure(
        self, reading: Reading, error: FeedError, now: datetime
    ) -> tuple[PollRecord, HealthChange | None]:
        status, memory = reading.status, reading.memory
        jitter = self._chance.random()
        if self._network.down_since is not None and is_no_answer(error.problem):
            return PollRecord(after_silence(status.state, now=now, jitter=jitter), memory=memory), None
        due = plan_due(
            status, now=now, budget=self._budget, private=self._is_private(status.feed.url), wait=error.retry_after
        )
        failed = after_failure(status.state, error, now=now, interval=due - now, jitter=jitter)
        log.info("feed_failed", feed=status.feed.id, problem=error.problem.value, failures=failed.failures)
        pulse, change = check(status.pulse or Pulse(now), judge_failure(error), status.feed.id, now)
        notices = (build_health_notice(change, status.feed.outlet, now),) if change else ()
        pulse_now = None if pulse == status.pulse else pulse
        return PollRecord(failed, pulse=pulse_now, notices=notices, memory=memory), change

    async def _add_messages(
        self,
        records: list[PollRecord],
        notices: Sequence[FeedNotice],
        changes: Sequence[HealthChange],
    ) -> list[PollRecord]:
        """The records, the first with what concerns all feeds."""
        messages = (
            await plan_coverage_messages(self._store, self._catalog, changes, self._clock.now()) if changes else ()
        )
        if records and (notices or messages):
            records[0] = replace(records[0], notices=(*records[0].notices, *notices), messages=tuple(messages))
        return records


async def _words_of(items: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    """The folded text of each item by its key. Long texts take a while; chats are answered in between."""
    words, rests = [], Rests()
    for item in items:
        words.append((item.key, archive_words(item)))
        await rests.after(item.length)
    return tuple(words)


def _items_of(reading: Reading, now: datetime) -> list[Item]:
    """The items of a reading, oldest first: stories and cards want the order in which things happened."""
    if reading.parsed is None:
        return []
    feed = reading.status.feed
    return build_items(
        reading.parsed.items[::-1],
        feed_id=feed.id,
        feed_lang=feed.lang or reading.parsed.lang,
        first_seen=now,
        baseline=not reading.status.state.baselined,
    )


def _compare(reading: Reading, items: Sequence[Item], seen: dict[str, dict[str, datetime]], now: datetime) -> _Found:
    status = reading.status
    assert reading.parsed is not None
    past = Past(
        seen.get(status.feed.id, {}), status.state.last_success, status.rhythm, baselined=status.state.baselined
    )
    novelty = find_novelty(items, past, now=now, left_out=reading.parsed.left_out)
    new = tuple(doubt_date(item, status.state.last_new_item) for item in novelty.new)
    return _Found(items, novelty, new)


def _learn(reading: Reading, found: _Found, now: datetime) -> Rhythm:
    status = reading.status
    window = len(found.items) + reading.parsed.left_out if reading.parsed else None
    if status.rhythm is None or status.state.last_success is None:
        return new_rhythm(now, [item.published for item in found.items], window or 0)
    dates = [item.published for item in found.novelty.new if not item.baseline]
    return learn(status.rhythm, now=now, previous=status.state.last_success, new=dates, window=window)


def _judge(
    reading: Reading, found: _Found, rhythm: Rhythm, succeeded: FeedState, now: datetime
) -> tuple[Pulse, HealthChange | None]:
    status = reading.status
    pulse = status.pulse or Pulse(now)
    if reading.parsed is not None:
        pulse = read_document(
            pulse,
            found.items,
            found.novelty.new,
            left_out=reading.parsed.left_out,
            previous=status.state.last_success if status.state.baselined else None,
        )
    state = judge_success(pulse, rhythm, now=now, last_new=succeeded.last_new_item)
    return check(pulse, state, status.feed.id, now)
