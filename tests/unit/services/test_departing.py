"""When lost chats are let go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.services.departing import KEPT, Departures
from tests.fakes.clock import START, FakeClock

SIX_HOURS = 6 * 3600.0


class Chats:
    """Remembers what it was asked to let go, and how many there are."""

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.asked: list[datetime] = []

    async def forget_departed(self, before: datetime) -> int:
        self.asked.append(before)
        return self.count


@asynccontextmanager
async def running(departures: Departures) -> AsyncIterator[None]:
    task = asyncio.create_task(departures.run())
    await asyncio.sleep(0)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def nothing() -> None:
    return None


async def test_every_six_hours_the_chats_lost_thirty_days_ago_go() -> None:
    clock, chats = FakeClock(), Chats()
    async with running(Departures(chats, clock, nothing)):
        await clock.advance(SIX_HOURS - 1)
        assert chats.asked == []
        await clock.advance(SIX_HOURS)
    assert chats.asked == [START + timedelta(seconds=SIX_HOURS) - KEPT]


async def test_a_clock_that_was_set_deletes_nothing_until_it_has_been_steady() -> None:
    clock, chats = FakeClock(), Chats()
    async with running(Departures(chats, clock, nothing)):
        clock.set_wall_clock(START + timedelta(days=400))
        await clock.advance(SIX_HOURS)
        assert chats.asked == []
        await clock.advance(SIX_HOURS)
    assert len(chats.asked) == 1


async def test_the_lists_of_chats_that_went_are_taken_out_of_use() -> None:
    reloaded: list[bool] = []

    async def reload() -> None:
        reloaded.append(True)

    await Departures(Chats(0), FakeClock(), reload).forget()
    assert reloaded == []
    await Departures(Chats(2), FakeClock(), reload).forget()
    assert reloaded == [True]
