"""What grouping costs an item while the window of 72 hours fills and turns over: real SQLite, invented items."""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import mean, median

from benchmarks.story_set import build_story_poll, read_story_set
from bot.domain.feeds import Feed
from bot.domain.items import Item
from bot.domain.stories import WINDOW, Rarity, Related, Story, find_story, join_story
from bot.ports.store import Store
from bot.services.documents import fingerprint_for
from storage import open_store

_FEED = Feed("bench", "https://bench.example/feed", "Bench", lang="en")
_STEPS = 10
_TURNED_OVER = 1  # steps beyond a full window, in which as many items leave it as come
_BATCH = 20
_MEASURED = 500
# An item: words as frequent as in real headlines and leads, and some names that few others hold.
_COMMON, _OWN = 42, 8
_NAMES = 40_000


async def print_cost(count: int) -> None:
    """Processor time an item (recognise, find, decide, record), 500 measured at each of ten fillings and one more."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'stories.db'}")
        await store.migrate()
        items = _invent(count)
        (first, *_) = read_story_set()
        await store.sync_feeds([_FEED], first.item.first_seen)
        print(f"{'items filed':>16}{'mean, us':>12}{'median, us':>12}{'best, us':>12}")
        counts: Counter[str] = Counter()
        done = 0
        for step in range(1, _STEPS + _TURNED_OVER + 1):
            target = count * step // _STEPS
            while done < target - _MEASURED:
                done += await _fill(store, items, counts, done, min(_BATCH, target - _MEASURED - done))
            took = await _measure(store, items, counts, target - done)
            done = target
            print(f"{done:>16,}{mean(took):>12.0f}{median(took):>12.0f}{min(took):>12.0f}", flush=True)
        await store.close()


def _invent(count: int) -> Iterator[Item]:
    chance = random.Random(7)
    labelled = read_story_set()
    common = " ".join(f"{one.item.title} {one.item.summary}" for one in labelled).split()
    names = ["".join(chance.choices("abdefgiklmnorstuz", k=chance.randint(5, 10))).title() for _ in range(_NAMES)]
    start: datetime = labelled[0].item.first_seen
    for number in range(1, count * (_STEPS + _TURNED_OVER) // _STEPS + 1):
        words = chance.choices(common, k=_COMMON) + chance.choices(names, k=_OWN)
        chance.shuffle(words)
        at = start + WINDOW * number / count / 1.01
        yield Item(str(number), "", _FEED.id, " ".join(words[:9]), " ".join(words[9:]), "", "", "", "en", at, at)


async def _fill(store: Store, items: Iterator[Item], counts: Counter[str], done: int, most: int) -> int:
    """Records items as stories of their own, without looking for related ones."""
    polls = []
    for number, item in enumerate([next(items) for _ in range(most)]):
        fingerprint = fingerprint_for(item, _FEED, ())
        story = Story(item.key, item.title, item.first_seen, item.first_seen)
        polls.append(build_story_poll(item, story, fingerprint, Related((), Rarity(counts, done + number))))
        counts.update(fingerprint.terms)
    await store.record_polls(polls, polls[-1].items[0].first_seen)
    return most


async def _measure(store: Store, items: Iterator[Item], counts: Counter[str], most: int) -> list[float]:
    """Microseconds an item takes in all, for each transaction of twenty items."""
    took = []
    for _ in range(most // _BATCH):
        batch = [next(items) for _ in range(_BATCH)]
        polls = []
        began = time.process_time()
        fingerprints = [fingerprint_for(item, _FEED, ()) for item in batch]
        found = await store.find_related(fingerprints, batch[0].first_seen - WINDOW)
        for item, fingerprint, related in zip(batch, fingerprints, found, strict=True):
            at = item.first_seen
            known = find_story(fingerprint, at, related, now=at)
            story = join_story(known, now=at) if known else Story(item.key, item.title, at, at)
            polls.append(build_story_poll(item, story, fingerprint, related))
        await store.record_polls(polls, batch[-1].first_seen)
        took.append((time.process_time() - began) / _BATCH * 1e6)
        for fingerprint in fingerprints:
            counts.update(fingerprint.terms)
    return took
