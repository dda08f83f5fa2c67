"""What a poll, a delivery and a job cost on PostgreSQL, and what more processes bring.

    python -m benchmarks.scale [--seconds 6] [--workers 1 2 4]

Starts a PostgreSQL of its own with its default settings, which sync every commit. Workers are processes that run the
real polling (without a network: answers come at once) and the real claims and receipts. Figures are per second for all
workers together, and milliseconds of processor time for each unit, of the workers and of the server.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_lowercase

import psycopg
import structlog

from bot.clock import SystemClock
from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.domain.feed_memory import FeedMemory
from bot.domain.items import ParsedItem
from bot.domain.lanes import list_lanes
from bot.domain.watchlists import WatchlistCatalog
from bot.jobs.engine import SENDS, Duties, Engine
from bot.ports.fetcher import FeedRequest, FeedResponse, ParsedFeed
from bot.scale_out import ENGINE_CONNECTIONS
from bot.services.catalog import Catalog
from bot.services.polling import Polling
from storage import in_lane, open_fleet, open_store
from storage.sql.codec import encode_message, encode_reply_address
from tests.factories import build_outgoing, build_watchlist
from tests.fakes.feeds import FakePublishers
from tests.postgres import start_server

_TICKS = os.sysconf("SC_CLK_TCK")
_FEEDS, _CHANNELS, _MESSAGES = 60_000, 400, 60
_JOBS, _LATENCIES = 500, 40
_AT_ONCE = 100  # feeds of a shard
_KINDS = {
    "poll": "poll, nothing new",
    "news": "poll, one new item",
    "match": "poll, one that matches",
    "send": "delivery",
}
_TITLES = {"poll": "", "news": "Markets and weather", "match": "CSTO"}
_ADD_FEEDS = """
INSERT INTO feeds (id, url, outlet, lang, country, owner, grade, origin_group, topics, boilerplate, enabled, note,
    origin, added_by, next_due, etag, last_modified, last_poll, last_success, baselined, failures, problem,
    problem_text, items)
SELECT 'feed-' || number, 'https://host' || number / 4 || '.example/' || number, 'Outlet ' || number, 'en', '', '',
    'B', '', '[]', '[]', 1, '', 'chat', '', %(now)s, '"tag"', '', %(now)s - 900000000, %(now)s - 900000000, 1, 0, '',
    '', 0
FROM generate_series(1, %(feeds)s) AS number ON CONFLICT (id) DO NOTHING
"""
# What one feed taught, for all.
_COPY = """
WITH learned AS (SELECT * FROM {table} LIMIT 1)
INSERT INTO {table}
SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(learned) || jsonb_build_object('feed_id', id))).*
FROM feeds CROSS JOIN learned ON CONFLICT (feed_id) DO NOTHING
"""
_ADD_CHANNELS = """
INSERT INTO destinations (key, platform, address, thread, kind, title, workspace, timezone, disabled)
SELECT 'slack:C' || number, 'slack', 'C' || number, '', 'channel', '', 'T1', 'UTC', ''
FROM generate_series(1, %s) AS number
"""
_ADD_MESSAGES = """
INSERT INTO deliveries (key, destination_id, message, reply_to, urgency, silent, form, state, reason, attempts,
    possible_duplicate, not_before, created_at, receipt)
SELECT destinations.id || ':' || number, destinations.id, %(message)s, %(reply)s, 3, 0, 'rich', 'pending', '', 0, 0,
    %(now)s, %(now)s, ''
