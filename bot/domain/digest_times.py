"""When a chat's daily digest comes: by its own clock, once a day at most, whatever the clock does. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.weekdays import EVERY_DAY

_LATEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class DigestMark:
    """How far a chat's digests have come: `day` is that of the last one (None: there was none yet), sent at `at`.

    Without a digest yet, `at` is when the chat began. `last_match` is the number of the newest match at that moment.
    """

    at: datetime
    day: date | None = None
    last_match: int = 0


@dataclass(frozen=True, slots=True)
class DigestTime:
    """At `at` on the chat's clock, on these weekdays; `chosen_at` is when the chat chose it (None: it never did)."""

    at: time = time(7)
    days: frozenset[int] = EVERY_DAY
    chosen_at: datetime | None = None

    def find_due(self, zone: ZoneInfo, mark: DigestMark, now: datetime) -> date | None:
        """The day whose digest is due, if one is; that of yesterday for twelve hours.

        The chat's clock and calendar decide: an hour that a change of the clock repeats comes once, one that it leaves
        out is not lost. An hour that had passed when it was chosen is for the next day.
        """
        today = now.astimezone(zone).date()
        for day in (today, today - timedelta(days=1)):
            waited = now - self._slot(day, zone)
            if timedelta(0) <= waited and (day == today or waited < _LATEST) and self._is_open(day, zone, mark):
                return day
        return None

    def next_at(self, zone: ZoneInfo, mark: DigestMark, now: datetime) -> datetime:
        """When the next digest comes; `now` if it is due."""
        if self.find_due(zone, mark, now):
            return now
        day = now.astimezone(zone).date()
        # A weekday comes round within a week, and no digest is marked for a day that lies far ahead.
        while self._slot(day, zone) <= now or not self._is_open(day, zone, mark):
            day += timedelta(days=1)
        return self._slot(day, zone)

    def _is_open(self, day: date, zone: ZoneInfo, mark: DigestMark) -> bool:
        """Whether that day has a digest which was not sent yet."""
        began = [moment for moment in (self.chosen_at, mark.at if mark.day is None else None) if moment]
        return (
            day.weekday() in self.days
            and (mark.day is None or mark.day < day)
            and all(moment < self._slot(day, zone) for moment in began)
        )

    def _slot(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, self.at, zone).astimezone(UTC)
