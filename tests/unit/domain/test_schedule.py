"""The learned rhythm and the budget: news is looked for where it is expected, and no feed is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.feeds import LONGEST_WAIT, FeedStatus, delay_of, plan_due
from bot.domain.rhythm import HOURS, Rhythm, hour_of_week, learn, level_values, new_rhythm
from bot.domain.schedule import POLITE_FLOOR, Bounds, Budget, expected_delay, plan_next_poll
from tests.factories import build_feed, build_feed_state

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def run_weeks(weeks: int, hours: set[int], per_hour: int = 4) -> Rhythm:
    """The rhythm of a feed polled hourly that publishes in these hours of every day."""
    rhythm = new_rhythm(MONDAY)
    for number in range(weeks * HOURS):
        start = MONDAY + number * HOUR
        new = [start + HOUR / (per_hour + 1) * place for place in range(1, per_hour + 1)]
        published = new if hour_of_week(start) % 24 in hours else []
        rhythm = learn(rhythm, now=start + HOUR, previous=start, new=published)
    return rhythm


def build_budget(*rhythms: Rhythm, polls_per_hour: int | None = None) -> Budget:
    """A budget shared by these feeds."""
    budget = Budget(polls_per_hour)
    budget.replace_paces(rhythm.pace for rhythm in rhythms)
    return budget


def rate_at(rhythm: Rhythm, hour: int) -> float:
    """What was learned of an hour of the week, in items."""
    return level_values()[rhythm.pace[hour]] ** 2


def test_the_hours_of_publication_are_learned_within_two_weeks() -> None:
    rhythm = run_weeks(2, {9, 10})
    assert rate_at(rhythm, 9) > 2
    assert rate_at(rhythm, 3) < 0.3
    assert rhythm.rate == pytest.approx(8 / 24, rel=0.1)


def test_an_old_timetable_fades() -> None:
    rhythm = run_weeks(4, {9})
    before, now = rate_at(rhythm, 9), MONDAY + timedelta(weeks=4)
    for number in range(12 * 7):
        rhythm = learn(rhythm, now=now + DAY, previous=now, new=[now + 20 * HOUR] * 4)
        now += DAY
        assert number >= 0
    assert rate_at(rhythm, 9) < before / 2
    assert rate_at(rhythm, 20) > rate_at(rhythm, 9)


def test_a_poll_without_news_teaches_nothing_until_a_day_is_over() -> None:
    rhythm = run_weeks(1, {9})
    assert learn(rhythm, now=rhythm.reckoned + HOUR, previous=rhythm.reckoned, new=[]) is rhythm
    later = learn(rhythm, now=rhythm.reckoned + DAY, previous=rhythm.reckoned, new=[])
    assert later.rate < rhythm.rate


def test_a_first_document_with_dates_teaches_at_once() -> None:
    dates = [MONDAY - number * DAY + 9 * HOUR for number in range(1, 20)]
    assert new_rhythm(MONDAY, dates).rate == pytest.approx(1 / 24, rel=0.3)
    same = [MONDAY - HOUR] * 40
    assert new_rhythm(MONDAY, same).rate == new_rhythm(MONDAY).rate


@given(
    st.lists(st.datetimes(datetime(1996, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)) | st.none(), max_size=60),  # noqa: DTZ001  hypothesis adds the zone
    st.integers(-(10**6), 10**6),
)
def test_no_dates_and_no_clock_break_the_rhythm(dates: list[datetime | None], minutes: int) -> None:
    rhythm = new_rhythm(MONDAY, dates, len(dates))
    later = MONDAY + timedelta(minutes=minutes)
    learned = learn(rhythm, now=later, previous=MONDAY, new=dates)
    assert len(learned.pace) == HOURS
    due = plan_next_poll(learned, now=later, factor=1.0, bounds=Bounds(POLITE_FLOOR, DAY))
    assert POLITE_FLOOR <= due - later + timedelta(seconds=1) <= DAY + HOUR


def test_feeds_of_which_nothing_is_known_share_the_budget_alike() -> None:
    budget = build_budget(*[new_rhythm(MONDAY)] * 10, polls_per_hour=20)
    due = plan_next_poll(
        new_rhythm(MONDAY), now=MONDAY, factor=budget.factor, bounds=Bounds(POLITE_FLOOR, budget.ceiling)
    )
    assert due - MONDAY == pytest.approx(HOUR / 2, rel=0.01)


@pytest.mark.parametrize("polls_per_hour", [3, 12, 30])
def test_the_budget_is_spent_and_not_exceeded(polls_per_hour: int) -> None:
    rhythms = [run_weeks(1, hours, number) for number, hours in ((1, {9}), (6, {7, 8, 20}), (9, set(range(24))))]
    budget = build_budget(*rhythms, polls_per_hour=polls_per_hour)
    bounds = Bounds(POLITE_FLOOR, budget.ceiling)
    polls = 0
    for rhythm in rhythms:
        now = MONDAY
        while now < MONDAY + timedelta(weeks=1):
            now = plan_next_poll(rhythm, now=now, factor=budget.factor, bounds=bounds)
            polls += 1
    assert polls / HOURS == pytest.approx(polls_per_hour, rel=0.06)


def test_a_learned_feed_is_found_sooner_in_its_hours_and_looked_at_seldom_outside() -> None:
    rhythm = run_weeks(2, {9, 10})
    budget = build_budget(rhythm, *[new_rhythm(MONDAY)] * 9, polls_per_hour=10)
    bounds = Bounds(POLITE_FLOOR, budget.ceiling)
    morning, night = MONDAY + 9 * HOUR, MONDAY + 1 * HOUR
    busy = plan_next_poll(rhythm, now=morning, factor=budget.factor, bounds=bounds) - morning
    calm = plan_next_poll(rhythm, now=night, factor=budget.factor, bounds=bounds) - night
    assert busy * 3 < calm <= budget.ceiling + timedelta(seconds=1)
    assert expected_delay(rhythm, factor=budget.factor, bounds=bounds) < timedelta(minutes=25)


def test_a_document_that_turns_over_fast_is_read_before_it_does() -> None:
    rhythm = run_weeks(2, set(range(24)), per_hour=20)
    short = Rhythm(rhythm.reckoned, rhythm.weeks, rhythm.counts, rhythm.pace, window=10)
    bounds = Bounds(POLITE_FLOOR, DAY)
    assert plan_next_poll(short, now=MONDAY, factor=0.001, bounds=bounds) - MONDAY < timedelta(minutes=20)
    assert plan_next_poll(rhythm, now=MONDAY, factor=0.001, bounds=bounds) - MONDAY > timedelta(hours=20)


@given(st.timedeltas(timedelta(0), timedelta(days=3)), st.integers(1, 10_000))
def test_no_poll_comes_before_the_server_asked_for(wait: timedelta, polls_per_hour: int) -> None:
    rhythm = new_rhythm(MONDAY)
    budget = build_budget(rhythm, polls_per_hour=polls_per_hour)
    status = FeedStatus(build_feed(), build_feed_state(), rhythm=rhythm)
    due = plan_due(status, now=MONDAY, budget=budget, private=False, wait=wait)
    assert due >= MONDAY + min(wait, LONGEST_WAIT)


def test_a_feed_with_an_interval_of_its_own_keeps_it_within_politeness() -> None:
    budget = build_budget(polls_per_hour=1)
    for interval, expected in ((timedelta(seconds=10), POLITE_FLOOR), (timedelta(hours=9), timedelta(hours=9))):
        status = FeedStatus(build_feed(interval=interval), build_feed_state())
        assert plan_due(status, now=MONDAY, budget=budget, private=False, wait=None) == MONDAY + expected
        assert delay_of(status, budget, now=MONDAY) == expected / 2
    status = FeedStatus(build_feed(interval=timedelta(seconds=10)), build_feed_state())
    assert plan_due(status, now=MONDAY, budget=budget, private=True, wait=None) == MONDAY + timedelta(seconds=10)


def test_a_feed_that_learned_is_exchanged_in_the_budget() -> None:
    empty, busy = new_rhythm(MONDAY), run_weeks(1, set(range(24)), 20)
    budget = build_budget(empty, empty, polls_per_hour=2)
    alone = budget.factor
    budget.exchange(empty.pace, busy.pace)
    assert budget.factor < alone
    assert budget.factor == pytest.approx(build_budget(empty, busy, polls_per_hour=2).factor)