FROM destinations, generate_series(1, %(messages)s) AS number
"""


@dataclass(frozen=True, slots=True)
class Work:
    """What one worker did."""

    units: int
    seconds: float
    processor_seconds: float


class InstantPublishers(FakePublishers):
    """Every feed answers at once: nothing new, or one new entry whose title begins so."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    async def fetch(self, request: FeedRequest) -> FeedResponse:
        """The answer for a feed."""
        return FeedResponse(request.url, b"x", '"tag"', "", "application/rss+xml", not_modified=not self._title)

    async def parse_news(self, response: FeedResponse, memory: FeedMemory) -> tuple[ParsedFeed, FeedMemory]:
        """One entry that nobody has seen, in words that no other has."""
        number = random.getrandbits(60)
        words = " ".join("".join(random.choices(ascii_lowercase, k=8)) for _ in range(8))
        entry = ParsedItem(
            guid=str(number),
            link=f"{response.url}/{number}",
            title=f"{self._title} {words}",
            summary="Prices rose in the region on Tuesday, and rain is expected along the river until Friday.",
            published=datetime.now(UTC),
        )
        return ParsedFeed("Wire", "en", "", (entry,)), memory


async def poll(url: str, seconds: float, title: str) -> int:
    """Polls shard after shard for so long; how many feeds."""
    store, clock = await open_store(url), SystemClock()
    fleet = open_fleet(store)
    await fleet.join("worker")
    publishers = InstantPublishers(title)
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    polling = Polling(
        store, publishers, publishers, catalog, clock, chance=random.Random(1), plan_alone=fleet.plan_alone
    )
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        shards = await fleet.list_due_shards(clock.now())
        random.shuffle(shards)
        for shard in shards:
            if time.monotonic() < until and await fleet.take(f"shard {shard}"):
                summary = await polling.poll(await fleet.list_due_feeds(shard, clock.now(), _AT_ONCE))
                done += summary.feeds
                await fleet.give_back(f"shard {shard}")
    await store.close()
    return done


async def deliver(url: str, seconds: float, number: int, workers: int) -> int:
    """Claims and confirms what is in some of the lanes for so long; how many messages."""
    store, clock = await open_store(url), SystemClock()
    lanes = [in_lane(store, lane) for lane in list_lanes(Platform.SLACK) if lane.number % workers == number]
    until = time.monotonic() + seconds
    done = 0

    async def send(lane: int) -> None:
        nonlocal done
        while time.monotonic() < until:
            claimed = await lanes[lane].claim_deliveries(Platform.SLACK, clock.now(), 1, LEASE, frozenset())
            for delivery in claimed:
                await lanes[lane].record_sent(delivery.id, Receipt("1"), clock.now())
                done += 1

    await asyncio.gather(*(send(lane) for lane in range(len(lanes))))
    await store.close()
    return done


