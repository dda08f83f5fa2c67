"""A digest a day, at the chat's hour, whatever its clock does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digest_times import DigestMark, DigestTime
from bot.domain.weekdays import EVERY_DAY, days_words, read_days

DUSHANBE, BERLIN, LORD_HOWE = ZoneInfo("Asia/Dushanbe"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
SEVEN = DigestTime(time(7))
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
BEGAN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_it_is_due_from_its_hour_on_until_it_was_sent() -> None:
    mark = DigestMark(BEGAN, date(2026, 11, 23))
    before, after = datetime(2026, 11, 24, 1, 59, tzinfo=UTC), datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert SEVEN.find_due(DUSHANBE, mark, before) is None
    assert SEVEN.find_due(DUSHANBE, mark, after) == date(2026, 11, 24)
    assert SEVEN.find_due(DUSHANBE, DigestMark(after, date(2026, 11, 24)), after) is None
    assert SEVEN.find_due(DUSHANBE, mark, after + timedelta(hours=9)) == date(2026, 11, 24)


def test_a_chat_that_began_after_the_hour_gets_its_first_digest_the_next_day() -> None:
    began = datetime(2026, 11, 24, 3, tzinfo=UTC)
    mark = DigestMark(began)
    assert SEVEN.find_due(DUSHANBE, mark, began + timedelta(hours=1)) is None
    assert SEVEN.next_at(DUSHANBE, mark, began) == datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert SEVEN.find_due(DUSHANBE, mark, datetime(2026, 11, 25, 2, tzinfo=UTC)) == date(2026, 11, 25)


def test_an_hour_that_had_passed_when_it_was_chosen_is_for_the_next_day() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    chosen = DigestTime(time(9), EVERY_DAY, now)
    mark = DigestMark(BEGAN, date(2026, 11, 23))
    assert chosen.find_due(DUSHANBE, mark, now) is None
    assert chosen.next_at(DUSHANBE, mark, now) == datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_a_digest_whose_hour_fell_into_a_break_comes_after_midnight() -> None:
    late = DigestTime(time(23))
    mark = DigestMark(BEGAN, date(2026, 11, 23))
    one_at_night = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert late.find_due(DUSHANBE, mark, one_at_night) == date(2026, 11, 24)
    assert late.find_due(DUSHANBE, mark, one_at_night + timedelta(hours=11)) is None


def test_only_its_weekdays_have_one() -> None:
    mark, saturday = DigestMark(BEGAN, date(2026, 11, 27)), datetime(2026, 11, 28, 12, tzinfo=UTC)
    weekdays = DigestTime(time(7), read_days("mon-fri"))
    assert weekdays.find_due(DUSHANBE, mark, saturday) is None
    assert weekdays.next_at(DUSHANBE, mark, saturday) == datetime(2026, 11, 30, 2, tzinfo=UTC)


@given(
    zone=st.sampled_from([DUSHANBE, BERLIN, LORD_HOWE, ZoneInfo("America/New_York"), ZoneInfo("UTC")]),
    at=st.times(),
    start=st.integers(0, 275 * 24 * 60).map(lambda minutes: MARCH + timedelta(minutes=minutes)),
    steps=st.lists(st.integers(1, 11 * 60), min_size=1, max_size=80),
)
def test_no_day_has_two_digests_and_none_is_left_out(
    zone: ZoneInfo, at: time, start: datetime, steps: list[int]
) -> None:
    digest, mark, now, sent = DigestTime(at), DigestMark(start), start, []
    for step in steps:
        now += timedelta(minutes=step)
        day = digest.find_due(zone, mark, now)
        if day is not None:
            sent.append(day)
            mark = DigestMark(now, day)
        assert digest.next_at(zone, mark, now) > now
    assert len(sent) == len(set(sent))
    # Looked at often enough, every day between the first and the last has its own.
    assert sent == [sent[0] + timedelta(days=number) for number in range(len(sent))]


def test_an_hour_that_the_clock_leaves_out_or_repeats_has_one_digest() -> None:
    half_past_two = DigestTime(time(2, 30))
    for day in (date(2026, 3, 29), date(2026, 10, 25)):  # clocks go forward, clocks go back
        mark = DigestMark(BEGAN, day - timedelta(days=1))
        now, sent = datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC), []
        for _ in range(24 * 4):
            found = half_past_two.find_due(BERLIN, mark, now)
            if found:
                sent.append(found)
                mark = DigestMark(now, found)
            now += timedelta(minutes=15)
        assert sent == [day]


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "daily"), ("daily", "daily"), ("mon-fri", "mon-fri"), ("Monday", "mon"), ("sat,sun", "sat, sun"),
     ("fri-mon", "mon, fri, sat, sun"), ("weekdays", "mon-fri")],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text: str, words: str) -> None:
    assert days_words(read_days(text)) == words


@pytest.mark.parametrize("text", ["someday", "mon-", "7", "mon;tue", "money"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no day"):
        read_days(text)
