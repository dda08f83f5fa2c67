"""The labelled story set holds the grouping to what it reached. Precision comes before recall."""

from collections import Counter

import pytest

from benchmarks.stories import count_right_origins
from benchmarks.story_set import (
    Labelled,
    group_by_minhash,
    group_by_stories,
    group_by_titles,
    group_in_store,
    measure_groups,
    read_story_set,
)
from storage import open_store


@pytest.fixture(scope="module")
def items() -> list[Labelled]:
    return read_story_set()


@pytest.fixture(scope="module")
def stories(items: list[Labelled]) -> list[str]:
    return group_by_stories(items)


def test_the_set_is_large_mixed_and_split_by_events(items: list[Labelled]) -> None:
    assert len(items) >= 150
    assert len({one.event for one in items}) >= 40
    assert len([lang for lang, count in Counter(one.item.lang for one in items).items() if count >= 5]) >= 5
    halves = {one.event: {other.split for other in items if other.event == one.event} for one in items}
    assert all(len(splits) == 1 for splits in halves.values())
    assert min(Counter(one.split for one in items).values()) > len(items) // 3


@pytest.mark.parametrize("split", ["tune", "held_out"])
def test_within_a_language_wrong_merges_are_rare_and_most_repeats_are_found(
    items: list[Labelled], stories: list[str], split: str
) -> None:
    precision, recall = measure_groups(items, stories, across=False, splits=[split])
    assert precision >= 0.98
    assert recall >= 0.90


@pytest.mark.parametrize("split", ["tune", "held_out"])
def test_across_languages_wrong_merges_are_as_rare_and_many_translations_are_found(
    items: list[Labelled], stories: list[str], split: str
) -> None:
    precision, recall = measure_groups(items, stories, across=True, splits=[split])
    assert precision >= 0.98
    assert recall >= 0.75


async def test_reports_kept_in_a_store_are_grouped_as_well(items: list[Labelled], stories: list[str]) -> None:
    store = await open_store("sqlite:///:memory:")
    await store.migrate()
    stored = await group_in_store(store, items)
    await store.close()
    assert sum(one == other for one, other in zip(stored, stories, strict=True)) >= 0.97 * len(items)
    for across, least in ((False, 0.90), (True, 0.75)):
        precision, recall = measure_groups(items, stored, across=across)
        assert precision >= 0.98
        assert recall >= least


def test_simple_baselines_do_worse(items: list[Labelled], stories: list[str]) -> None:
    ours = measure_groups(items, stories, across=False)
    for baseline in (group_by_titles(0.25), group_by_minhash(0.15)):
        precision, recall = measure_groups(items, baseline(items), across=False)
        assert precision < ours[0]
        assert recall < ours[1]


def test_origins_are_counted_as_labelled(items: list[Labelled]) -> None:
    right, events = count_right_origins(items)
    assert right == events
