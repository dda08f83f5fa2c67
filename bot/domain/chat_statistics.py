"""Statistics of what a chat was told: by day and priority, how much was grouped away, how fast it was. Pure."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bot.domain.plots import DailyPlot
from bot.domain.precision import Precision
from bot.domain.told import SeenDelay, ToldAlert
from bot.domain.triage import Response
from bot.domain.wording import short_date
from bot.matching.records import Priority

LEAST_ALERTS = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 90th percentile of some durations."""

    median: timedelta
    p90: timedelta
    count: int


@dataclass(frozen=True, slots=True)
class FeedDelays:
    """How fast the items of a feed are: from publication to first sight, and from there to the chat."""

    outlet: str
    seen: Spread | None
    sent: Spread | None


@dataclass(frozen=True, slots=True)
class ChatStatistics:
    """What a chat was told between two days, both included.

    `days` holds one number a day for each priority that occurs, loudest first. `repeats` counts the reports that made
    no message of their own. `feeds` are those that brought alerts, those with the most first. `response` is the time
    from an alert to the person who took it in hand, None where nobody did. `began` is the time of the first alert.
    """

    first: date
    last: date
    days: tuple[tuple[Priority, tuple[int, ...]], ...]
    alerts: int
    stories: int
    repeats: int
    by_list: tuple[tuple[str, int], ...]
    feeds: tuple[FeedDelays, ...]
    response: Spread | None
    began: datetime | None = None
    precision: tuple[Precision, ...] = ()
    mutes: tuple[str, ...] = ()

    @property
    def totals(self) -> tuple[int, ...]:
        """All alerts by day."""
        return tuple(map(sum, zip(*(counts for _, counts in self.days), strict=True)))

    @property
    def dates(self) -> tuple[date, ...]:
        """The days, oldest first."""
        return tuple(self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1))


def build_statistics(
    told: Sequence[ToldAlert],
    *,
    since: datetime,
    now: datetime,
    zone: tzinfo,
    delays: Iterable[SeenDelay],
    responses: Iterable[Response],
    outlets: Mapping[str, str],
) -> ChatStatistics:
    """The statistics of `told`; `outlets` are the names of feeds by their ids."""
    first, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    stories = {one.story_id: one.reports for one in told}
    alert_ids = {one.alert_id for one in told}
    return ChatStatistics(
        first=first,
        last=last,
        days=_by_day(told, first, last, zone),
        alerts=len(told),
        stories=len(stories),
        repeats=sum(stories.values()) - len(stories),
        by_list=tuple(Counter(name for one in told for name in sorted(one.lists)).most_common()),
        feeds=_by_feed(told, delays, outlets),
        began=told[0].at if told else None,
        response=build_spread([one.took for one in responses if one.alert_id in alert_ids]),
    )


def build_daily_plot(figures: ChatStatistics) -> DailyPlot:
    """The alerts by day as a picture."""
    title = f"Alerts, {short_date(figures.first)} - {short_date(figures.last)}"
    return DailyPlot(title, figures.dates, figures.days)


def build_spread(durations: Sequence[timedelta]) -> Spread | None:
    """Median and p90; None of nothing."""
    if not durations:
        return None
    ordered = sorted(durations)
    # The nearest rank: of nine or fewer it is the longest.
    p90 = ordered[-(-len(ordered) * 9 // 10) - 1]
    median = statistics.median(one.total_seconds() for one in ordered)
    return Spread(timedelta(seconds=median), p90, len(ordered))


def _by_day(
    told: Iterable[ToldAlert], first: date, last: date, zone: tzinfo
) -> tuple[tuple[Priority, tuple[int, ...]], ...]:
    counts = Counter((one.priority, (one.at.astimezone(zone).date() - first).days) for one in told)
    length = (last - first).days + 1
    return tuple(
        (priority, tuple(counts[priority, day] for day in range(length)))
        for priority in sorted(Priority, reverse=True)
        if any(known is priority for known, _ in counts)
    )


def _by_feed(
    told: Iterable[ToldAlert], delays: Iterable[SeenDelay], outlets: Mapping[str, str]
) -> tuple[FeedDelays, ...]:
    seen: dict[str, list[timedelta]] = defaultdict(list)
    for one in delays:
        seen[one.feed_id].append(max(one.delay, timedelta(0)))
    sent: dict[str, list[timedelta]] = defaultdict(list)
    alerts: Counter[str] = Counter()
    for alert in told:
        alerts[alert.feed_id] += 1
        if alert.sent_after is not None:
            sent[alert.feed_id].append(max(alert.sent_after, timedelta(0)))
    return tuple(
        FeedDelays(outlets.get(feed_id, feed_id), build_spread(seen[feed_id]), build_spread(sent[feed_id]))
        for feed_id, _ in alerts.most_common()
    )
