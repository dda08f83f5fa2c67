"""Replaying in workers gives what replaying here gives, holds nobody up, and ends cleanly."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.backtests import ReplayJob, ReplayPart
from bot.domain.items import Item
from bot.errors import TocsinError
from bot.jobs.replaying import WorkerReplayer
from bot.services.replay_parts import PartReplayer
from tests import factories
from tests.fakes.clock import START

JOB = ReplayJob(
    (factories.build_watchlist("csto"), factories.build_watchlist("drill", "drill")),
    (factories.build_watchlist("osh", "Osh"),),
    {"asia-plus": factories.build_feed()},
    START - timedelta(days=30),
    START,
    near_misses=True,
)
TITLES = ("CSTO drill in Osh", "Rain", "A drill of the CSTO", "Snow in Osh")
MANY = 10_000  # beyond what is done in a thread


def build_items(count: int) -> list[Item]:
    return [factories.build_item(f"n{number}", title=TITLES[number % 4], summary="") for number in range(count)]


async def parts(items: Sequence[Item], size: int = 50) -> AsyncIterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def children() -> set[int]:
    """The worker processes of this one."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid() and "replay_worker" in (path.parent / "cmdline").read_text():
                found.add(int(path.parent.name))
        except (OSError, ValueError):
            continue
    return found


async def wait_for_children() -> set[int]:
    while not (found := children()):  # noqa: ASYNC110  a process that starts sets no event
        await asyncio.sleep(0.01)
    return found


async def test_workers_find_what_one_replayer_finds() -> None:
    items = build_items(400)
    expected = PartReplayer(JOB).replay(items)
    for total in (len(items), MANY):
        done: list[ReplayPart] = []
        await WorkerReplayer().replay(JOB, parts(items), total, done.append)
        assert sum(part.items for part in done) == 400
        found = sorted((hit for part in done for hit in part.hits), key=lambda hit: (hit.item_key, hit.watchlist))
        assert found == sorted(expected.hits, key=lambda hit: (hit.item_key, hit.watchlist))
        assert frozenset().union(*(part.feeds for part in done)) == {"asia-plus"}
    assert {hit.covered_by for hit in expected.hits} == {(), ("osh",)}
    assert children() == set()


async def test_items_outside_the_period_and_of_unknown_feeds_are_left_aside() -> None:
    items = [
        factories.build_item("old", first_seen=START - timedelta(days=31)),
        factories.build_item("future", first_seen=START + timedelta(days=1)),
        factories.build_item("gone", feed_id="gone"),
        factories.build_item("in", first_seen=START - timedelta(days=29)),
    ]
    part = PartReplayer(JOB).replay(items)
    assert (part.items, part.earliest) == (1, START - timedelta(days=29))
    assert [hit.item_key for hit in part.hits] == ["in"]


async def test_a_worker_that_dies_is_an_error_and_leaves_no_process() -> None:
    async def endless() -> AsyncIterator[Sequence[Item]]:
        while True:
            yield build_items(50)
            await asyncio.sleep(0)

    running = asyncio.create_task(WorkerReplayer().replay(JOB, endless(), MANY, lambda _: None))
    os.kill((await wait_for_children()).pop(), signal.SIGKILL)
    with pytest.raises(TocsinError, match="a worker ended before it was done"):
        await running
    assert children() == set()


async def test_a_cancelled_replay_leaves_no_process_and_the_next_one_runs() -> None:
    async def stuck() -> AsyncIterator[Sequence[Item]]:
        yield build_items(50)
        await asyncio.Event().wait()

    replayer = WorkerReplayer()
    running = asyncio.create_task(replayer.replay(JOB, stuck(), MANY, lambda _: None))
    await wait_for_children()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert children() == set()
    done: list[ReplayPart] = []
    await replayer.replay(JOB, parts(build_items(4)), 4, done.append)
    assert len(done) == 1
