"""How well stories are grouped, and what it costs.

    python -m benchmarks.stories                quality on tests/data/stories.jsonl, beside two simple baselines
    python -m benchmarks.stories --cost 100000  time per item while a window of so many items fills

The set is split by events into a tuning and a held-out half: thresholds, those of the baselines too, were chosen on
the first alone.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.story_set import (
    Grouping,
    Labelled,
    build_story_poll,
    group_by_minhash,
    group_by_stories,
    group_by_titles,
    measure_groups,
    read_story_set,
)
from bot.domain.alerts import Report
from bot.domain.feeds import Feed
from bot.domain.items import Item
from bot.domain.origins import find_origins
from bot.domain.polls import PollRecord
from bot.domain.stories import WINDOW, Story, find_story, join_story
from bot.services.documents import fingerprint_for
from storage import open_store

_THRESHOLDS = [step / 20 for step in range(2, 19)]
_WORDS = 40_000
_ITEM_WORDS = 50
_STEPS = 10
_BATCH = 20


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line and prints one of the reports."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--cost", type=int, default=0, metavar="ITEMS", help="measure time per item instead")
    given = parser.parse_args(arguments)
    if given.cost:
        asyncio.run(print_cost(given.cost))
    else:
        print_quality()


def print_quality() -> None:
    """B-cubed precision and recall of all groupings on both halves, and how often origins are counted right."""
    items = read_story_set()
    languages = sorted({one.item.lang for one in items})
    print(f"{len(items)} items, {len({one.event for one in items})} events, languages {', '.join(languages)}")
    print(f"{'':34}{'tuning half':>20}{'held-out half':>20}")
    print(f"{'':34}{'precision recall':>20}{'precision recall':>20}")
    groupings: list[tuple[str, Grouping]] = [
        ("Tocsin", group_by_stories),
        _tuned("title overlap", group_by_titles, items),
        _tuned("MinHash 128", group_by_minhash, items),
    ]
    for name, grouping in groupings:
        stories = grouping(items)
        for label, across in (("within a language", False), ("across languages", True)):
            halves = [measure_groups(items, stories, across=across, splits=[half]) for half in ("tune", "held_out")]
            figures = "".join(f"{precision:>12.3f}{recall:>8.3f}" for precision, recall in halves)
            print(f"{name + ', ' + label:34}{figures}")
    right, events = count_right_origins(items)
    print(f"Origins counted right: {right} of {events} events (given the right items)")


def _tuned(name: str, baseline: Callable[[float], Grouping], items: Sequence[Labelled]) -> tuple[str, Grouping]:
    """The baseline with the threshold that gives the best F1 on the tuning half."""
    tuning = [one for one in items if one.split == "tune"]

    def f1(threshold: float) -> float:
        precision, recall = measure_groups(tuning, baseline(threshold)(tuning), across=False)
        return 2 * precision * recall / (precision + recall)

    best = max(_THRESHOLDS, key=f1)
    return f"{name} >= {best:.2f}", baseline(best)


def count_right_origins(items: Sequence[Labelled]) -> tuple[int, int]:
    """For how many events the number of independent origins is the labelled one, and how many events there are."""
    events: dict[str, list[Labelled]] = defaultdict(list)
    for one in items:
        events[one.event].append(one)
    right = sum(
        len(find_origins([Report(one.item, one.feed) for one in members]).origins)
        == len({one.origin for one in members})
        for members in events.values()
    )
    return right, len(events)


async def print_cost(count: int) -> None:
    """Fills a store with invented items that all lie in one window; processor time per item in ten steps."""
    chance = random.Random(7)  # nothing secret
    words = ["".join(chance.choices("abcdefghiklmnoprstuvz", k=chance.randint(4, 9))) for _ in range(_WORDS)]
    weights = [1 / (rank + 10) for rank in range(_WORDS)]  # about as words are spread in any language
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'stories.db'}")
        await store.migrate()
        feed = Feed("bench", "https://bench.example/feed", "Bench")
        (first, *_) = read_story_set()
        start = first.item.first_seen
        await store.sync_feeds([feed], start)
        print(f"{'items in window':>16}{'decide, us':>12}{'record, us':>12}")
        step = max(count // _STEPS, _BATCH)
        decide = record = 0.0
        batch: list[PollRecord] = []
        for number in range(1, count + 1):
            text = chance.choices(words, weights, k=_ITEM_WORDS)
            at = start + WINDOW * number / count / 1.01
            item = Item(
                str(number), "", feed.id, " ".join(text[:9]).capitalize(), " ".join(text[9:]), "", "", "", "en", at, at
            )
            began = time.process_time()
            fingerprint = fingerprint_for(item, feed, ())
            related = await store.find_related(fingerprint, at - WINDOW)
            known = find_story(fingerprint, at, related, now=at)
            story = join_story(known, now=at) if known else Story(item.key, item.title, at, at)
            poll = build_story_poll(item, story, fingerprint, related)
            decide += time.process_time() - began
            batch.append(poll)
            if len(batch) == _BATCH:
                began = time.process_time()
                await store.record_polls(batch, at)
                record += time.process_time() - began
                batch = []
            if number % step == 0:
                print(f"{number:>16,}{decide / step * 1e6:>12.0f}{record / step * 1e6:>12.0f}", flush=True)
                decide = record = 0.0
        await store.close()


if __name__ == "__main__":
    main()
