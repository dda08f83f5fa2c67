"""Runs everything in this process: APScheduler ticks, loops that are kept alive, an orderly end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import LoopStuck, StoreError, TocsinError
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.supervisor import supervise
from bot.ports.clock import Clock
from bot.services.health import DEAD_SECONDS, Health
from bot.services.store_watch import StoreWatch

TICK_SECONDS = 1
_WATCH_SECONDS = 10.0

log = structlog.get_logger(__name__)

Loop = Callable[[], Awaitable[None]]


class LocalJobs:
    """`poll` is started at every tick and reads from the store what is due; `loops` run until they return.

    `on_clock_jump` is called with how far the machine's clock was set.
    """

    def __init__(
        self,
        poll: Callable[[], Awaitable[object]],
        loops: Mapping[str, Loop],
        clock: Clock,
        *,
        health: Health,
        store_watch: StoreWatch,
        on_clock_jump: Callable[[timedelta], Awaitable[None]],
    ) -> None:
        self._poll = poll
        self._clock = clock
        self._health = health
        self._store_watch = store_watch
        self._on_clock_jump = on_clock_jump
        self._loops = {
            **loops,
            "database": store_watch.run,
            "clock": ClockWatch(clock, self._move_times).run,
            "watch": self._watch,
        }
        self._polls: set[asyncio.Task[None]] = set()
        self._stopping = False
        # A late tick still runs (no grace time), several late ones run once, and the due times stand in the store:
        # APScheduler's defaults would skip a tick after a stall of a second.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set or this is cancelled, then ends: polls are cancelled, loops told to finish.

        Cancelled a second time, loops end without finishing. Raises what no loop can recover from: StoreDamaged,
        Superseded, LoopStuck.
        """
        self._scheduler.add_job(self._tick, "interval", seconds=TICK_SECONDS, id="tick")
        self._scheduler.start()
        loops = {
            asyncio.create_task(supervise(name, loop, self._clock), name=name) for name, loop in self._loops.items()
        }
        try:
            await first_failure(loops, stop)
        finally:
            self._stopping = True
            self._scheduler.shutdown(wait=False)
            tasks = [*self._polls, *loops]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._health.forget_beats()

    async def _tick(self) -> None:
        if self._stopping:
            return  # the scheduler had started this tick already
        self._health.beat("polling")
        if not self._store_watch.is_writable:
            return  # what is fetched could not be kept
        # A poll may take half a minute; the next tick must not wait for it.
        task = asyncio.create_task(self._poll_once(), name="poll")
        self._polls.add(task)
        task.add_done_callback(self._polls.discard)

    async def _poll_once(self) -> None:
        try:
            await self._poll()
        except StoreError as error:
            self._store_watch.record_refusal(error)
        except TocsinError as error:
            log.warning("poll_failed", reason=str(error))
        except Exception:  # The next tick tries again.
            log.exception("poll_crashed")

    async def _move_times(self, by: timedelta) -> None:
        self._health.clock_jumps += 1
        # The scheduler goes by the wall clock: set back an hour, it would sleep for an hour.
        self._scheduler.reschedule_job("tick", trigger="interval", seconds=TICK_SECONDS)
        await self._on_clock_jump(by)

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(_WATCH_SECONDS)
            dead = self._health.stale_loops(DEAD_SECONDS)
            if dead:
                raise LoopStuck(
                    f"Nothing has moved in {', '.join(dead)} for five minutes.", "Started again, Tocsin goes on."
                )


async def first_failure(loops: set[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Returns once `stop` is set; raises what a loop raised."""
    stopping = asyncio.create_task(stop.wait(), name="stop")
    waiting: set[asyncio.Task[Any]] = {*loops, stopping}
    try:
        while not stopping.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        stopping.cancel()
