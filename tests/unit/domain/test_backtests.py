"""Figures of a test, the difference of two forms of a list, and the words people read."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backtests import (
    Hit,
    Miss,
    Replay,
    build_figures,
    compare,
    group_misses,
    likely_range,
    moment_of,
    sparkline,
)
from bot.domain.chat_lists import build_list_id
from bot.domain.fingerprints import build_fingerprint
from bot.matching.records import Priority
from tests import factories
from tests.fakes.clock import START

SUBJECTS = ("Guards close Panj bridge", "Heroin seized near Osh", "Drill opens on Harbmaydon range", "Quake in Rasht")


def build_hit(key: str = "a", title: str = SUBJECTS[0], days_ago: float = 1, **fields: Any) -> Hit:
    when = START - timedelta(days=days_ago)
    defaults: dict[str, Any] = {
        "watchlist": "border",
        "link": "",
        "feed_id": "wire",
        "lang": "en",
        "when": when,
        "published": when,
        "fingerprint": build_fingerprint(title, "", "en"),
        "rule": "name",
        "priority": Priority.HIGH,
        "rings": True,
        "alerts": True,
        "sureness": 5,
        "terms": ("Panj",),
    }
    return Hit(item_key=key, title=title, **defaults | fields)


def build_replay(*hits: Hit, days: int = 10, **fields: Any) -> Replay:
    defaults: dict[str, Any] = {"items": 100, "feeds": 3, "first_reads": 0}
    return Replay(START - timedelta(days=days), START, days, hits=hits, **defaults | fields)


def test_reports_of_one_event_are_one_story_and_one_alert() -> None:
    hits = (build_hit("a", days_ago=2), build_hit("b", days_ago=1.9, lang="ru"), build_hit("c", SUBJECTS[1]))
    figures = build_figures(build_replay(*hits), "border", UTC)
    assert (figures.matches, figures.stories, figures.alerts, figures.alerts_a_day) == (3, 2, 2, 0.2)
    assert figures.languages == (("en", 2), ("ru", 1))
    assert figures.newest == hits[2]
    assert figures.oldest == hits[0]


def test_only_what_would_be_sent_is_an_alert() -> None:
    hits = (
        build_hit("a", SUBJECTS[0], alerts=False, priority=Priority.CRITICAL),
        build_hit("b", SUBJECTS[1], priority=Priority.CRITICAL),
        build_hit("c", SUBJECTS[2], watchlist="other"),
    )
    figures = build_figures(build_replay(*hits), "border", UTC)
    assert (figures.matches, figures.stories, figures.alerts, figures.critical) == (2, 2, 1, 1)


def test_days_are_those_of_the_reader() -> None:
    late = build_hit("a", when=datetime(2026, 11, 20, 22, tzinfo=UTC), published=START)
    zone = timezone(timedelta(hours=5))
    assert str(build_figures(build_replay(late), "border", UTC).busiest_day) == "2026-11-20"
    assert str(build_figures(build_replay(late), "border", zone).busiest_day) == "2026-11-21"
    assert sum(build_figures(build_replay(late), "border", zone).stories_by_day) == 1
    assert len(build_figures(build_replay(late), "border", UTC).stories_by_day) == 11


def test_the_least_sure_are_neither_the_newest_nor_the_oldest() -> None:
    hits = [build_hit(str(n), title, 5 - n, sureness=n) for n, title in enumerate(SUBJECTS)]
    figures = build_figures(build_replay(*hits), "border", UTC)
    assert figures.unsure == (hits[1], hits[2])


def test_no_two_samples_are_of_one_story() -> None:
    """The story that begins as the third is the one that goes on for longest."""
    days_ago = (5, 4, 3, 2, 1, 0)
    titles = (SUBJECTS[0], SUBJECTS[1], SUBJECTS[2], SUBJECTS[3], SUBJECTS[0], SUBJECTS[2])
    hits = [
        build_hit(str(n), title, ago, sureness=n) for n, (ago, title) in enumerate(zip(days_ago, titles, strict=True))
    ]
    figures = build_figures(build_replay(*hits), "border", UTC)
    told = {hit.item_key: number for number, story in enumerate(figures.found) for hit in story.hits}
    samples = [hit for hit in (figures.newest, figures.oldest, *figures.unsure) if hit]
    assert len({told[hit.item_key] for hit in samples}) == len(samples) >= 3


def test_one_story_gives_one_sample() -> None:
    hits = [build_hit(str(n), SUBJECTS[0], 1 - n / 10) for n in range(4)]
    figures = build_figures(build_replay(*hits), "border", UTC)
    assert (figures.stories, figures.newest, figures.oldest, figures.unsure) == (1, hits[3], None, ())


def test_coverage_is_told_in_stories() -> None:
    hits = (
        build_hit("a", SUBJECTS[0], covered_by=("csto", "ttp")),
        build_hit("b", SUBJECTS[0], 0.9, covered_by=("csto",)),
        build_hit("c", SUBJECTS[1], covered_by=("ttp",)),
        build_hit("d", SUBJECTS[2]),
    )
    assert build_figures(build_replay(*hits), "border", UTC).covered == (("ttp", 2), ("csto", 1))


def test_what_was_too_much_to_group_is_estimated() -> None:
    hits = [build_hit(str(n), title) for n, title in enumerate(SUBJECTS)]
    hits += [build_hit(f"more-{n}", fingerprint=None) for n in range(396)]
    figures = build_figures(build_replay(*hits, days=8), "border", UTC)
    assert (figures.matches, figures.stories, figures.alerts_a_day, figures.estimated) == (400, 400, 50, True)
    assert figures.is_too_broad


def test_a_list_that_matched_nothing_has_empty_figures() -> None:
    figures = build_figures(build_replay(), "border", UTC)
    assert (figures.matches, figures.newest, figures.busiest_day, figures.is_too_broad) == (0, None, None, False)


def test_two_forms_are_compared_in_stories_that_would_be_sent() -> None:
    def hit(number: int, watchlist: str, **fields: Any) -> Hit:
        return build_hit(f"n{number}", SUBJECTS[number], watchlist=watchlist, **fields)

    replay = build_replay(
        hit(0, "before"), hit(0, "after"), hit(1, "before"), hit(2, "after"), hit(3, "before"),
        hit(3, "after", alerts=False), hit(2, "before", alerts=False),
    )  # fmt: skip
    diff = compare(replay, "before", "after")
    assert (diff.before, diff.after) == (3, 2)
    assert [story.hits[0].title for story in diff.gone] == [SUBJECTS[1], SUBJECTS[3]]
    assert [story.hits[0].title for story in diff.new] == [SUBJECTS[2]]
    assert [story.hits[0].title for story in diff.unchanged] == [SUBJECTS[0]]


def test_near_misses_are_grouped_by_what_was_missing() -> None:
    def miss(key: str, missing: str, vetoed_by: str = "") -> Miss:
        return Miss("border", key, key, "", "wire", START, "name", missing, vetoed_by, ())

    groups = group_misses([miss("a", "where"), miss("b", "who"), miss("c", "where"), miss("d", "", "sports")])
    assert [(name, [one.title for one in group]) for name, group in groups] == [
        ("where", ["a", "c"]),
        ("who", ["b"]),
        ("stopped by sports", ["d"]),
    ]


def test_an_item_counts_for_the_day_it_was_published_if_its_feed_was_new() -> None:
    earlier = START - timedelta(days=3)
    assert moment_of(factories.build_item(published=earlier)) == START
    assert moment_of(factories.build_item(published=earlier, baseline=True)) == earlier
    assert moment_of(factories.build_item(published=None, baseline=True)) == START


@pytest.mark.parametrize(
    ("counts", "bars"), [((), ""), ((0, 0), "▁▁"), ((1, 0, 8), "▂▁█"), ((1,), "█"), ((0, 5, 1, 2), "▁█▃▄")]
)
def test_the_sparkline_shows_every_day_that_had_something(counts: tuple[int, ...], bars: str) -> None:
    assert sparkline(counts) == bars


def test_the_likely_range_is_wilsons() -> None:
    assert likely_range(8, 10) == (49, 94)
    assert likely_range(0, 3) == (0, 56)
    assert likely_range(3, 3) == (44, 100)


@given(rated=st.integers(1, 1000), share=st.floats(0, 1))
def test_the_likely_range_holds_the_share(rated: int, share: float) -> None:
    useful = round(share * rated)
    low, high = likely_range(useful, rated)
    assert 0 <= low <= 100 * useful / rated + 1
    assert 100 * useful / rated - 1 <= high <= 100


@given(words=st.lists(st.text(max_size=30), max_size=6), taken=st.sets(st.sampled_from(["list", "list-2", "a"])))
def test_a_list_id_is_free_and_can_be_typed(words: list[str], taken: set[str]) -> None:
    made = build_list_id([word.casefold() for word in words], taken)
    assert made not in taken
    assert made.isascii()
    assert 1 <= len(made) <= 40
    assert not set(made) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
