"""How well stories are grouped, and what it costs.

    python -m benchmarks.stories                quality on tests/data/stories.jsonl, beside two simple baselines
    python -m benchmarks.stories --cost 100000  time per item while a window of so many items fills

The set is split by events into a tuning and a held-out half: thresholds, those of the baselines too, were chosen on
the first alone.
"""

import argparse
import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

from benchmarks.story_cost import print_cost
from benchmarks.story_set import (
    Grouping,
    Labelled,
    group_by_minhash,
    group_by_stories,
    group_by_titles,
    measure_groups,
    read_story_set,
)
from bot.domain.alerts import Report
from bot.domain.origins import find_origins

_THRESHOLDS = [step / 20 for step in range(2, 19)]


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


if __name__ == "__main__":
    main()
