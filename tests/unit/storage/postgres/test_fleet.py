"""Processes that share a database: who lives, who has what, and who may still record."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import psycopg
import pytest

from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.domain.lanes import Lane, list_lanes
from bot.errors import StoreError, Superseded
from bot.ports.fleet import News
from storage import open_store
from storage.postgres.fleet import PostgresFleet
from storage.postgres.store import PostgresStore
from tests.contract.outbox import DESK, claim, put
from tests.factories import at, build_destination, build_feed, build_slack_destination
from tests.fakes.clock import START


class Process:
    """One of several processes, as far as the database can tell."""

    def __init__(self, store: PostgresStore, fleet: PostgresFleet) -> None:
        self.store = store
        self.fleet = fleet


@pytest.fixture
async def processes(postgres_url: str) -> AsyncIterator[list[Process]]:
    """Two that have joined."""
    async with AsyncExitStack() as stack:
        joined = []
        for name in ("first", "second"):
            store = await open_store(postgres_url, connections=3)
            assert isinstance(store, PostgresStore)
            stack.push_async_callback(store.close)
            fleet = store.open_fleet()
            await fleet.join(name)
            stack.push_async_callback(_leave, fleet)
            joined.append(Process(store, fleet))
        yield joined


async def _leave(fleet: PostgresFleet) -> None:
    with suppress(StoreError):
        await fleet.leave(at(0))


def _age(url: str, name: str, seconds: int) -> None:
    """Lets a process have been silent for so long."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE processes SET seen = seen - make_interval(secs => %s) WHERE name = %s", (seconds, name)
        )


async def test_one_process_at_a_time_has_what_it_took_on(processes: list[Process]) -> None:
    first, second = (process.fleet for process in processes)
    assert await first.take("shard 7")
    assert await first.take("shard 7")
    assert not await second.take("shard 7")
    await second.give_back("shard 7")
    assert not await second.take("shard 7")
    await first.give_back("shard 7")
    assert await second.take("shard 7")


async def test_who_lives_is_not_buried(processes: list[Process], postgres_url: str) -> None:
    first, second = (process.fleet for process in processes)
    _age(postgres_url, "second", 4)
    assert await first.bury_dead(at(0)) == 0
    await second.beat()
    _age(postgres_url, "second", 4)
    assert await first.bury_dead(at(0)) == 0


async def test_a_silent_process_is_buried_and_may_not_record(processes: list[Process], postgres_url: str) -> None:
    first, second = processes
    await put(second.store, "a")
    assert await second.fleet.take("lane")
    (claimed,) = await claim(second.store)
    _age(postgres_url, "second", 7)
    assert await first.fleet.bury_dead(at(0)) == 1
    assert await first.fleet.take("lane")
    for refused in (
        second.fleet.beat(),
        second.store.record_sent(claimed.id, Receipt("1"), at(0)),
        second.store.enqueue([], at(0)),
        second.store.sync_feeds([build_feed()], at(0)),
        second.store.claim_deliveries(Platform.TELEGRAM, at(0), 1, LEASE, frozenset()),
    ):
        with pytest.raises(Superseded, match="given this one up"):
            await refused
    # What it was sending is due at once, as a possible repeat.
    (again,) = await claim(first.store)
    assert (again.id, again.possible_duplicate) == (claimed.id, True)


async def test_a_killed_process_is_noticed_by_its_broken_connection(
    processes: list[Process], postgres_url: str
) -> None:
    first, second = processes
    assert second.fleet._life is not None
    await second.fleet._life.close()
    _age(postgres_url, "second", 3)
    async with asyncio.timeout(5):
        # The server sees a moment later that the connection ended, and tells nobody.
        while not await first.fleet.bury_dead(at(0)):  # noqa: ASYNC110  it has no event to wait for
            await asyncio.sleep(0.02)
    assert await first.fleet.list_processes() == ["first"]


async def test_an_orderly_end_gives_everything_back(processes: list[Process]) -> None:
    first, second = processes
    assert await second.fleet.take("lane")
    await second.fleet.leave(at(0))
    assert await first.fleet.take("lane")
    assert await first.fleet.bury_dead(at(0)) == 0


