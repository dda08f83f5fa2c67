"""Keeps the archive within bounds: by age, and by number for each feed. What made an alert stays."""

from datetime import timedelta
from typing import Protocol

import structlog

from bot.errors import StoreError
from bot.ports.clock import Clock
from bot.ports.feed_store import RetentionStore
from bot.services.clock_jumps import JumpMeter

# One bite takes some ten milliseconds of the database's time; deliveries go in between.
BITE = 200
_PAUSE_SECONDS = 0.2
_ROUND_SECONDS = 3600.0
# A machine may start with a clock that is years ahead, usually for minutes only. What was deleted stays gone.
_CALM_SECONDS = 6 * 3600.0
_JUMP = timedelta(hours=1)
_NOTICES_KEPT = timedelta(days=90)

log = structlog.get_logger(__name__)


class SpaceStore(RetentionStore, Protocol):
    """The part of the store that retention needs."""

    async def vacuum(self) -> None:
        """Gives space that was freed back to the disk, some megabytes at a time."""
        ...


class Retention:
    """Lets go of items older than `keep` and of the oldest of a feed that has more than `most_of_feed`."""

    def __init__(self, store: SpaceStore, clock: Clock, *, keep: timedelta, most_of_feed: int) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._most_of_feed = most_of_feed

    async def run(self) -> None:
        """Looks once an hour, for ever, once six hours have gone since the start and since the clock was set."""
        meter = JumpMeter(self._clock)
        calm_at = self._clock.monotonic() + _CALM_SECONDS
        while True:
            await self._clock.sleep(_ROUND_SECONDS)
            now = self._clock.monotonic()
            if abs(meter.read()) > _JUMP:
                calm_at = now + _CALM_SECONDS
            if now < calm_at:
                continue
            try:
                gone = await self.forget_old()
            except StoreError as error:
                log.warning("retention_failed", reason=str(error))
            else:
                if gone:
                    log.info("items_forgotten", items=gone)

    async def forget_old(self) -> int:
        """Lets go of everything that is too old or too much now; how many items."""
        before = self._clock.now() - self._keep
        gone = after = 0
        while True:
            taken, after = await self._store.forget_items(before, after, BITE)
            gone += taken
            if taken < BITE:
                break
            await self._rest()
        while taken := await self._store.forget_surplus(self._most_of_feed, BITE):
            gone += taken
            await self._rest()
        await self._store.forget_notices(self._clock.now() - _NOTICES_KEPT)
        return gone

    async def _rest(self) -> None:
        await self._store.vacuum()
        await self._clock.sleep(_PAUSE_SECONDS)
