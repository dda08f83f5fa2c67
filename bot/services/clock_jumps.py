"""How far the machine's clock was set, by comparing it with one that cannot be."""

from datetime import timedelta

from bot.ports.clock import Clock


class JumpMeter:
    """Compares both clocks from one reading to the next; the first reading is when it is made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._steady = clock.now(), clock.monotonic()

    def read(self) -> timedelta:
        """How far the wall clock was set since the last reading, forward or back."""
        wall, steady = self._clock.now(), self._clock.monotonic()
        jump = wall - self._wall - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        return jump
