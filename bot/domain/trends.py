"""The week of every list beside its earlier weeks: how many stories, what is usual, how it ranks. Pure."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from bot.domain.language import tr, trn
from bot.domain.messages import isolate
from bot.domain.plots import TrendPanel, TrendPlot
from bot.domain.told import RungStory
from bot.domain.wording import month_name, short_date

WEEKS = 8
_WEEK = timedelta(days=7)
_DAYS = 7 * WEEKS
_MOST_PANELS = 5
_FEWEST_RANKED = 8  # earlier weeks, so that a rank says something
_RANKS = 3
_NEARLY_A_YEAR = timedelta(days=330)


@dataclass(frozen=True, slots=True)
class ListTrend:
    """One list: its stories by day over eight weeks, newest last; this week's number, and the weeks before it.

    `earlier` are all complete weeks since the first story of any list, newest first; `since` is when they begin.
    """

    list_id: str
    title: str
    counts: tuple[int, ...]
    earlier: tuple[int, ...]
    since: date

    @property
    def stories(self) -> int:
        """Stories of the week."""
        return sum(self.counts[-7:])

    @property
    def norm(self) -> float | None:
        """The median of the eight weeks before; None where there was none."""
        return statistics.median(self.earlier[:WEEKS]) if self.earlier else None


def build_trends(rung: Sequence[RungStory], lists: Mapping[str, str], day: date, zone: tzinfo) -> tuple[ListTrend, ...]:
    """The trends of the seven days before `day`, those with the most stories first; lists that never rang are left out.

    `lists` are titles by id.
    """
    days: dict[str, Counter[int]] = defaultdict(Counter)
    for story in rung:
        age = (day - story.at.astimezone(zone).date()).days - 1  # 0 is the last day of the week
        if age >= 0:
            days[story.watchlist][age] += 1
    oldest = max((max(ages) for ages in days.values() if ages), default=0)
    weeks = (oldest + 1) // 7  # complete ones, this week included
    trends = [
        ListTrend(
            list_id=list_id,
            title=title,
            counts=tuple(days[list_id][age] for age in reversed(range(_DAYS))),
            earlier=tuple(sum(days[list_id][7 * week + age] for age in range(7)) for week in range(1, max(weeks, 1))),
            since=day - max(weeks, 1) * _WEEK,
        )
        for list_id, title in lists.items()
        if list_id in days
    ]
    return tuple(sorted(trends, key=lambda trend: (-trend.stories, -sum(trend.counts), trend.title)))


def trend_words(trend: ListTrend, day: date) -> str:
    """`Tajik-Afghan border: 12 stories, norm 5; the third highest week since March.`"""
    stories = trn("{count} story", "{count} stories", trend.stories)
    head = tr("{list}: {stories}", list=isolate(trend.title), stories=stories)
    if trend.norm is None:
        return tr("{head}, no norm yet.", head=head)
    head = tr("{head}, norm {norm}", head=head, norm=_number(trend.norm))
    rank = 1 + sum(count > trend.stories for count in trend.earlier)
    if rank > _RANKS or len(trend.earlier) < _FEWEST_RANKED or trend.stories <= trend.norm:
        return f"{head}."
    month = month_name(trend.since.month)
    since = f"{month} {trend.since.year}" if day - trend.since > _NEARLY_A_YEAR else month
    return {
        1: tr("{head}; the highest week since {since}.", head=head, since=since),
        2: tr("{head}; the second highest week since {since}.", head=head, since=since),
        3: tr("{head}; the third highest week since {since}.", head=head, since=since),
    }[rank]


def build_trend_plot(trends: Iterable[ListTrend], day: date) -> TrendPlot:
    """Eight weeks of the lists with the most stories this week."""
    shown = tuple(trend for trend in trends if any(trend.counts))[:_MOST_PANELS]
    first = day - timedelta(days=_DAYS)
    days = tuple(first + timedelta(days=place) for place in range(_DAYS))
    title = tr("Stories a day, {first} - {last}", first=short_date(days[0]), last=short_date(days[-1]))
    return TrendPlot(title, days, 7, tuple(_panel(trend) for trend in shown))


def _panel(trend: ListTrend) -> TrendPanel:
    """The band is the median of the days and their median absolute deviation on either side."""
    usual = statistics.median(trend.counts)
    spread = statistics.median(abs(count - usual) for count in trend.counts)
    return TrendPanel(trend.title, trend.counts, usual, max(usual - spread, 0), usual + spread)


def _number(value: float) -> str:
    return f"{value:g}" if value == int(value) else f"{value:.1f}"
