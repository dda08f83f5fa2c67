"""Runs a part of Tocsin in this process, beside others on the same database: see `bot.ports.fleet`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.errors import StoreError, Superseded
from bot.jobs.local import Loop, first_failure
from bot.jobs.supervisor import supervise
from bot.ports.clock import Clock
from bot.ports.fleet import Fleet, News
from bot.services.health import Health

_BEAT_SECONDS = 1.0
_TRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class DistributedJobs:
    """`loops` run in this process whatever others do. Of each of `singles` there is one in all processes together:

    the others wait to take over. `on_news` is called with what another process may have changed.
    """

    def __init__(
        self,
        fleet: Fleet,
        loops: Mapping[str, Loop],
        singles: Mapping[str, Loop],
        clock: Clock,
        *,
        health: Health,
        on_news: Mapping[News, Callable[[], Awaitable[None]]],
    ) -> None:
        self._fleet = fleet
        self._clock = clock
        self._health = health
        self._on_news = on_news
        self._loops: dict[str, Loop] = {
            **loops,
            **{name: self._hold(name, loop) for name, loop in singles.items()},
            "processes": self._live,
            "news": self._listen,
        }

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set or this is cancelled, then gives back what it has taken on.

        Raises what only a new process can cure: Superseded, LoopStuck.
        """
        loops = {
            asyncio.create_task(supervise(name, loop, self._clock), name=name) for name, loop in self._loops.items()
        }
        try:
            await first_failure(loops, stop)
        finally:
            for task in loops:
                task.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            self._health.forget_beats()

    async def _live(self) -> None:
        """Says every second that this process lives, and looks whether the others do. Raises Superseded."""
        while True:
            self._health.beat("processes")
            try:
                await self._fleet.beat()
                buried = await self._fleet.bury_dead(self._clock.now())
                if buried:
                    log.warning("process_lost", processes=buried)
            except Superseded:
                raise
            except StoreError as error:
                log.warning("database_refuses", reason=str(error))
            await self._clock.sleep(_BEAT_SECONDS)

    async def _listen(self) -> None:
        async for news in self._fleet.listen():
            for one in news:
                if one in self._on_news:
                    await self._on_news[one]()

    def _hold(self, name: str, loop: Loop) -> Loop:
        """The loop, as long as this process has taken it on."""

        async def hold() -> None:
            while not await self._fleet.take(name):
                await self._clock.sleep(_TRY_SECONDS)
            log.info("taken_on", what=name)
            try:
                await loop()
            finally:
                await asyncio.shield(self._give_back(name))

        return hold

    async def _give_back(self, name: str) -> None:
        try:
            await self._fleet.give_back(name)
        except StoreError:  # then the others notice that this process ended
            log.info("not_given_back", what=name)
