"""The job engine: Procrastinate, which hands coarse jobs to whichever process is free (docs/decisions).

A job is a turn at a shard of feeds, at a lane of an outbox or at a chore, never a single feed or message. What is due
stands in our own tables; a job says only that somebody should look. So a lost job loses nothing: the next tick makes
another. Each kind has a queueing lock and a lock of its name, so it waits once at most and runs once at most.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status

from bot.errors import StoreError

POLLS, SENDS, CHORES = "polls", "sends", "chores"

# A worker that said nothing for so long is dead to the engine; its job is another's soon after.
_STALLED_SECONDS = 3.5
_BEAT_SECONDS = 0.7
_SWEEP_SECONDS = 1.0
# The next job under a lock starts at the next look, not when the lock is free (SCALE.md: 4.7 s at the default of 5).
_LOOK_SECONDS = 0.5
_TICK = "* * * * * */2"  # every two seconds
_LANE = "lane:"
# What failed so often in a row is left alone for an hour, and shows as dead. Lanes are not: a turn at one is long, its
# process may be killed for other reasons, and a message that brings its sender down is given up by itself.
_FAILURES = 5
_PRESENT = "SELECT queueing_lock AS name FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
_DEAD = """
SELECT queueing_lock AS name FROM procrastinate_jobs WHERE status = 'failed' AND queueing_lock IS NOT NULL
GROUP BY queueing_lock HAVING count(*) >= %(failures)s
"""
_FORGIVE = "DELETE FROM procrastinate_jobs WHERE status = 'failed' AND queueing_lock = %(name)s"
_FORGET_HOURS = 1

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """What one process at a time does now and then. `cron` has seconds as its sixth part."""

    cron: str
    work: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Duties:
    """What jobs do, and what finds out which are due.

    `poll_shard` and `send_lane` take a turn at what is called so; `list_due` gives the names of both that are due.
    """

    poll_shard: Callable[[int], Awaitable[None]]
    send_lane: Callable[[str], Awaitable[None]]
    list_due_shards: Callable[[], Awaitable[Sequence[int]]]
    list_due_lanes: Callable[[frozenset[str]], Awaitable[Sequence[str]]]
    bury_dead: Callable[[], Awaitable[object]]
    chores: Mapping[str, Chore]


class Engine:
    """Works for the queues it is given, over at most `connections` of its own to the database at `url`.

    If it sends, one more hears of what is to be sent.
    """

    def __init__(self, url: str, duties: Duties, queues: Mapping[str, int], *, connections: int) -> None:
        # It says at INFO what it does with each job.
        logging.getLogger("procrastinate").setLevel(logging.ERROR)
        self._duties = duties
        self._queues = queues
        self._app = App(
            connector=PsycopgConnector(conninfo=url, min_size=1, max_size=connections, kwargs={"connect_timeout": 10})
        )
        self._poll = self._app.task(name="poll_shard", queue=POLLS)(self._poll_shard)
        self._send = self._app.task(name="deliver_lane", queue=SENDS)(self._deliver_lane)
        if CHORES in queues:
            self._plan_chores()

    async def run(self) -> None:
        """Takes jobs until cancelled, then lets those under way end for some seconds and gives the rest back."""
        async with self._app.open_async(), asyncio.TaskGroup() as workers:
            workers.create_task(self._sweep())
            for queue, concurrency in self._queues.items():
                workers.create_task(
                    self._app.run_worker_async(
                        queues=[queue],
                        name=queue,
                        concurrency=concurrency,
                        fetch_job_polling_interval=_LOOK_SECONDS,
                        # Hearing of jobs takes a connection for each queue. Only messages are in such a hurry.
                        listen_notify=queue == SENDS,
                        update_heartbeat_interval=_BEAT_SECONDS,
                        stalled_worker_timeout=_STALLED_SECONDS,
                        shutdown_graceful_timeout=0,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                    )
                )

    async def queue_lanes(self) -> None:
        """Has somebody look at every lane that has something to send."""
        present = await self._list_names(_PRESENT)
        await self._queue(_LANE, SENDS, await self._duties.list_due_lanes(frozenset(present)), present)

    def _plan_chores(self) -> None:
        async def tick(timestamp: int) -> None:
            del timestamp
            await self._tick()

        async def do_chore(timestamp: int, name: str) -> None:
            del timestamp
            await self._do(f"chore:{name}", self._duties.chores[name].work())

        ticking = self._app.task(name="tick", queue=CHORES, lock="tick", queueing_lock="tick")(tick)
        self._app.periodic(cron=_TICK)(ticking)
        chore = self._app.task(name="chore", queue=CHORES)(do_chore)
        for name, one in self._duties.chores.items():
            lock = f"chore:{name}"
            self._app.periodic(
                cron=one.cron, periodic_id=name, lock=lock, queueing_lock=lock, task_kwargs={"name": name}
            )(chore)

    async def _sweep(self) -> None:
        """Ends the jobs of workers that died and has others go on at once, for ever.

        This is no job: a tick that died would keep the lock of ticks.
        """
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            await self._duties.bury_dead()
            stalled = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS)
            if not stalled:
                continue
            async with asyncio.TaskGroup() as tasks:
                for job in stalled:
                    tasks.create_task(self._end_lost(job))
            await self._queue_due(frozenset(job.queueing_lock or "" for job in stalled))

    async def _end_lost(self, job: Job) -> None:
        log.warning("job_lost", job=job.queueing_lock, attempts=job.attempts)
        with suppress(ConnectorException):  # another process was faster
            await self._app.job_manager.finish_job(job=job, status=Status.FAILED, delete_job=False)

    async def _tick(self) -> None:
        await self._queue_due()
        await self._forgive("tick")
        await self._app.job_manager.delete_old_jobs(
            nb_hours=_FORGET_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    async def _queue_due(self, lost: frozenset[str] = frozenset()) -> None:
        """Has somebody look at whatever is due, first of all at what was `lost` with its worker."""
        dead = {
            name for name in await self._list_names(_DEAD, failures=_FAILURES) if not name.startswith((_LANE, "tick"))
        }
        for name in sorted(dead):
            log.error("job_dead", job=name, reason="It failed five times in a row and is left alone for an hour.")
        present = await self._list_names(_PRESENT) | dead
        shards = [str(shard) for shard in await self._duties.list_due_shards()]
        await self._queue("shard:", POLLS, shards, present, lost)
        await self._queue(_LANE, SENDS, await self._duties.list_due_lanes(frozenset(present)), present, lost)

    async def _queue(
        self, prefix: str, queue: str, names: Iterable[str], present: set[str], lost: frozenset[str] = frozenset()
    ) -> None:
        task = self._poll if queue == POLLS else self._send
        for name in names:
            lock = prefix + name
            if lock in present:
                continue
            try:
                await task.configure(lock=lock, queueing_lock=lock, priority=int(lock in lost)).defer_async(name=name)
            except AlreadyEnqueued:  # by another process, a moment ago
                continue

    async def _poll_shard(self, name: str) -> None:
        await self._do(f"shard:{name}", self._duties.poll_shard(int(name)))

    async def _deliver_lane(self, name: str) -> None:
        await self._do(_LANE + name, self._duties.send_lane(name))

    async def _do(self, name: str, work: Awaitable[object]) -> None:
        """Does a job. A database that refuses is not the fault of the job, which the next tick asks for again."""
        try:
            await work
        except StoreError as error:
            log.warning("job_waits", job=name, reason=str(error))
        else:
            await self._forgive(name)

    async def _forgive(self, name: str) -> None:
        """It succeeded: what failed before does not count any more."""
        await self._app.connector.execute_query_async(_FORGIVE, name=name)

    async def _list_names(self, question: str, **values: int) -> set[str]:
        rows = await self._app.connector.execute_query_all_async(question, **values)
        return {row["name"] for row in rows if row["name"]}
