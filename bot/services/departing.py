"""Lets go of chats that removed the bot and did not take it back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.ports.clock import Clock
from bot.ports.departure_store import DepartedStore
from bot.services.clock_jumps import JumpMeter

KEPT = timedelta(days=30)  # as the notice about a lost chat says
_LOOK = timedelta(hours=6)
# A clock that was set in between may be wrong now, and what was deleted stays gone.
_JUMP = timedelta(hours=1)

log = structlog.get_logger(__name__)


class Departures:
    """`on_forgotten` is called after chats were let go, with the lists they had made."""

    def __init__(self, store: DepartedStore, clock: Clock, on_forgotten: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._clock = clock
        self._on_forgotten = on_forgotten

    async def run(self) -> None:
        """Looks every six hours of a steady clock, until cancelled. Raises StoreError."""
        meter = JumpMeter(self._clock)
        while True:
            await self._clock.sleep(_LOOK.total_seconds())
            if abs(meter.read()) < _JUMP:
                await self.forget()

    async def forget(self) -> None:
        """Lets go of the chats that are due. Raises StoreError."""
        count = await self._store.forget_departed(self._clock.now() - KEPT)
        if count:
            log.info("chats_forgotten", chats=count)
            await self._on_forgotten()
