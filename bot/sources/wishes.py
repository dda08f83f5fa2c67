"""Reads from a document how its publisher asks to be polled: ttl, skipHours, skipDays, sy:updatePeriod. Pure."""

import re
from datetime import timedelta

from bot.domain.wishes import LONGEST_WAIT, NO_WISHES, Wishes

# These elements belong to the channel, which begins the document; what stands further down is not looked at.
_HEAD = 32 * 1024
_FIRST_ENTRY = re.compile(rb"<(?:item|entry)[\s>]")
_TTL = re.compile(rb"<ttl>\s{0,20}([0-9]{1,9})\s{0,20}</ttl>")
_PERIOD = re.compile(rb"<sy:updatePeriod>\s{0,50}([a-zA-Z]{1,10})\s{0,50}</sy:updatePeriod>")
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s{0,50}([0-9]{1,6})\s{0,50}</sy:updateFrequency>")
_SKIPPED_HOURS = re.compile(rb"(?s)<skipHours>(.{0,2000}?)</skipHours>")
_SKIPPED_DAYS = re.compile(rb"(?s)<skipDays>(.{0,1000}?)</skipDays>")
_HOUR = re.compile(rb"<hour>\s{0,20}([0-9]{1,2})\s{0,20}</hour>")
_DAY = re.compile(rb"<day>\s{0,20}([A-Za-z]{3})[a-z]{0,6}\s{0,20}</day>")
_PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(weeks=1),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}
_DAYS = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")
_HOURS_A_DAY = 24


def read_wishes(body: bytes) -> Wishes:
    """What the document asks for, an interval no longer than a day; NO_WISHES where it asks for nothing."""
    head = body[:_HEAD]
    if entry := _FIRST_ENTRY.search(head):
        head = head[: entry.start()]
    if b"<ttl" not in head and b"<sy:update" not in head and b"<skip" not in head:
        return NO_WISHES
    intervals = [wait for wait in (_read_ttl(head), _read_period(head)) if wait]
    hours = {int(hour) % _HOURS_A_DAY for hour in _HOUR.findall(_find(_SKIPPED_HOURS, head))}
    days = {_DAYS.index(day) for name in _DAY.findall(_find(_SKIPPED_DAYS, head)) if (day := name.lower()) in _DAYS}
    # Whoever skips every hour or every day has misunderstood the element.
    return Wishes(
        min(max(intervals), LONGEST_WAIT) if intervals else None,
        tuple(sorted(hours)) if len(hours) < _HOURS_A_DAY else (),
        tuple(sorted(days)) if len(days) < len(_DAYS) else (),
    )


def _read_ttl(head: bytes) -> timedelta | None:
    ttl = _TTL.search(head)
    return timedelta(minutes=int(ttl[1])) if ttl else None


def _read_period(head: bytes) -> timedelta | None:
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    length = _PERIODS.get(period[1].lower()) if period else None
    times = int(frequency[1]) if frequency else 1
    return length / times if length and times else None


def _find(pattern: re.Pattern[bytes], head: bytes) -> bytes:
    found = pattern.search(head)
    return found[1] if found else b""
