"""The week of a list beside its earlier weeks."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.told import RungStory
from bot.domain.trends import build_trend_plot, build_trends, trend_words
from bot.matching.records import Priority

MONDAY = date(2026, 11, 23)
THIRD = "Tajik-Afghan border: 12 stories, norm 5; the third highest week since September."
LISTS = {"border": "Tajik-Afghan border", "csto": "CSTO", "ttp": "TTP"}


def rung(*weeks: int, watchlist: str = "border") -> list[RungStory]:
    """So many stories in each week, the newest week first, all at noon of its Wednesday."""
    stories: list[RungStory] = []
    for week, count in enumerate(weeks):
        at = datetime(2026, 11, 18, 12, tzinfo=UTC) - timedelta(weeks=week)
        stories += [RungStory(watchlist, len(stories) + n, at, Priority.HIGH, "x", "en") for n in range(count)]
    return sorted(stories, key=lambda story: story.at)


def words(stories: Sequence[RungStory]) -> str:
    return trend_words(build_trends(stories, LISTS, MONDAY, UTC)[0], MONDAY)


@pytest.mark.parametrize(
    ("weeks", "sentence"),
    [
        ((1,), "Tajik-Afghan border: 1 story, no norm yet."),
        ((3, 1, 2), "Tajik-Afghan border: 3 stories, norm 1."),
        ((12, 5, 5, 14, 5, 5, 15, 5, 5, 1), THIRD),
        ((12, 5, 5, 5, 5, 5, 5, 5, 5, 1), "Tajik-Afghan border: 12 stories, norm 5; the highest week since September."),
        ((0, 5, 5, 5, 5, 5, 5, 5, 5, 1), "Tajik-Afghan border: 0 stories, norm 5."),
        ((5, 5, 5, 5, 5, 5, 5, 5, 5, 1), "Tajik-Afghan border: 5 stories, norm 5."),
        ((6, 2, 3) + (2, 3) * 3 + (9,) * 48, "Tajik-Afghan border: 6 stories, norm 2.5."),
    ],
)  # fmt: skip
def test_the_sentence_tells_number_norm_and_rank(weeks: tuple[int, ...], sentence: str) -> None:
    assert words(rung(*weeks)) == sentence


def test_a_rank_of_nearly_a_year_names_the_year() -> None:
    assert words(rung(9, *[2] * 50, 1)).endswith("the highest week since December 2025.")


def test_stories_of_the_day_itself_are_for_the_next_week() -> None:
    today = RungStory("border", 1, datetime(2026, 11, 23, 1, tzinfo=UTC), Priority.HIGH, "x", "en")
    assert build_trends([today], LISTS, MONDAY, UTC) == ()
    west = build_trends([today], LISTS, MONDAY, ZoneInfo("America/New_York"))
    assert [trend.stories for trend in west] == [1]


def test_lists_with_the_most_stories_come_first_and_silent_ones_are_left_out() -> None:
    trends = build_trends([*rung(1), *rung(4, watchlist="csto")], LISTS, MONDAY, UTC)
    assert [trend.list_id for trend in trends] == ["csto", "border"]


def test_the_plot_has_eight_weeks_and_a_band_around_the_median() -> None:
    plot = build_trend_plot(build_trends(rung(7, 1, 1), LISTS, MONDAY, UTC), MONDAY)
    (panel,) = plot.panels
    assert (plot.days[0], plot.days[-1], plot.fresh) == (date(2026, 9, 28), date(2026, 11, 22), 7)
    assert (panel.counts[-5], sum(panel.counts)) == (7, 9)
    assert panel.low <= panel.usual <= panel.high
