"""How long news waits to be found, at equal numbers of polls: Tocsin's schedule against others, in simulation.

    python -m benchmarks.schedule [--seeds 101 102 103] [--minutes 60] [--feeds 100]

Made-up feeds publish for 28 days: rates log-normal, timetables in many time zones, weekends, bulletins at fixed
hours, bursts of follow-ups, one feed in five dormant, three in ten without dates. The second fortnight is scored.
Every schedule spends the same number of polls: Tocsin's own budget is set, its polls are counted, and the free
factor of each rival is fitted until it spends as many. `oracle` knows every feed's true rate for each hour.
"""

import argparse
import heapq
import math
import random
import statistics
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.rhythm import HOURS, Rhythm, learn, new_rhythm
from bot.domain.schedule import POLITE_FLOOR, Bounds, Budget, plan_next_poll

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 28
SCORED_FROM = 14 * 24.0  # hours
END = DAYS * 24.0
FLOOR_HOURS = POLITE_FLOOR / HOUR
DAY_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Publisher:
    """A made-up feed: true rate per hour of the week, and the hours at which its items came."""

    rates: tuple[float, ...]
    items: tuple[float, ...]
    dated: bool


def build_publishers(seed: int, feeds: int) -> list[Publisher]:
    """Feeds with timetables and what they published, the same for the same seed."""
    chance = random.Random(seed)
    return [_build_publisher(chance) for _ in range(feeds)]


def _build_publisher(chance: random.Random) -> Publisher:
    per_day = 0.03 if chance.random() < 0.2 else min(chance.lognormvariate(math.log(6.0), 1.9), 400.0)
    zone = chance.choice((-5, 0, 1, 3, 4, 5, 5, 5, 6, 8))
    kind = chance.choice(("office", "office", "round the clock", "bulletin", "day"))
    weekend = chance.choice((0.1, 0.3, 0.6, 1.0))
    bulletins = {chance.randrange(6, 22) for _ in range(chance.randrange(1, 4))}
    shape = []
    for hour in range(HOURS):
        local, day = (hour + zone) % 24, (hour + zone) // 24 % 7
        weight = {
            "office": 1.0 if 8 <= local < 19 else 0.06,
            "day": 0.15 + max(0.0, math.sin((local - 5) / 17 * math.pi)) if 5 <= local < 22 else 0.1,
            "round the clock": 1.0 + 0.4 * math.sin((local - 8) / 24 * 2 * math.pi),
            "bulletin": 1.0 if local in bulletins else 0.02,
        }[kind]
        shape.append(weight * (weekend if day >= 5 else 1.0))
    follow_ups = chance.choice((0.0, 0.2, 0.5))
    scale = per_day * 7 / sum(shape)
    items = []
    for hour in range(DAYS * 24):
        for _ in range(_poisson(chance, shape[hour % HOURS] * scale / (1 + follow_ups))):
            moment = hour + chance.random()
            items.append(moment)
            while chance.random() < follow_ups / (1 + follow_ups):
                moment += chance.expovariate(4.0)
                items.append(moment)
    rates = tuple(weight * scale for weight in shape)
    return Publisher(rates, tuple(sorted(moment for moment in items if moment < END)), chance.random() < 0.7)


def _poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


