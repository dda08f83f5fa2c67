"""How publishers ask to be polled, in their documents. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# No server and no document may silence a feed for longer than this; `ttl` is in minutes and often mistaken for seconds.
LONGEST_WAIT = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a document asks for: time between two polls, and hours and weekdays (0 is Monday), in UTC, without any.

    `ttl` and `skipHours` are RSS 2.0, `sy:updatePeriod` is the syndication module of RSS 1.0.
    """

    interval: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


NO_WISHES = Wishes()


def asked_wait(wishes: Wishes, answered: timedelta | None, now: datetime) -> timedelta | None:
    """How long after `now` the publisher asks not to be polled; None if it asks for nothing.

    `answered` is what the HTTP answer asked for. An hour or day to be skipped moves the moment to its end; together
    they never ask for more than a day.
    """
    asked = max((wait for wait in (wishes.interval, answered) if wait), default=None)
    if asked is None and not wishes.skip_hours and not wishes.skip_days:
        return None
    latest = now + LONGEST_WAIT
    moment = min(now + (asked or timedelta(0)), latest)
    while moment < latest and (moment.hour in wishes.skip_hours or moment.weekday() in wishes.skip_days):
        moment = min(moment.replace(minute=0, second=0, microsecond=0) + _HOUR, latest)
    return moment - now if moment > now else None
