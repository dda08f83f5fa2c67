"""When a feed publishes, learned from its polls: a rate for every hour of the week. Pure and compact.

The rate of an hour leans on three things, the more the less is known: what that hour of the week brought, what its
hour of the day and its weekday brought, and what the feed brings on average. Old weeks count less and less.
"""

import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

HOURS = 168
_HOUR = timedelta(hours=1)
_WEEK = timedelta(weeks=1)
_EPOCH_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_COUNTS = struct.Struct(f"<{HOURS}e")

# What was published this long ago counts half: timetables change with seasons, staff and wars.
_HALF_LIFE = timedelta(days=28)
# A feed of which nothing is known is taken for one of six items a day, and any two hours of evidence outweigh that.
_PRIOR_RATE = 0.25
_PRIOR_HOURS = 2.0
# Pseudo-counts that hold a profile near flat until there is evidence; chosen on other seeds than benchmarks report.
_HOLD_HOUR_OF_DAY = 1.0
_HOLD_WEEKDAY = 3.0
_HOLD_HOUR_OF_WEEK = 3.0
# Dates in a first document teach the rhythm only if they span some time; one batch date on everything says nothing.
_LEAST_DATES = 3
_LEAST_SPAN = timedelta(hours=6)
_RECKON_EVERY = timedelta(days=1)

_SLOWEST = 0.02
_LEVELS_PER_DOUBLING = 24
_LEVELS = 256


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of a feed's timetable.

    `counts` are items per hour of the week (Monday 00:00 UTC first) as half floats, fading with age; `weeks` how many
    weeks they cover, fading alike; `reckoned` when that was last brought up to date; `pace` a level of
    `level_value` for every hour of the week; `window` how many entries the feed's document holds.
    """

    reckoned: datetime
    weeks: float = 0.0
    counts: bytes = bytes(_COUNTS.size)
    pace: bytes = b""
    window: int = 0

    @property
    def rate(self) -> float:
        """Items per hour, over the whole week."""
        return _average(sum(_COUNTS.unpack(self.counts)), self.weeks)


def level_value(level: int) -> float:
    """The square root of a rate (items per hour) that a byte of `pace` stands for."""
    return _SLOWEST * 2 ** (level / _LEVELS_PER_DOUBLING)


@cache
def level_values() -> tuple[float, ...]:
    """`level_value` of every level."""
    return tuple(level_value(level) for level in range(_LEVELS))


def hour_of_week(moment: datetime) -> int:
    """0 for Monday 00:00 to 01:00 UTC, 167 for the last hour of Sunday."""
    return (moment - _EPOCH_MONDAY) // _HOUR % HOURS


def new_rhythm(now: datetime, dates: Iterable[datetime | None] = (), window: int = 0) -> Rhythm:
    """The rhythm of a feed read for the first time, from the dates of the entries it carries."""
    known = sorted(date for date in dates if date and now - 2 * _HALF_LIFE <= date <= now)
    if len(set(known)) < _LEAST_DATES or now - known[0] < _LEAST_SPAN:
        return replace(_nothing_known(), reckoned=now, window=window)
    counts = [0.0] * HOURS
    for date in known[1:]:  # the oldest begins the time that is covered
        counts[hour_of_week(date)] += _fading(now - date)
    covered = _covered(now - known[0])
    return _reckon(Rhythm(now, weeks=covered, window=window), counts)


@cache
def _nothing_known() -> Rhythm:
    """The rhythm of a feed of which nothing is known, at whatever moment."""
    return _reckon(Rhythm(_EPOCH_MONDAY), [0.0] * HOURS)


def learn(
    rhythm: Rhythm, *, now: datetime, previous: datetime, new: Sequence[datetime | None], window: int | None = None
) -> Rhythm:
    """The rhythm after a successful poll that found items with the dates `new`, the poll before being at `previous`.

    A date between the two polls is believed; any other item may have come at any time between them. Gives back
    the same object where nothing was learned. `window` is the number of entries, None where the document was not read.
    """
    window = rhythm.window if window is None else window
    elapsed = max(now - rhythm.reckoned, timedelta(0))  # a clock may be set back
    if not new and elapsed < _RECKON_EVERY:
        return rhythm if window == rhythm.window else replace(rhythm, window=window)
    fading = _fading(elapsed)
    counts = [count * fading for count in _COUNTS.unpack(rhythm.counts)]
    for date in new:
        if date is not None and previous < date <= now:
            counts[hour_of_week(date)] += 1.0
        else:
            for hour, share in _spread(previous, now):
                counts[hour] += share
    weeks = rhythm.weeks * fading + _covered(elapsed)
    return _reckon(replace(rhythm, reckoned=now, weeks=weeks, window=window), counts)


def _fading(age: timedelta) -> float:
    return math.pow(0.5, age / _HALF_LIFE)


def _covered(length: timedelta) -> float:
    """Weeks, each moment weighing as much as an item of its age does."""
    lifetime = _HALF_LIFE / math.log(2)
    return (lifetime / _WEEK) * (1 - math.exp(-(length / lifetime)))


def _spread(since: datetime, until: datetime) -> Iterator[tuple[int, float]]:
    """The hours of the week between two moments, each with its share of that time; at most one whole week."""
    start = max(since, until - _WEEK)
    length = until - start
    if length <= timedelta(0):
        yield hour_of_week(until), 1.0
        return
    while start < until:
        end = min(until, start + _HOUR - (start - _EPOCH_MONDAY) % _HOUR)
        yield hour_of_week(start), (end - start) / length
        start = end


def _reckon(rhythm: Rhythm, counts: Sequence[float]) -> Rhythm:
    """The rhythm with these counts and the pace that follows from them."""
    pace = bytes(_level(math.sqrt(rate)) for rate in _rates(counts, rhythm.weeks))
    return replace(rhythm, counts=_COUNTS.pack(*(min(count, 60_000.0) for count in counts)), pace=pace)


def _average(total: float, weeks: float) -> float:
    return (total + _PRIOR_RATE * _PRIOR_HOURS) / (weeks * HOURS + _PRIOR_HOURS)


def _rates(counts: Sequence[float], weeks: float) -> list[float]:
    """Items per hour for every hour of the week."""
    total = sum(counts)
    average = _average(total, weeks)
    by_hour = _smooth([sum(counts[hour::24]) for hour in range(24)])
    by_day = [sum(counts[day * 24 : day * 24 + 24]) for day in range(7)]
    of_hour = [(count + _HOLD_HOUR_OF_DAY) / (total / 24 + _HOLD_HOUR_OF_DAY) for count in by_hour]
    of_day = [(count + _HOLD_WEEKDAY) / (total / 7 + _HOLD_WEEKDAY) for count in by_day]
    seen = _smooth(counts)
    return [
        (seen[hour] + _HOLD_HOUR_OF_WEEK * average * of_hour[hour % 24] * of_day[hour // 24])
        / (weeks + _HOLD_HOUR_OF_WEEK)
        for hour in range(HOURS)
    ]


def _smooth(counts: Sequence[float]) -> list[float]:
    """Each value with a quarter of either neighbour, round the clock."""
    last = len(counts) - 1
    return [
        (counts[place - 1] + 2 * count + counts[place + 1 if place < last else 0]) / 4
        for place, count in enumerate(counts)
    ]


def _level(value: float) -> int:
    if value <= _SLOWEST:
        return 0
    return min(_LEVELS - 1, round(math.log2(value / _SLOWEST) * _LEVELS_PER_DOUBLING))
