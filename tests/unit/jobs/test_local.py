"""Everything in one process: polls wait while the database refuses, and what nothing can cure ends the service."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import LoopStuck, StoreDamaged, StoreError, Superseded
from bot.jobs.local import LocalJobs, Loop
from bot.ports.store import Store
from bot.services.health import DEAD_SECONDS, Health
from bot.services.store_watch import StoreWatch
from tests.fakes.clock import START, FakeClock


class Works:
    """Jobs over a real store, on a clock that a test moves."""

    def __init__(self, store: Store, loops: dict[str, Loop] | None = None) -> None:
        self.clock = FakeClock()
        self.health = Health(self.clock)
        self.watch = StoreWatch(store, self.health, self.clock, lambda: None)
        self.polls = 0
        self.trouble: Exception | None = None
        self.jobs = LocalJobs(
            self._poll,
            loops or {},
            self.clock,
            health=self.health,
            store_watch=self.watch,
            on_clock_jump=self._move,
        )

    async def _poll(self) -> None:
        self.polls += 1
        if self.trouble:
            raise self.trouble

    async def _move(self, by: timedelta) -> None:
        del by


@pytest.mark.parametrize("error", [StoreDamaged("deleted"), Superseded("another")])
async def test_what_only_a_new_start_cures_ends_the_service_in_order(store: Store, error: StoreError) -> None:
    ended: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waits")

    async def breaks() -> None:
        raise error

    await store.take_over("test", START)
    works = Works(store, {"waits": waits, "breaks": breaks})
    with pytest.raises(type(error)):
        await works.jobs.run(asyncio.Event())
    assert ended == ["waits"]
    assert works.health.ages() == {}


async def test_nothing_is_polled_while_the_database_refuses(store: Store) -> None:
    await store.take_over("test", START)
    works = Works(store)
    works.trouble = StoreError("disk full")
    await works.jobs._tick()
    await asyncio.gather(*works.jobs._polls)
    assert not works.watch.is_writable
    await works.jobs._tick()
    assert works.polls == 1
    works.trouble = None
    await works.watch.look()
    await works.jobs._tick()
    await asyncio.gather(*works.jobs._polls)
    assert works.polls == 2


async def test_a_loop_that_does_not_move_for_five_minutes_ends_the_service(store: Store) -> None:
    await store.take_over("test", START)
    works = Works(store)
    works.health.beat("lanes")
    running = asyncio.create_task(works.jobs.run(asyncio.Event()))
    await works.clock.advance(DEAD_SECONDS + 30)
    with pytest.raises(LoopStuck, match="lanes"):
        await running


async def test_a_loop_that_returns_ends_nothing(store: Store) -> None:
    async def returns() -> None:
        return

    await store.take_over("test", START)
    works, stop = Works(store, {"returns": returns}), asyncio.Event()
    running = asyncio.create_task(works.jobs.run(stop))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not running.done()
    stop.set()
    await running