async def run_worker(kind: str, url: str, seconds: float, number: int, workers: int) -> None:
    """A worker process: says what it did."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    began, own = time.monotonic(), _own_seconds()
    if kind == "send":
        units = await deliver(url, seconds, number, workers)
    else:
        units = await poll(url, seconds, _TITLES[kind])
    print(json.dumps(asdict(Work(units, time.monotonic() - began, _own_seconds() - own))))


async def measure_workers(kind: str, url: str, seconds: float, workers: int) -> list[Work]:
    """What so many workers did at the same time."""

    async def run(number: int) -> Work:
        order = [kind, url, str(seconds), str(number), str(workers)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.scale", "--worker", *order, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return Work(**json.loads(out))

    return await asyncio.gather(*(run(number) for number in range(workers)))


async def measure_engine(url: str) -> tuple[float, float, list[float]]:
    """Jobs a second, our milliseconds for each, and the milliseconds from asking for one to its start."""
    due: list[str] = [f"x:{number}" for number in range(_JOBS)]
    started: dict[str, float] = {}
    happened = asyncio.Event()

    async def send(name: str) -> None:
        started[name] = time.monotonic()
        if name in due:
            due.remove(name)
        happened.set()

    async def list_due(_: frozenset[str]) -> Sequence[str]:
        return list(due)

    async def nothing(*_: object) -> list[int]:
        return []

    do_nothing: Callable[..., Awaitable[None]] = nothing  # type: ignore[assignment]  # its answer is not looked at
    engine = Engine(
        url, Duties(do_nothing, send, nothing, list_due, nothing, {}), {SENDS: 16}, connections=ENGINE_CONNECTIONS
    )
    running = asyncio.create_task(engine.run())
    await asyncio.sleep(1)
    began, own = time.monotonic(), _own_seconds()
    await engine.queue_lanes()
    while due:
        happened.clear()
        await happened.wait()
    took, ours = time.monotonic() - began, _own_seconds() - own
    waits = []
    for number in range(_LATENCIES):
        await asyncio.sleep(0.05)
        due.append(f"y:{number}")
        asked = time.monotonic()
        await engine.queue_lanes()
        while f"y:{number}" not in started:
            happened.clear()
            await happened.wait()
        waits.append((started[f"y:{number}"] - asked) * 1000)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return _JOBS / took, ours * 1000 / _JOBS, waits


def server_seconds(folder: Path) -> float:
    """The processor time of the server and all its processes, those that have ended included."""
    parent = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    total = sum(_stat(parent)[13 - 2 : 17 - 2])
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                fields = _stat(int(process.name))
            except OSError:  # it has ended meanwhile
                continue
            total += sum(fields[13 - 2 : 15 - 2]) if fields[1] == parent else 0
    return total / _TICKS


def _stat(process: int) -> list[int]:
    """The numbers of /proc/…/stat from the third field on, the state as 0 (proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [0, *(int(field) for field in fields[1:])]


def _own_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def fill(url: str) -> None:
    """Feeds that are due, known for long as feeds are, and messages that wait."""
    store = await open_store(url)
    await store.migrate()
    await store.close()
    with psycopg.connect(url) as connection:
        connection.execute(_ADD_FEEDS, {"now": round(time.time() * 1_000_000), "feeds": 100})
    await poll(url, 0.01, _TITLES["news"])
    now = round(time.time() * 1_000_000)
    outgoing = build_outgoing()
    message, reply = encode_message(outgoing.message), encode_reply_address(outgoing.reply_to)
    with psycopg.connect(url) as connection:
        connection.execute(_ADD_FEEDS, {"now": now, "feeds": _FEEDS})
        for table in ("rhythms", "pulses"):
            connection.execute(_COPY.format(table=table).encode())
        connection.execute(_ADD_CHANNELS, (_CHANNELS,))
        connection.execute(_ADD_MESSAGES, {"message": message, "reply": reply, "now": now, "messages": _MESSAGES})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


async def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--worker", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        kind, url, seconds, number, workers = given.worker
        await run_worker(kind, url, float(seconds), int(number), int(workers))
        return
    print("unit                        workers    a second   ms worker   ms server   load")
    with start_server(quick=False) as server:
        for kind, words in _KINDS.items():
            for workers in given.workers:
                url = server.make_database()
                await fill(url)
                before = server_seconds(server.folder)
                done = await measure_workers(kind, url, given.seconds, workers)
                ours, theirs = sum(work.processor_seconds for work in done), server_seconds(server.folder) - before
                units, rate = sum(work.units for work in done), sum(work.units / work.seconds for work in done)
                print(
                    f"{words:26} {workers:8} {rate:11.0f} {ours * 1000 / units:11.2f}"
                    f" {theirs * 1000 / units:11.2f} {os.getloadavg()[0]:6.1f}"
                )
                server.drop_database(url)
        url = server.make_database()
        await fill(url)
        before = server_seconds(server.folder)
        rate, ours, waits = await measure_engine(url)
        theirs = (server_seconds(server.folder) - before) * 1000 / (_JOBS + _LATENCIES)
        print(f"{'job of the engine':26} {1:8} {rate:11.0f} {ours:11.2f} {theirs:11.2f} {os.getloadavg()[0]:6.1f}")
        cuts = statistics.quantiles(waits, n=20)
        print(f"from asking for a job to its start: {statistics.median(waits):.0f} ms, 95 %: {cuts[-1]:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
