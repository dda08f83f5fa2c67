"""The machine's clock is set while everything runs: no feed waits longer than twice its interval, and none is flooded.

APScheduler reads the clock itself, so the clock is set under it, too.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from bot.domain.deliveries import OutgoingMessage
from bot.domain.messages import plain_message
from bot.jobs import clock_watch
from bot.jobs.local import LocalJobs
from bot.ports.store import Store
from bot.services.health import Health
from bot.services.store_watch import StoreWatch
from storage import open_store
from tests.contract.outbox import DESK
from tests.factories import build_feed, build_feed_state, build_poll

INTERVAL = timedelta(seconds=1)
JUMPS = {
    "an hour back": -timedelta(hours=1),
    "an hour on": timedelta(hours=1),
    "a year on": timedelta(days=365),
    "a year back": -timedelta(days=365),
}


class SettableClock:
    """The machine's clock, which a test can set; waiting and monotonic time are not touched by that."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SettableClock:
    settable = SettableClock()

    class SetDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # the scheduler needs no more
            return datetime.now(tz) + settable.offset

    for module in (base, interval):
        monkeypatch.setattr(module, "datetime", SetDatetime)
    monkeypatch.setattr(clock_watch, "_LOOK_SECONDS", 0.5)
    return settable


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    opened = await open_store("sqlite:///:memory:")
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
async def test_no_feed_waits_longer_than_twice_its_interval(
    clock: SettableClock, store: Store, jump: timedelta
) -> None:
    await store.sync_feeds([build_feed()], clock.now())
    polls: list[float] = []

    async def poll() -> None:
        for status in await store.list_due_feeds(clock.now(), 10):
            polls.append(time.monotonic())
            now = clock.now()
            state = build_feed_state(status.feed.id, next_due=now + INTERVAL, last_poll=now, last_success=now)
            await store.record_polls([build_poll(state=state)], now)

    async def move_times(by: timedelta) -> None:
        if by < timedelta(0):
            await store.shift_times(by)

    health = Health(clock)
    watch = StoreWatch(store, health, clock, lambda: None)
    await store.take_over("test", clock.now())
    await store.enqueue([OutgoingMessage("later", DESK, plain_message("later"))], clock.now() + timedelta(seconds=1))
    jobs = LocalJobs(poll, {}, clock, health=health, store_watch=watch, on_clock_jump=move_times)
    stop = asyncio.Event()
    running = asyncio.create_task(jobs.run(stop))
    await asyncio.sleep(2.5)
    clock.offset += jump
    await asyncio.sleep(4.5)
    stop.set()
    await running
    gaps = [later - earlier for earlier, later in pairwise([*polls, time.monotonic()])]
    # The scheduler's own second comes on top: a poll is started at the tick after it falls due.
    assert max(gaps) < 2 * INTERVAL.total_seconds() + 1.5
    assert 3 <= len(polls) <= 8
    assert health.clock_jumps == 1
    due = await store.next_delivery_at(DESK.platform)
    assert due
    assert due <= clock.now()
