"""For how long something is muted, as people write it: `8h`, `7d`, `until:2026-11-30T07:00`, `forever`. Pure."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.language import tr
from bot.domain.wording import short_time, short_weekday

HOW_LONG = "1h 8h 1d 7d forever"
_FOREVER = frozenset({"forever", "inf"})
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DURATION = re.compile(r"([0-9]{1,3})([mhdw])")
_UNTIL = "until:"


def is_duration(text: str) -> bool:
    """Whether a word says for how long."""
    word = text.casefold()
    return word in _FOREVER or word.startswith(_UNTIL) or _DURATION.fullmatch(word) is not None


def read_until(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of a duration that begins now, or of `until:` a local date and time; None for `forever`.

    Raises ValueError for what is no duration, and for an end that lies behind.
    """
    word = text.casefold()
    if word in _FOREVER:
        return None
    found = _DURATION.fullmatch(word)
    if found:
        until = now + int(found[1]) * _UNITS[found[2]]
    elif word.startswith(_UNTIL):
        local = datetime.fromisoformat(word.removeprefix(_UNTIL).upper())
        until = (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(now.tzinfo)
    else:
        raise ValueError(tr("“{word}” is no duration", word=text[:20]))
    if until <= now:
        raise ValueError(tr("that end lies behind"))
    return until


def until_words(until: datetime, zone: ZoneInfo) -> str:
    """`Wed 25 Nov 07:10`."""
    return f"{short_weekday(until.astimezone(zone).weekday())} {short_time(until, zone)}"
