"""Dates inside a text that contradict themselves: "Friday, July 20" where that day was a Saturday. Pure.

Only a weekday and a date side by side are compared. Without a year the date is taken to be the one nearest to the day
of publication, and only if that is near: reports also tell of older days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain.calendar_words import month_of, solar_month_of, weekday_of
from bot.matching.tokens import Token, tokenise

_LOOKED_AT = 1_500  # characters: where a report says when
_NEAR = timedelta(days=45)
_DAYS_A_MONTH = 31
_YEAR_DIGITS = 4
_SOLAR_YEARS = (1300, 1500)
# How many words a weekday, a day, a month and a year may be spread over: "on Friday, the 20th of July 2024".
_SPAN = 4
_ORDINALS = ("st", "nd", "rd", "th", "го", "е", "м", "уми", "юми", "ام")
_YEAR_WORDS = ("года", "год", "г", "сол", "соли", "سال", "yil", "жыл", "жылы")
_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class DateContradiction:
    """`text` as it stands there names `said` (Monday 0); `day` was another weekday."""

    text: str
    said: int
    day: date


class _Named(NamedTuple):
    """A day and a month, and a year if one stands there, at words `first` to `last`."""

    first: int
    last: int
    day: int
    month: int
    year: int | None
    solar: bool


def find_contradiction(text: str, published: date) -> DateContradiction | None:
    """The first weekday in a text that its own date contradicts; None where none is."""
    head = text[:_LOOKED_AT]
    tokens = tokenise(head)
    words = [token.folded for token in tokens]
    for named in _find_dates(words):
        found = _weekday_beside(words, named)
        day = _resolve(named, published)
        if found is None or day is None:
            continue
        place, said = found
        if day.weekday() != said:
            return DateContradiction(_quote(head, tokens, min(place, named.first), max(place, named.last)), said, day)
    return None


def _find_dates(words: Sequence[str]) -> Iterator[_Named]:
    for place, word in enumerate(words):
        month, solar = month_of(word), False
        if month is None:
            month, solar = solar_month_of(word), True
        if month is None:
            continue
        for other in (place - 1, place + 1, place - 2):
            day = _day_number(words[other]) if 0 <= other < len(words) else None
            if day is not None:
                first, last = min(place, other), max(place, other)
                year = _year_number(words[last + 1], solar=solar) if last + 1 < len(words) else None
                yield _Named(first, last + (year is not None), day, month, year, solar)
                break


def _day_number(word: str) -> int | None:
    digits = word
    for ending in _ORDINALS:
        digits = digits.removesuffix(ending)
    number = int(digits) if digits.isdecimal() and len(digits) <= 2 else 0  # noqa: PLR2004 two digits
    return number if 1 <= number <= _DAYS_A_MONTH else None


def _year_number(word: str, *, solar: bool) -> int | None:
    if not word.isdecimal() or len(word) != _YEAR_DIGITS:
        return None
    year = int(word)
    low, high = _SOLAR_YEARS if solar else (1900, 2100)
    return year if low <= year < high else None


def _weekday_beside(words: Sequence[str], named: _Named) -> tuple[int, int] | None:
    """The weekday right before or right behind a date, and its place. Two weekdays beside one date tell nothing."""
    near = [place for place in range(named.first - _SPAN + 2, named.first) if place >= 0]
    behind = named.last + 1
    behind += behind < len(words) and words[behind] in _YEAR_WORDS
    near += [behind] if behind < len(words) else []
    found = [(place, day) for place in near if (day := weekday_of(words, place, beside_date=True)) is not None]
    return found[0] if len({day for _, day in found}) == 1 else None


def _resolve(named: _Named, published: date) -> date | None:
    """The day that is meant, or None where it cannot be told."""
    if named.year is not None:
        return _build(named, named.year)
    base = published.year - _solar_offset(published) if named.solar else published.year
    days = [day for year in (base - 1, base, base + 1) if (day := _build(named, year))]
    nearest = min(days, key=lambda day: abs(day - published), default=None)
    return nearest if nearest and abs(nearest - published) <= _NEAR else None


def _build(named: _Named, year: int) -> date | None:
    try:
        return solar_to_date(year, named.month, named.day) if named.solar else date(year, named.month, named.day)
    except ValueError:
        return None


def _solar_offset(day: date) -> int:
    return 621 if day >= solar_to_date(day.year - 621, 1, 1) else 622


def solar_to_date(year: int, month: int, day: int) -> date:
    """The date of a day of the solar Hijri calendar, by the 33-year rule, which is right for 1300 to 1500.

    https://en.wikipedia.org/wiki/Solar_Hijri_calendar: six months of 31 days, five of 30, the last of 29 or 30; leap
    years leave 1, 5, 9, 13, 17, 22, 26 or 30 when divided by 33. Raises ValueError for a day that does not exist.
    """
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month <= 6 else 30):  # noqa: PLR2004 the calendar's own numbers
        raise ValueError(f"there is no day {day} of month {month}")
    # 1 Farvardin 1399 was 20 March 2020.
    start = date(2020, 3, 20)
    days = sum(365 + _is_solar_leap(past) for past in range(min(year, 1399), max(year, 1399)))
    start += timedelta(days=days if year >= 1399 else -days)  # noqa: PLR2004 the year above
    return start + timedelta(days=(month - 1) * 31 - max(month - 7, 0) + day - 1)


def _is_solar_leap(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)


def _quote(text: str, tokens: Sequence[Token], first: int, last: int) -> str:
    return " ".join(text[tokens[first].start : tokens[last].end].split())[:_LONGEST_QUOTE]
