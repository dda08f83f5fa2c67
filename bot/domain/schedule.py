"""When to poll: often where news is expected, seldom where it is not, within one budget over all feeds. Pure.

At a given number of polls the mean delay of all items is least when each feed is polled in proportion to the square
root of its rate (the sum of rate / pace under a fixed sum of paces). `Budget` holds the one factor between the
roots and polls per hour.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.rhythm import HOURS, Rhythm, hour_of_week, level_values

DEFAULT_POLLS_PER_FEED_HOUR = 4.0
# Publishers ask for at most one request every few minutes; a feed may be polled faster only on a private network.
POLITE_FLOOR = timedelta(minutes=5)
PRIVATE_FLOOR = timedelta(seconds=1)
# No feed waits longer than this many times the mean interval: the rare advisory matters as much as the busy wire.
_CEILING_FACTOR = 2.85
_LONGEST_CEILING = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_COUNTED_AT_ONCE = 500
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
# A document must not turn over between two polls: at most this share of its entries may be expected to be new.
_TURNOVER = 0.5


class Budget:
    """How many polls an hour all feeds together may cost, averaged over the week, and what follows for each.

    `polls_per_hour` None grants every feed four polls an hour on average. Feeds enter by their rhythm's pace.
    """

    def __init__(self, polls_per_hour: int | None = None) -> None:
        self._polls_per_hour = polls_per_hour
        self._levels: Counter[int] = Counter()
        self._feeds = 0
        self._factor: float | None = None
        self._exchanges = 0

    def replace_paces(self, paces: Iterable[bytes]) -> None:
        """Counts the feeds anew, by the paces of all of them."""
        deque(self.count_paces(paces), maxlen=0)

    def count_paces(self, paces: Iterable[bytes]) -> Iterator[None]:
        """As `replace_paces`, with a rest after every few hundred feeds; the old count holds until the end."""
        levels: Counter[int] = Counter()
        feeds = 0
        for pace in paces:
            levels.update(pace)
            feeds += 1
            if feeds % _COUNTED_AT_ONCE == 0:
                yield
        self._levels, self._feeds, self._factor = levels, feeds, None

    def exchange(self, old: bytes, new: bytes) -> None:
        """One feed has learned: its pace was `old` (empty: it is a feed more) and is `new`."""
        if old == new:
            return
        self._levels.subtract(old)
        self._levels.update(new)
        self._feeds += not old
        self._exchanges += 1

    @property
    def mean_interval(self) -> timedelta:
        """The time between two polls of a feed if all were polled alike."""
        if self._polls_per_hour is None or not self._feeds:
            return _HOUR / DEFAULT_POLLS_PER_FEED_HOUR
        return _HOUR * self._feeds / self._polls_per_hour

    @property
    def ceiling(self) -> timedelta:
        """The longest time between two polls of a feed."""
        return max(min(self.mean_interval * _CEILING_FACTOR, _LONGEST_CEILING), self._floor)

    @property
    def _floor(self) -> timedelta:
        """The shortest interval reckoned with. Only feeds on own networks can use up more than politeness allows."""
        return POLITE_FLOOR if self.mean_interval >= POLITE_FLOOR else PRIVATE_FLOOR

    @property
    def factor(self) -> float:
        """Polls per hour for each unit of a pace."""
        # Reckoning it takes as long as ten polls; what a twentieth of the feeds learned does not move it much.
        if self._factor is None or self._exchanges * 20 >= self._feeds:
            self._factor, self._exchanges = self._solve(), 0
        return self._factor

    def _solve(self) -> float:
        slowest, fastest = _HOUR / self.ceiling, _HOUR / self._floor
        wanted = min(max(_HOUR / self.mean_interval, slowest), fastest) * self._feeds * HOURS
        values = [(level_values()[level], count) for level, count in self._levels.items() if count > 0]
        low, high = 0.0, fastest / level_values()[0]
        for _ in range(40):
            middle = (low + high) / 2
            spent = sum(count * min(max(middle * value, slowest), fastest) for value, count in values)
            low, high = (middle, high) if spent < wanted else (low, middle)
        return high


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and longest time between two polls of one feed."""

    floor: timedelta
    ceiling: timedelta


def plan_next_poll(rhythm: Rhythm, *, now: datetime, factor: float, bounds: Bounds) -> datetime:
    """When the polls due since `now` add up to one."""
    left, moment = 1.0, now
    while True:
        speed = _polls_per_hour(rhythm, hour_of_week(moment), factor, bounds)
        until_next_hour = _HOUR - (moment - _EPOCH) % _HOUR
        share = speed * (until_next_hour / _HOUR)
        if share >= left:
            return moment + _HOUR * (left / speed)
        left -= share
        moment += until_next_hour


def expected_delay(rhythm: Rhythm, *, factor: float, bounds: Bounds) -> timedelta:
    """How long after its publication an item of the feed is found, on average."""
    weight = waited = 0.0
    for hour, level in enumerate(rhythm.pace):
        rate = level_values()[level] ** 2
        weight += rate
        waited += rate / (2 * _polls_per_hour(rhythm, hour, factor, bounds))
    return _HOUR * (waited / weight) if weight else bounds.ceiling / 2


def _polls_per_hour(rhythm: Rhythm, hour: int, factor: float, bounds: Bounds) -> float:
    root = level_values()[rhythm.pace[hour]] if rhythm.pace else 0.0
    wanted = max(factor * root, _HOUR / bounds.ceiling)
    if rhythm.window:
        wanted = max(wanted, root * root / (_TURNOVER * rhythm.window))
    return min(wanted, _HOUR / bounds.floor)
