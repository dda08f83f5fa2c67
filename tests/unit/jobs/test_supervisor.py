"""A loop that breaks is started again."""

import asyncio

from bot.errors import StoreError
from bot.jobs.supervisor import supervise
from tests.fakes.clock import FakeClock


async def test_a_loop_that_fails_begins_again_after_growing_waits() -> None:
    clock = FakeClock()
    starts: list[float] = []

    async def loop() -> None:
        starts.append(clock.monotonic())
        if len(starts) < 4:
            raise StoreError("locked") if len(starts) % 2 else RuntimeError("a bug")

    task = asyncio.create_task(supervise("test", loop, clock))
    await clock.advance(10)
    await task
    assert starts == [0.0, 1.0, 3.0, 7.0]


async def test_a_loop_that_was_healthy_for_long_begins_again_at_once() -> None:
    clock = FakeClock()
    starts: list[float] = []

    async def loop() -> None:
        starts.append(clock.monotonic())
        if len(starts) == 3:
            return
        await clock.sleep(1000)
        raise StoreError("locked")

    task = asyncio.create_task(supervise("test", loop, clock))
    await clock.advance(2002)
    await task
    assert starts == [0.0, 1001.0, 2002.0]
