"""How long a backtest of a large archive takes, and how long it keeps the event loop waiting.

    python -m benchmarks.backtest [ITEMS]

Fills a database with invented items (100,000 by default: about 80 words each, one in twenty with a headline from the
examples of the shipped watchlists) and replays all of it through one list. Wanted: 100,000 items in less than 10 s on
two cores. Processor time is printed too: on a machine that is busy with other things, half of it is what two free
cores would take.
"""

import asyncio
import itertools
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import SHIPPED_WATCHLISTS
from bot.domain.backtests import build_figures
from bot.domain.feeds import Feed, FeedState
from bot.domain.items import Item
from bot.domain.polls import PollRecord
from bot.jobs.replaying import WorkerReplayer
from bot.matching.watchlist import Watchlist
from bot.ports.store import Store
from bot.services.backtesting import replay_archive
from bot.services.documents import archive_words
from bot.sources.watchlist_files import load_watchlists
from storage import open_store

NOW = datetime(2026, 11, 25, tzinfo=UTC)
DAYS = 30
FEEDS = 40
BATCH = 500
SYLLABLES = ("ba", "da", "ka", "la", "ma", "mi", "na", "re", "sta", "te", "ver", "бо", "ка", "на", "ник", "по", "тор")


def build_items(count: int, watchlists: tuple[Watchlist, ...]) -> list[Item]:
    """Invented items of a Zipf-distributed vocabulary, one in twenty with the headline of an example in front."""
    chance = random.Random(7)
    examples = [example for watchlist in watchlists for example in (*watchlist.positive, *watchlist.negative)]
    vocabulary = ["".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4)))) for _ in range(40_000)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
    items = []
    for number in range(count):
        title, lang = " ".join(chance.choices(vocabulary, cum_weights=weights, k=11)), "en"
        if number % 20 == 0:
            example = chance.choice(examples)
            title, lang = f"{example.title} {title}", example.lang
        seen = NOW - timedelta(days=DAYS) * (1 - number / count) + timedelta(seconds=1)
        summary = " ".join(chance.choices(vocabulary, cum_weights=weights, k=70))
        key = f"item-{number}"
        link = f"https://wire.example/{number}"
        items.append(Item(key, key, f"feed-{number % FEEDS}", title, summary, "", link, "", lang, seen, seen))
    return items


async def measure(count: int, folder: Path) -> None:
    """Fills, replays, prints."""
    watchlists = load_watchlists(SHIPPED_WATCHLISTS).watchlists
    store = await open_store(f"sqlite:///{folder}/archive.db")
    await store.migrate()
    feeds = [Feed(f"feed-{number}", f"https://wire{number}.example/rss", f"Wire {number}") for number in range(FEEDS)]
    await store.sync_feeds(feeds, NOW)
    items = build_items(count, watchlists)
    for start in range(0, count, BATCH):
        part = tuple(items[start : start + BATCH])
        words = tuple((item.key, archive_words(item)) for item in part)
        await store.record_polls([PollRecord(FeedState("feed-0", NOW), part, words)], NOW)
    for tested in ("csto", "tajik-afghan-border"):
        await replay(store, tested, watchlists)
    await store.close()


async def replay(store: Store, tested: str, watchlists: tuple[Watchlist, ...]) -> None:
    """One backtest with a clock beside it."""
    chosen = next(watchlist for watchlist in watchlists if watchlist.id == tested)
    lags: list[float] = []
    clock = asyncio.create_task(watch_loop(lags))
    for near in (False, True):
        lags.clear()
        began, before = time.perf_counter(), processor_seconds()
        found = await replay_archive(
            store, WorkerReplayer(), [chosen], now=NOW, days=DAYS, others=watchlists, near_misses=near
        )
        took = time.perf_counter() - began
        spent = processor_seconds() - before
        figures = build_figures(found, tested, UTC)
        print(f"{tested}{' with near misses' if near else ''}: {found.items:,} items in {took:.1f} s")
        print(f"  {spent:.1f} s of processor time; the event loop waited {max(lags) * 1000:.0f} ms at most")
        print(f"  {figures.matches:,} matches, {figures.stories:,} stories, {len(found.misses):,} near misses")
    clock.cancel()


def processor_seconds() -> float:
    """What this process and its ended children took."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


async def watch_loop(lags: list[float]) -> None:
    """Notes how late the event loop comes round."""
    while True:
        asked = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - asked - 0.005)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(name)))
