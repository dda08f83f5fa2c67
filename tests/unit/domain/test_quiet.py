"""Quiet hours on the chat's clock, over midnight and over the change to summer time."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quiet import Override, QuietHours
from bot.matching.records import Priority

NIGHT = QuietHours(time(22), time(6, 30))
DUSHANBE = ZoneInfo("Asia/Dushanbe")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("2026-11-24 21:59", None),
        ("2026-11-24 22:00", "2026-11-25 06:30"),
        ("2026-11-25 00:00", "2026-11-25 06:30"),
        ("2026-11-25 06:29", "2026-11-25 06:30"),
        ("2026-11-25 06:30", None),
    ],
)
def test_a_night_ends_in_the_morning_of_the_chats_own_clock(local: str, ends: str | None) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=DUSHANBE).astimezone(UTC)
    expected = datetime.fromisoformat(ends).replace(tzinfo=DUSHANBE) if ends else None
    assert NIGHT.find_end(moment, DUSHANBE) == expected


def test_hours_of_one_day_do_not_reach_into_the_next() -> None:
    prayer = QuietHours(time(12), time(14))
    assert prayer.find_end(datetime(2026, 11, 24, 13, tzinfo=UTC), ZoneInfo("UTC")) == datetime(
        2026, 11, 24, 14, tzinfo=UTC
    )
    assert prayer.find_end(datetime(2026, 11, 24, 14, tzinfo=UTC), ZoneInfo("UTC")) is None


@given(st.integers(0, 2 * 365 * 24 * 60))
def test_quiet_hours_always_end_within_a_day_and_are_over_then(minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ends = NIGHT.find_end(moment, BERLIN)
    if ends is not None:
        assert moment < ends <= moment + timedelta(hours=10)
        assert NIGHT.find_end(ends, BERLIN) is None


# The nights in which these clocks are put forward or back, by an hour or by half of one.
CHANGES = {
    "Europe/Berlin": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
}


@given(
    place=st.sampled_from([(zone, change) for zone, changes in CHANGES.items() for change in changes]),
    begins=st.times(),
    ends=st.times(),
    minutes=st.integers(-1500, 1500),
)
def test_a_changed_clock_does_no_harm(place: tuple[str, datetime], begins: time, ends: time, minutes: int) -> None:
    """Whoever looks at the clock sees whether it is quiet; and what is held comes out, once it is over."""
    zone, moment = ZoneInfo(place[0]), place[1] + timedelta(minutes=minutes)
    quiet = QuietHours(begins, ends)
    end, clock = quiet.find_end(moment, zone), moment.astimezone(zone).time()
    shown = begins <= clock < ends if begins <= ends else clock >= begins or clock < ends
    assert (end is not None) is shown
    if end is not None:
        assert moment < end <= moment + timedelta(hours=25)
        assert quiet.find_end(end, zone) is None
    assert quiet.find_begin(moment, zone) <= moment


@pytest.mark.parametrize(
    ("override", "critical_c", "critical_b", "high_a"),
    [
        (Override.CRITICAL, True, True, False),
        (Override.CONFIRMED, False, True, False),
        (Override.NONE, False, False, False),
    ],
)
def test_only_critical_alerts_break_quiet_hours(
    override: Override, *, critical_c: bool, critical_b: bool, high_a: bool
) -> None:
    quiet = QuietHours(time(22), time(6), override)
    assert quiet.lets_through(Priority.CRITICAL, "C") is critical_c
    assert quiet.lets_through(Priority.CRITICAL, "B") is critical_b
    assert quiet.lets_through(Priority.HIGH, "A") is high_a


def test_two_origins_confirm_what_no_reliable_source_tells() -> None:
    quiet = QuietHours(time(22), time(6), Override.CONFIRMED)
    assert not quiet.lets_through(Priority.CRITICAL, "F")
    assert quiet.lets_through(Priority.CRITICAL, "F", origins=2)
    assert not quiet.lets_through(Priority.HIGH, "F", origins=2)


def test_they_hold_on_the_nights_that_begin_on_their_days() -> None:
    nights = QuietHours(time(22), time(6, 30), days=frozenset({4}))  # Friday
    zone = ZoneInfo("Asia/Dushanbe")
    friday, saturday = datetime(2026, 11, 27, 18, tzinfo=UTC), datetime(2026, 11, 28, 18, tzinfo=UTC)
    assert nights.find_end(friday, zone) == datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
    assert nights.find_end(friday + timedelta(hours=6), zone) == datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
    assert nights.find_end(saturday, zone) is None
    assert nights.find_begin(saturday, zone) == datetime(2026, 11, 27, 17, tzinfo=UTC)
