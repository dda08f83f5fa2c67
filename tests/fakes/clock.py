"""A clock that stands still until a test moves it."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


class FakeClock:
    """Wall clock, monotonic clock and sleep in one; all three advance together and only when told."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since this clock was made; never goes back."""
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        """Returns once the clock has been moved on by `seconds`."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, sleeper))
        await sleeper

    @property
    def sleepers(self) -> int:
        """How many tasks are asleep on this clock."""
        return sum(not sleeper.done() for _, sleeper in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Moves both clocks on, waking each sleeper at its own moment, earliest first, and letting it run."""
        target = self._monotonic + seconds
        await self._settle()
        while due := [wake_at for wake_at, sleeper in self._sleepers if wake_at <= target and not sleeper.done()]:
            self._move_to(max(min(due), self._monotonic))
            await self._settle()
        self._move_to(target)
        await self._settle()

    def set_wall_clock(self, moment: datetime) -> None:
        """Jumps the wall clock only, as a changed system time does."""
        self._now = moment

    def _move_to(self, monotonic: float) -> None:
        self._now += timedelta(seconds=monotonic - self._monotonic)
        self._monotonic = monotonic
        for wake_at, sleeper in self._sleepers:
            if wake_at <= monotonic and not sleeper.done():
                sleeper.set_result(None)
        self._sleepers = [(wake_at, sleeper) for wake_at, sleeper in self._sleepers if not sleeper.done()]

    async def _settle(self) -> None:
        """Lets the others run; ten turns of the loop do for tasks that wait for nothing but this clock."""
        for _ in range(10):
            await asyncio.sleep(0)
