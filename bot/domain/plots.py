"""What pictures show, as plain numbers. Drawing them is left to an adapter; these records say all that it needs."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.matching.records import Priority


@dataclass(frozen=True, slots=True)
class DailyPlot:
    """Alerts by day and priority, stacked: `counts` holds one number a day for each priority that occurs."""

    title: str
    days: tuple[date, ...]
    counts: tuple[tuple[Priority, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class TrendPanel:
    """The stories of one list by day, with the band `low` to `high` around their usual number."""

    title: str
    counts: tuple[int, ...]
    usual: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TrendPlot:
    """One panel a list over the same days; the last `fresh` days are the ones that the picture is about."""

    title: str
    days: tuple[date, ...]
    fresh: int
    panels: tuple[TrendPanel, ...]


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """One report: who, when, and whether it has its news from another outlet of the story."""

    outlet: str
    at: datetime
    is_copy: bool


@dataclass(frozen=True, slots=True)
class TimelinePlot:
    """The reports of a story, oldest first, in the time zone of their moments."""

    title: str
    points: tuple[TimelinePoint, ...]


Plot = DailyPlot | TrendPlot | TimelinePlot
