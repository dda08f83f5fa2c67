"""Runs everything in this process: APScheduler ticks, loops that are kept alive, an orderly end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import TocsinError
from bot.jobs.supervisor import supervise
from bot.ports.clock import Clock

TICK_SECONDS = 1

log = structlog.get_logger(__name__)

Loop = Callable[[], Awaitable[None]]


class LocalJobs:
    """`poll` is started at every tick and reads from the store what is due; `loops` run until they return."""

    def __init__(self, poll: Callable[[], Awaitable[object]], loops: Mapping[str, Loop], clock: Clock) -> None:
        self._poll = poll
        self._loops = loops
        self._clock = clock
        self._polls: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then ends: no new polls, running ones cancelled, loops told to finish."""
        # A late tick still runs (no grace time), several late ones run once, and the due times stand in the store:
        # APScheduler's defaults would skip a tick after a stall of a second.
        scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        scheduler.add_job(self._tick, "interval", seconds=TICK_SECONDS)
        scheduler.start()
        loops = [
            asyncio.create_task(supervise(name, loop, self._clock), name=name) for name, loop in self._loops.items()
        ]
        try:
            await stop.wait()
        finally:
            self._stopping = True
            scheduler.shutdown(wait=False)
            tasks = [*self._polls, *loops]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tick(self) -> None:
        if self._stopping:
            return  # the scheduler had started this tick already
        # A poll may take half a minute; the next tick must not wait for it.
        task = asyncio.create_task(self._poll_once(), name="poll")
        self._polls.add(task)
        task.add_done_callback(self._polls.discard)

    async def _poll_once(self) -> None:
        try:
            await self._poll()
        except TocsinError as error:
            log.warning("poll_failed", reason=str(error))
        except Exception:  # The next tick tries again.
            log.exception("poll_crashed")
