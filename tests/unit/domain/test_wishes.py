"""When a publisher asks not to be polled."""

from datetime import UTC, datetime, timedelta

from bot.domain.wishes import LONGEST_WAIT, NO_WISHES, Wishes, asked_wait

NOON = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)


def test_whoever_asks_for_nothing_is_not_waited_for() -> None:
    assert asked_wait(NO_WISHES, None, NOON) is None
    assert asked_wait(NO_WISHES, timedelta(0), NOON) is None


def test_the_longer_of_answer_and_document_counts() -> None:
    assert asked_wait(Wishes(HOUR), timedelta(minutes=5), NOON) == HOUR
    assert asked_wait(Wishes(HOUR), 2 * HOUR, NOON) == 2 * HOUR


def test_nobody_is_waited_for_longer_than_a_day() -> None:
    assert asked_wait(Wishes(timedelta(days=30)), None, NOON) == LONGEST_WAIT
    every_other = Wishes(skip_hours=tuple(range(24)), skip_days=tuple(range(7)))
    assert asked_wait(every_other, None, NOON) == LONGEST_WAIT


def test_skipped_hours_end_at_the_full_hour() -> None:
    assert asked_wait(Wishes(skip_hours=(12, 13)), None, NOON) == timedelta(minutes=90)
    assert asked_wait(Wishes(skip_hours=(12,)), HOUR, NOON) == HOUR
    assert asked_wait(Wishes(skip_hours=(11, 14)), None, NOON) is None


def test_a_skipped_day_ends_at_midnight() -> None:
    assert asked_wait(Wishes(skip_days=(0,)), None, NOON) == timedelta(hours=11, minutes=30)
    assert asked_wait(Wishes(skip_days=(0,), skip_hours=(0,)), None, NOON) == timedelta(hours=12, minutes=30)