async def test_a_process_that_hangs_while_it_plans_alone_holds_up_nobody_for_ever(
    processes: list[Process], postgres_url: str
) -> None:
    first, second = processes
    entered = asyncio.Event()

    async def plan() -> None:
        async with first.fleet.plan_alone():
            entered.set()

    async with second.fleet.plan_alone():
        waiting = asyncio.create_task(plan())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(entered.wait(), 0.1)
        _age(postgres_url, "second", 7)
        assert await first.fleet.bury_dead(at(0)) == 1
        await asyncio.wait_for(waiting, 5)


async def test_an_instance_that_had_the_database_to_itself_is_refused_when_others_join(
    postgres_url: str,
) -> None:
    alone = await open_store(postgres_url)
    await alone.take_over("alone", at(0))
    await alone.check_writable(at(0))
    store = await open_store(postgres_url)
    assert isinstance(store, PostgresStore)
    fleet = store.open_fleet()
    await fleet.join("one of several")
    with pytest.raises(Superseded, match="several processes"):
        await alone.check_writable(at(0))
    await fleet.leave(at(0))
    await alone.close()
    await store.close()


async def test_others_hear_of_messages_updates_and_lists(processes: list[Process]) -> None:
    first, second = processes
    heard: asyncio.Queue[News] = asyncio.Queue()

    async def listen() -> None:
        async for news in second.fleet.listen():
            for one in news:
                heard.put_nowait(one)

    listening = asyncio.create_task(listen())
    assert {await heard.get() for _ in News} == set(News)
    await put(first.store, "a")
    assert await asyncio.wait_for(heard.get(), 5) is News.OUTBOX
    listening.cancel()


async def test_feeds_of_a_host_are_on_one_shard(processes: list[Process]) -> None:
    store, fleet = processes[0].store, processes[0].fleet
    urls = ["https://Wire.example/a", "http://user:pw@wire.example:8080/b?c#d", "https://other.example/a"]
    await store.sync_feeds([build_feed(f"f{number}", url=url) for number, url in enumerate(urls)], at(0))
    shards = await fleet.list_due_shards(at(0))
    assert len(shards) == 2
    by_shard = [[status.feed.id for status in await fleet.list_due_feeds(shard, at(0), 9)] for shard in shards]
    assert sorted(by_shard) == [["f0", "f1"], ["f2"]]
    assert await fleet.list_due_shards(at(-1)) == []


async def test_each_lane_claims_what_is_its_own(processes: list[Process]) -> None:
    store = processes[0].store
    channels = [build_slack_destination(f"C{number}") for number in range(12)]
    for channel in channels:
        await put(store, channel.address, destination=channel)
    claimed = [
        delivery.destination.address
        for lane in list_lanes(Platform.SLACK)
        for delivery in await claim(store.in_lane(lane), limit=20, platform=Platform.SLACK)
    ]
    assert sorted(claimed) == sorted(channel.address for channel in channels)
    none: Lane = list_lanes(Platform.TELEGRAM)[0]
    assert await store.in_lane(none).next_delivery_at(Platform.TELEGRAM) is None


async def test_what_any_process_sent_lately_counts_for_the_next(processes: list[Process]) -> None:
    first, second = processes
    for number, minute in ((1, 0.0), (2, 1.5)):
        await put(first.store, f"m{number}", destination=build_destination(str(number)), now=at(minute))
        (sent,) = await claim(first.store, at(minute))
        await first.store.record_sent(sent.id, Receipt("1"), at(minute))
    await put(first.store, "under way", now=at(2))
    await claim(first.store, at(2))
    recent = await second.fleet.list_recent_sends(Platform.TELEGRAM, at(1), at(2))
    assert [(destination.address, moment) for destination, moment in recent] == [
        ("2", at(1.5)),
        (DESK.address, at(2)),
    ]


async def test_the_clock_is_measured_against_the_database(processes: list[Process]) -> None:
    ahead = await processes[0].fleet.measure_clock(START)
    assert abs(ahead - await processes[1].fleet.measure_clock(START + timedelta(hours=2)) + timedelta(hours=2)) < (
        timedelta(minutes=1)
    )
