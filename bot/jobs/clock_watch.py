"""Notices that the machine's clock was set, by comparing it with a clock that cannot be."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.ports.clock import Clock
from bot.services.clock_jumps import JumpMeter

_LOOK_SECONDS = 5.0
# Far more than a clock drifts or a busy process is late in five seconds, far less than any interval of polling.
_JUMP = timedelta(seconds=10)

log = structlog.get_logger(__name__)


class ClockWatch:
    """Calls `on_jump` with how far the wall clock was moved, forward or back, each time that it was."""

    def __init__(self, clock: Clock, on_jump: Callable[[timedelta], Awaitable[None]]) -> None:
        self._clock = clock
        self._on_jump = on_jump
        self._meter = JumpMeter(clock)

    async def run(self) -> None:
        """Looks every five seconds until cancelled."""
        self._meter.read()
        while True:
            await self._clock.sleep(_LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Compares the clocks once."""
        jump = self._meter.read()
        if abs(jump) > _JUMP:
            log.warning("clock_jumped", by_seconds=round(jump.total_seconds()))
            await self._on_jump(jump)
