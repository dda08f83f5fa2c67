"""Quiet hours of a chat: which cards wait until the morning, and until when. Pure; local time decides."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.weekdays import EVERY_DAY
from bot.matching.records import Priority

_TRUSTED = ("A", "B")


class Override(StrEnum):
    """What rings in quiet hours all the same: every critical alert, confirmed ones, or nothing."""

    CRITICAL = "critical"
    CONFIRMED = "confirmed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` to `ends` on the chat's clock, over midnight where `ends` is the earlier one.

    `days` are the weekdays on which they begin.
    """

    begins: time
    ends: time
    override: Override = Override.CRITICAL
    days: frozenset[int] = EVERY_DAY

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def find_end(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that `moment` falls into are over; None outside them."""
        local = moment.astimezone(zone)
        clock = local.time()
        over_midnight = self.ends < self.begins
        inside = clock >= self.begins or clock < self.ends if over_midnight else self.begins <= clock < self.ends
        if not inside:
            return None
        began = local.date() - timedelta(days=1) if over_midnight and clock < self.ends else local.date()
        if began.weekday() not in self.days:
            return None
        day = began + timedelta(days=1) if over_midnight else began
        end = datetime.combine(day, self.ends, zone)
        first, second = (end.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        # A clock that is put back shows the end twice, and between the two it is quiet again.
        return (second if first <= moment else first).astimezone(moment.tzinfo)

    def find_begin(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """When quiet hours began last, at `moment` or before."""
        local = moment.astimezone(zone)
        day = local.date() if local.time() >= self.begins else local.date() - timedelta(days=1)
        while day.weekday() not in self.days:
            day -= timedelta(days=1)
        return datetime.combine(day, self.begins, zone).astimezone(moment.tzinfo)

    def lets_through(self, priority: Priority, grade: str, origins: int = 1) -> bool:
        """Whether an alert of this priority may ring in quiet hours.

        What counts as confirmed comes from a source of reliability A or B, or from two `origins`.
        """
        if priority is not Priority.CRITICAL or self.override is Override.NONE:
            return False
        return self.override is Override.CRITICAL or grade in _TRUSTED or origins > 1