@dataclass(slots=True)
class Result:
    """Polls and delays (minutes) of the second fortnight."""

    polls: int
    delays: list[list[float]]

    @property
    def mean(self) -> float:
        """Over all items."""
        return statistics.fmean([delay for one in self.delays for delay in one])

    def feed_quantile(self, share: float) -> float:
        """Of the feeds' mean delays."""
        means = sorted(statistics.fmean(one) for one in self.delays if one)
        return means[min(len(means) - 1, int(share * len(means)))]

    @property
    def slowest(self) -> float:
        """The mean delay of the slowest twentieth of the feeds that published."""
        means = sorted((statistics.fmean(one) for one in self.delays if one), reverse=True)
        return statistics.fmean(means[: max(1, len(means) // 20)])


Schedule = Callable[[int, float, float, list[float]], float]
"""Feed number, time of the poll before, now, new items -> time of the next poll. All times in hours."""


def simulate(publishers: list[Publisher], schedule: Schedule, seed: int) -> Result:
    """Polls all feeds to the end, in the order of their times. First polls are spread over an hour."""
    chance = random.Random(seed)
    polls = 0
    delays: list[list[float]] = [[] for _ in publishers]
    places = [0] * len(publishers)
    before = [0.0] * len(publishers)
    due = [(chance.random(), number) for number in range(len(publishers))]
    heapq.heapify(due)
    while due[0][0] < END:
        now, number = due[0]
        items = publishers[number].items
        until = bisect_right(items, now)
        new = list(items[places[number] : until])
        if now >= SCORED_FROM:
            polls += 1
            delays[number] += [(now - item) * 60 for item in new if item >= SCORED_FROM]
        heapq.heapreplace(due, (schedule(number, before[number], now, new), number))
        before[number], places[number] = now, until
    return Result(polls, delays)


def fixed(hours: float) -> Schedule:
    """The same interval for everybody."""
    return lambda _number, _before, now, _new: now + hours


def halve_on_news(factor: float) -> Schedule:
    """Half the interval after news, a tenth more after none where `factor` is 1; more of it grows more slowly."""
    intervals: dict[int, float] = {}

    def schedule(number: int, _before: float, now: float, new: list[float]) -> float:
        interval = intervals.get(number, 1.0) * (0.5 if new else 1 + 0.1 / factor)
        intervals[number] = min(max(interval, FLOOR_HOURS), DAY_HOURS)
        return now + intervals[number]

    return schedule


def entry_frequency(factor: float) -> Schedule:
    """Miniflux's `entry_frequency`: a week divided by the entries of the last week, five minutes to a day.

    https://miniflux.app/docs/configuration.html (POLLING_SCHEDULER, SCHEDULER_ENTRY_FREQUENCY_FACTOR).
    """
    seen: dict[int, list[float]] = {}

    def schedule(number: int, _before: float, now: float, new: list[float]) -> float:
        recent = seen.setdefault(number, [])
        recent += new
        recent[:] = [item for item in recent if item > now - HOURS]
        interval = HOURS / (len(recent) * factor) if recent else DAY_HOURS
        return now + min(max(interval, FLOOR_HOURS), DAY_HOURS)

    return schedule


def oracle(publishers: list[Publisher], factor: float) -> Schedule:
    """The root of the true rate of each hour of the week, within the bounds that Tocsin keeps."""
    roots = [[math.sqrt(rate) for rate in publisher.rates] for publisher in publishers]

    def schedule(number: int, _before: float, now: float, _new: list[float]) -> float:
        left = 1.0
        while True:
            speed = min(max(factor * roots[number][int(now) % HOURS], 1 / DAY_HOURS), 1 / FLOOR_HOURS)
            room = int(now) + 1 - now
            if speed * room >= left:
                return now + left / speed
            left -= speed * room
            now = int(now) + 1.0

    return schedule


def tocsin(publishers: list[Publisher], minutes: float) -> Schedule:
    """The product's own rhythm and budget."""
    budget = Budget(round(len(publishers) * 60 / minutes))
    rhythms: dict[int, Rhythm] = {}
    first = [new_rhythm(START) for _ in publishers]
    budget.replace_paces(rhythm.pace for rhythm in first)
    solved = [-1.0, 0.0]

    def schedule(number: int, before: float, now: float, new: list[float]) -> float:
        moment, previous = START + now * HOUR, START + before * HOUR
        known = rhythms.get(number) or first[number]
        dates = [START + item * HOUR if publishers[number].dated else None for item in new]
        rhythm = learn(known, now=moment, previous=previous, new=dates)
        budget.exchange(known.pace, rhythm.pace)
        rhythms[number] = rhythm
        if abs(now - solved[0]) > 1:
            solved[:] = [now, budget.factor]
        bounds = Bounds(POLITE_FLOOR, budget.ceiling)
        next_poll = plan_next_poll(rhythm, now=moment, factor=solved[1], bounds=bounds)
        return (next_poll - START) / HOUR

    return schedule


def fit(build: Callable[[float], Schedule], publishers: list[Publisher], polls: int, seed: int) -> Result:
    """The rival at the factor that spends as many polls; more of the factor must mean more polls."""
    low, high = 1e-3, 1e3
    result = simulate(publishers, build(1.0), seed)
    for _ in range(16):
        middle = math.sqrt(low * high)
        result = simulate(publishers, build(middle), seed)
        if abs(result.polls - polls) < polls / 500:
            break
        low, high = (middle, high) if result.polls < polls else (low, middle)
    return result


def compare(seed: int, minutes: float, feeds: int) -> dict[str, Result]:
    """Every schedule on the feeds of one seed."""
    publishers = build_publishers(seed, feeds)
    own = simulate(publishers, tocsin(publishers, minutes), seed)
    hours = (END - SCORED_FROM) * feeds / own.polls
    return {
        "fixed interval": simulate(publishers, fixed(hours), seed),
        "miniflux entry_frequency": fit(entry_frequency, publishers, own.polls, seed),
        "halve on news": fit(halve_on_news, publishers, own.polls, seed),
        "tocsin": own,
        "oracle": fit(lambda factor: oracle(publishers, factor), publishers, own.polls, seed),
    }


def main() -> None:
    """Prints one table per seed and the ratios asked for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    arguments.add_argument("--minutes", type=float, default=60.0, help="mean time between two polls of a feed")
    arguments.add_argument("--feeds", type=int, default=100)
    given = arguments.parse_args()
    for seed in given.seeds:
        results = compare(seed, given.minutes, given.feeds)
        base, best = results["fixed interval"], results["oracle"]
        print(f"seed {seed}: {given.feeds} feeds, a poll every {given.minutes:g} min and feed (minutes of delay)")
        for name, result in results.items():
            print(
                f"  {name:26} polls {result.polls:7,}  mean {result.mean:6.1f}  feeds: median "
                f"{result.feed_quantile(0.5):6.1f}  p95 {result.feed_quantile(0.95):7.1f}  slowest 5 % "
                f"{result.slowest:7.1f}"
            )
        own = results["tocsin"]
        spent = own.polls * given.minutes / 60 / (given.feeds * (END - SCORED_FROM))
        print(
            f"  tocsin: {own.mean / base.mean:.2f}x of fixed, {own.mean / best.mean:.2f}x of the oracle, slowest 5 % "
            f"of feeds {own.slowest / base.slowest:.1f}x of fixed; {spent:.2f} of the budget spent"
        )


if __name__ == "__main__":
    main()
