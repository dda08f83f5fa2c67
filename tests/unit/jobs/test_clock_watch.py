"""A machine whose clock is set: noticed, told how far, and nothing is polled late or twice because of it."""

import asyncio
from datetime import timedelta

import pytest

from bot.jobs.clock_watch import ClockWatch
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize("jump", [timedelta(hours=1), -timedelta(hours=1), timedelta(days=1), -timedelta(days=365)])
async def test_a_jump_is_told_once_with_its_length(jump: timedelta) -> None:
    clock, told = FakeClock(), list[timedelta]()

    async def note(by: timedelta) -> None:
        told.append(by)

    task = asyncio.create_task(ClockWatch(clock, note).run())
    await clock.advance(60)
    assert told == []
    clock.set_wall_clock(clock.now() + jump)
    await clock.advance(60)
    assert told == [jump]
    task.cancel()


async def test_a_clock_that_is_slowly_corrected_is_left_alone() -> None:
    clock, told = FakeClock(), list[timedelta]()

    async def note(by: timedelta) -> None:
        told.append(by)

    task = asyncio.create_task(ClockWatch(clock, note).run())
    for _ in range(100):
        await clock.advance(5)
        clock.set_wall_clock(clock.now() + timedelta(seconds=0.5))
    assert told == []
    task.cancel()
