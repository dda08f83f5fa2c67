"""What a large archive costs: start-up, polls, searches and letting go, with a generated database.

    python -m benchmarks.archive [--items 1000000] [--feeds 10000] [--folder DIR]

The items go in through the store's own `record_polls`, 2,000 a transaction, full-text words included. A folder that
holds a database of an earlier run is used again. Every time is the median of several, on a store opened anew.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.feeds import Feed, FeedState
from bot.domain.health import Health, Pulse
from bot.domain.items import Item
from bot.domain.novelty import keys_of
from bot.domain.polls import PollRecord
from bot.domain.rhythm import new_rhythm
from bot.ports.store import Store
from storage import open_store

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SPAN = timedelta(days=365)
BATCH = 2_000
POLLS_AT_ONCE = 20
ENTRIES = 40
WORDS = [
    f"{a}{b}{c}" for a in "kmtrsb" for b in ("or", "al", "in", "esh", "ud", "ov") for c in ("an", "ek", "ism", "ia")
]


def build_feeds(count: int) -> list[Feed]:
    """Feeds with different hosts."""
    return [
        Feed(id=f"feed-{number:05}", url=f"https://host-{number}.example/rss", outlet=f"Outlet {number}", lang="en")
        for number in range(count)
    ]


def build_item(number: int, feed_id: str, items: int, chance: random.Random) -> Item:
    """An item of about a kilobyte; its number tells when it was first seen."""
    seen = NOW - SPAN + SPAN * (number / items)
    return Item(
        key=f"{number:032x}",
        link_key=f"{number + 10**12:032x}",
        feed_id=feed_id,
        title=" ".join(chance.choices(WORDS, k=9)),
        summary=" ".join(chance.choices(WORDS, k=60)),
        content="",
        link=f"https://{feed_id}.example/{number}",
        author="",
        lang="en",
        published=seen,
        first_seen=seen,
        title_key=f"{number + 2 * 10**12:032x}",
    )


async def fill(store: Store, items: int, feeds: int) -> float:
    """Records everything; items per second."""
    chance = random.Random(1)
    known = build_feeds(feeds)
    await store.sync_feeds(known, NOW)
    started = time.perf_counter()
    for start in range(0, items, BATCH):
        feed_id = known[start // BATCH % feeds].id
        made = tuple(build_item(number, feed_id, items, chance) for number in range(start, min(start + BATCH, items)))
        words = tuple((item.key, f"{item.title} {item.summary}") for item in made)
        await store.record_polls([PollRecord(_state(feed_id), made, words)], NOW)
    speed = items / (time.perf_counter() - started)
    rhythm = new_rhythm(NOW, [NOW - timedelta(hours=hour) for hour in range(100)], ENTRIES)
    for start in range(0, feeds, BATCH):
        batch = [
            PollRecord(_state(feed.id), rhythm=rhythm, pulse=Pulse(NOW, Health.OK, 3))
            for feed in known[start : start + BATCH]
        ]
        await store.record_polls(batch, NOW)
    return speed


def _state(feed_id: str, due: datetime = NOW) -> FeedState:
    return FeedState(feed_id, next_due=due, last_poll=NOW, last_success=NOW, baselined=True)


async def timed(what: Callable[[], Awaitable[object]], rounds: int = 5) -> float:
    """Milliseconds, the median of several rounds."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        await what()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


async def start_up(url: str, feeds: int) -> float:
    """Seconds from nothing to the first due feeds: what every start of the service asks of the database."""
    started = time.perf_counter()
    store = await open_store(url)
    try:
        await store.migrate()
        await store.sync_feeds(build_feeds(feeds), NOW)
        await store.list_feeds()
        await store.list_paces()
        await store.list_due_feeds(NOW, 1000)
        await store.count_totals()
        return time.perf_counter() - started
    finally:
        await store.close()


async def measure_polls(stores: Sequence[Store]) -> list[float]:
    """Microseconds of processor time for one unchanged poll on each store, in batches of twenty, round by round.

    The lower quartile: what else this machine does must not count.
    """
    batches = []
    for store in stores:
        due = await store.list_due_feeds(NOW, POLLS_AT_ONCE)
        batches.append([PollRecord(_state(status.feed.id)) for status in due])
    took: list[list[float]] = [[] for _ in stores]
    for _ in range(300):
        for store, batch, costs in zip(stores, batches, took, strict=True):
            started = time.process_time()
            await store.list_due_feeds(NOW, POLLS_AT_ONCE)
            await store.record_polls(batch, NOW)
            costs.append(time.process_time() - started)
    return [statistics.quantiles(costs, n=4)[0] / POLLS_AT_ONCE * 1e6 for costs in took]


