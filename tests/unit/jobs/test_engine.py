"""The job engine hands turns to whoever is free, each at one process at a time, and leaves alone what always fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import psycopg
import pytest
from structlog.testing import capture_logs

from bot.errors import StoreError
from bot.jobs.engine import CHORES, POLLS, SENDS, Chore, Duties, Engine

QUEUES = {CHORES: 2, POLLS: 4, SENDS: 4}


@pytest.fixture(autouse=True)
def _quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.jobs.engine._TICK", "* * * * * *")


class Work:
    """What the jobs of a test did."""

    def __init__(self, shards: Sequence[int] = (), lanes: Sequence[str] = ()) -> None:
        self.shards = list(shards)
        self.lanes = list(lanes)
        self.polled: Counter[int] = Counter()
        self.sent: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0
        self.moved = asyncio.Event()

    async def poll(self, shard: int) -> None:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        await asyncio.sleep(0.05)
        self.at_once -= 1
        self.polled[shard] += 1
        self.moved.set()
        if shard < 0:
            raise ValueError("poison")

    async def send(self, lane: str) -> None:
        self.sent[lane] += 1
        self.lanes.remove(lane)
        self.moved.set()

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not happened():
                self.moved.clear()
                await self.moved.wait()

    def duties(self, chores: dict[str, Chore] | None = None) -> Duties:
        async def shards() -> Sequence[int]:
            return self.shards

        async def lanes(present: frozenset[str]) -> Sequence[str]:
            return [lane for lane in self.lanes if f"lane:{lane}" not in present]

        async def bury() -> None:
            return None

        return Duties(self.poll, self.send, shards, lanes, bury, chores or {})


@asynccontextmanager
async def running(url: str, *works: Work, chores: dict[str, Chore] | None = None) -> AsyncIterator[list[Engine]]:
    """An engine for each of `works`, as in processes of their own."""
    engines = [Engine(url, work.duties(chores), QUEUES, connections=6) for work in works]
    async with AsyncExitStack() as stack:
        tasks = [asyncio.create_task(engine.run()) for engine in engines]
        stack.push_async_callback(_end, tasks)
        yield engines


async def _end(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks)


async def test_a_shard_is_polled_by_one_process_at_a_time(postgres_url: str) -> None:
    one, other = Work([7]), Work([7])
    other.poll = one.poll  # type: ignore[method-assign]  # both count at one place
    async with running(postgres_url, one, other):
        await one.until(lambda: one.polled[7] >= 3)
    assert one.most_at_once == 1


async def test_a_lane_is_looked_at_as_soon_as_somebody_says_so(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.engine._TICK", "0 0 1 1 * 0")  # no tick comes to help
    work = Work(lanes=["telegram:0", "slack:3"])
    async with running(postgres_url, work) as (engine,):
        await asyncio.sleep(1)
        await engine.queue_lanes()
        await work.until(lambda: work.sent == {"telegram:0": 1, "slack:3": 1})


async def test_what_always_fails_ends_dead_for_all_to_see_and_holds_up_nothing(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.engine._FAILURES", 2)
    work = Work([-1, 8])
    with capture_logs() as logs:
        async with running(postgres_url, work):
            await work.until(lambda: work.polled[-1] == 2)
            before = work.polled[8]
            await work.until(lambda: work.polled[8] >= before + 2)
    assert work.polled[-1] == 2
    assert {"event": "job_dead", "job": "shard:-1"}.items() <= next(
        entry for entry in logs if entry["event"] == "job_dead"
    ).items()
    with psycopg.connect(postgres_url) as connection:
        failed = connection.execute("SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'failed'").fetchall()
    assert failed == [("shard:-1",), ("shard:-1",)]


async def test_what_the_database_refuses_is_no_fault_of_the_job(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.engine._FAILURES", 1)
    work = Work([8])

    async def refuse(shard: int) -> None:
        work.polled[shard] += 1
        work.moved.set()
        raise StoreError("The database gave no free connection in time.", "Check that it runs.")

    work.poll = refuse  # type: ignore[method-assign]  # the database of this test
    async with running(postgres_url, work):
        await work.until(lambda: work.polled[8] == 3)


async def test_what_a_dead_worker_was_at_is_begun_again_without_waiting_for_a_tick(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.engine._TICK", "0 0 1 1 * 0")
    monkeypatch.setattr("bot.jobs.engine._SWEEP_SECONDS", 0.05)
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock, status)"
            " VALUES ('polls', 'poll_shard', 'shard:8', 'shard:8', 'doing')"
        )
    work = Work([8])
    async with running(postgres_url, work):
        await work.until(lambda: work.polled[8] == 1)


async def test_success_forgives_earlier_failures(postgres_url: str) -> None:
    work = Work([8])
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock, status)"
            " VALUES ('polls', 'poll_shard', 'shard:8', 'shard:8', 'failed')"
        )
    async with running(postgres_url, work):
        await work.until(lambda: work.polled[8] >= 2)
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT 1 FROM procrastinate_jobs WHERE status = 'failed'").fetchall() == []


async def test_a_chore_is_done_once_for_all_processes(postgres_url: str) -> None:
    work, done = Work(), Counter[str]()

    async def tidy() -> None:
        done["tidy"] += 1
        work.moved.set()

    chores = {"tidy": Chore("* * * * * */1", tidy)}
    async with running(postgres_url, work, Work(), chores=chores):
        began = asyncio.get_running_loop().time()
        await work.until(lambda: done["tidy"] >= 3)
        seconds = asyncio.get_running_loop().time() - began
    assert done["tidy"] <= seconds + 2


async def test_a_lane_whose_processes_were_killed_is_never_left_alone(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.engine._FAILURES", 1)
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock, status)"
            " VALUES ('sends', 'deliver_lane', 'lane:telegram:0', 'lane:telegram:0', 'failed')"
        )
    work = Work(lanes=["telegram:0"])
    async with running(postgres_url, work):
        await work.until(lambda: work.sent["telegram:0"] == 1)