async def measure(url: str, items: int) -> None:
    """Prints what the usual questions cost."""
    chance = random.Random(2)
    store = await open_store(url)
    try:
        feed_ids = [status.feed.id for status in await store.list_due_feeds(NOW, POLLS_AT_ONCE)]
        documents = {
            feed_id: keys_of([build_item(chance.randrange(items), feed_id, items, chance) for _ in range(ENTRIES)])
            for feed_id in feed_ids
        }
        cost = await timed(lambda: store.find_seen(documents))
        print(f"{'seen-check of 20 documents, 40 entries, 3 keys each':60} {cost:9.1f} ms")
        (cost,) = await measure_polls([store])
        print(f"{'an unchanged poll in batches of 20 (listed, recorded), CPU':60} {cost:9.0f} us")
        number = [items]

        async def one_new_each() -> None:
            batch = []
            for feed_id in feed_ids:
                number[0] += 1
                item = build_item(number[0], feed_id, items, chance)
                batch.append(PollRecord(_state(feed_id), (item,), ((item.key, f"{item.title} {item.summary}"),)))
            await store.record_polls(batch, NOW)

        print(f"{'20 polls with a new item each (full text included)':60} {await timed(one_new_each, 50):9.1f} ms")
        for what, terms in (
            ("a frequent word", ["koran"]),
            ("two words", ["koran", "sovia"]),
            ("a rare prefix", ["zz*"]),
        ):
            cost = await timed(lambda terms=terms: store.search_items(terms, 10))  # type: ignore[misc]  # bound now
            print(f"{'search: ' + what:60} {cost:9.1f} ms")
        longest = 0.0
        after = 0
        started = time.perf_counter()
        for _ in range(20):
            begun = time.perf_counter()
            _, after = await store.forget_items(NOW - SPAN + SPAN / 2, after, 200)
            longest = max(longest, (time.perf_counter() - begun) * 1000)
        print(f"{'letting go of 4,000 items: a bite of 200, longest':60} {longest:9.1f} ms")
        print(f"{'letting go, items per second':60} {4000 / (time.perf_counter() - started):9.0f}")
    finally:
        await store.close()


async def compare_feeds(folder: Path) -> None:
    """Prints the store's cost of a poll with a thousand and with ten thousand feeds."""
    stores = []
    for feeds in (1_000, 10_000):
        store = await open_store(f"sqlite:///{folder}/feeds-{feeds}.db")
        await store.migrate()
        await fill(store, 2_000, feeds)
        stores.append(store)
    few, many = await measure_polls(stores)
    for store in stores:
        await store.close()
    print(f"{'an unchanged poll with 1,000 feeds, CPU':60} {few:9.0f} us")
    print(f"{'an unchanged poll with 10,000 feeds, CPU':60} {many:9.0f} us ({many / few:.2f}x)")


async def run(folder: Path, items: int, feeds: int) -> None:
    """Fills the database if it is not there, then measures."""
    path = folder / f"archive-{items}-{feeds}.db"
    url = f"sqlite:///{path}"
    if not path.exists():
        store = await open_store(url)
        await store.migrate()
        speed = await fill(store, items, feeds)
        await store.close()
        print(f"{'recording, items per second (full text included)':60} {speed:9.0f}")
    print(f"{'size on disk, bytes per item':60} {path.stat().st_size / items:9.0f}")
    seconds = statistics.median([await start_up(url, feeds) for _ in range(3)])
    print(f"{f'start-up with {items:,} items and {feeds:,} feeds':60} {seconds:9.2f} s")
    await measure(url, items)
    await compare_feeds(folder)


def main() -> None:
    """Reads the arguments and runs."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--items", type=int, default=1_000_000)
    arguments.add_argument("--feeds", type=int, default=10_000)
    arguments.add_argument("--folder", type=Path)
    given = arguments.parse_args()
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(run(given.folder, given.items, given.feeds))
        return
    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), given.items, given.feeds))


if __name__ == "__main__":
    main()
