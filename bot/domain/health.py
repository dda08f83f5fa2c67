"""How well a feed is, judged at every poll, and when a change is worth telling. Pure.

A state must hold for two checks before anyone is told of it (three for a feed that is gone), and a recovery as well.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.items import Item
from bot.domain.language import later, tr
from bot.domain.rhythm import Rhythm
from bot.errors import FeedError, FetchProblem

_QUIET_AT_LEAST = timedelta(days=3)
_QUIET_GAPS = 5
_SLOW = timedelta(hours=2)
_LEAST_LATENESS = 10
_MOST_LATENESS = 20
_LONGEST_LATENESS = 2**16 - 1  # minutes; two bytes are kept
_STUCK_CHANGES = 3
_HTTP_NOT_FOUND = 404


class Health(StrEnum):
    """The state of a feed; the value is stored and shown."""

    OK = "ok"
    SLOW = "slow"
    QUIET = "quiet"
    EMPTY = "empty"
    NOT_A_FEED = "not a feed"
    BLOCKED = "blocked"
    GONE = "gone"
    UNDATED = "undated"
    STUCK = "stuck"
    ERROR = "error"

    @property
    def is_deaf(self) -> bool:
        """Whether nothing new can come from a feed in this state."""
        return self in _DEAF

    @property
    def words(self) -> str:
        """What is wrong, as said to people."""
        return tr(_WORDS[self])

    @property
    def advice(self) -> str:
        """What to do about it; empty where the failed poll says it better."""
        return tr(_ADVICE[self]) if self in _ADVICE else ""


_DEAF = frozenset({Health.EMPTY, Health.NOT_A_FEED, Health.BLOCKED, Health.GONE, Health.STUCK, Health.ERROR})
_WORDS = {
    Health.OK: later("well"),
    Health.SLOW: later("lists its items more than 2 h after it dates them"),
    Health.QUIET: later("nothing new for unusually long"),
    Health.EMPTY: later("an empty feed"),
    Health.NOT_A_FEED: later("web page instead of feed"),
    Health.BLOCKED: later("the site refuses bots"),
    Health.GONE: later("the feed is gone"),
    Health.UNDATED: later("no dates in the feed"),
    Health.STUCK: later("the same newest item again and again, with new dates"),
    Health.ERROR: later("cannot be read"),
}
_ADVICE = {
    Health.SLOW: later("Its alerts come as early as they can."),
    Health.QUIET: later("Look at the outlet's site: it may have stopped, or moved its feed."),
    Health.EMPTY: later("Look for the feed's new address on the outlet's site."),
    Health.UNDATED: later("Its items count as published when they are first seen."),
    Health.STUCK: later("Look at the outlet's site: it may publish newer items elsewhere."),
}
_OF_PROBLEM = {
    FetchProblem.NOT_A_FEED: Health.NOT_A_FEED,
    FetchProblem.BOT_WALL: Health.BLOCKED,
    FetchProblem.BLOCKED: Health.BLOCKED,
    FetchProblem.UNAUTHORISED: Health.BLOCKED,
    FetchProblem.RATE_LIMITED: Health.BLOCKED,
    FetchProblem.GONE: Health.GONE,
}
_CHECKS_TO_TELL = {Health.GONE: 3}
_CHECKS_TO_TELL_OTHERS = 2
_MOST_CHECKS = 3


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is remembered to judge a feed's health.

    `state` has held for `checks` polls (counted to three) since `since`; `told` is the state that people know of.
    `document` is what the last document that was read says (ok, empty or undated). `lateness` are minutes by which the
    last twenty items came later than the poll that should have found them. `newest` and `newest_date` are of
    the newest entry, whose date changed `redated` times while nothing new came.
    """

    since: datetime
    state: Health = Health.OK
    checks: int = 0
    told: Health = Health.OK
    document: Health = Health.OK
    lateness: tuple[int, ...] = ()
    newest: str = ""
    newest_date: datetime | None = None
    redated: int = 0


@dataclass(frozen=True, slots=True)
class HealthChange:
    """A state that held long enough to be told. `since` is when it began, `before` what was told last."""

    feed_id: str
    before: Health
    now: Health
    since: datetime


def read_document(
    pulse: Pulse, items: Sequence[Item], new: Sequence[Item], *, left_out: int, previous: datetime | None
) -> Pulse:
    """The pulse after a document was read: `items` newest last, of which `new` were not seen before.

    `previous` is the successful poll before, None at the first.
    """
    document = pulse.document
    if not items and not left_out:
        document = Health.EMPTY
    elif not left_out:
        document = Health.OK if any(item.published for item in items) else Health.UNDATED
    elif document is Health.EMPTY or any(item.published for item in items):
        document = Health.OK
    lateness = pulse.lateness
    if previous is not None:
        late = [_minutes_late(item, previous) for item in new if item.published and not item.baseline]
        lateness = (*lateness, *late)[-_MOST_LATENESS:]
    return _watch_newest(replace(pulse, document=document, lateness=lateness), items, left_out)


def _minutes_late(item: Item, previous: datetime) -> int:
    """How long the item was published and not listed: our own wait until the next poll is not the feed's fault."""
    assert item.published is not None
    return min(max((previous - item.published) // timedelta(minutes=1), 0), _LONGEST_LATENESS)


def _watch_newest(pulse: Pulse, items: Sequence[Item], left_out: int) -> Pulse:
    if not items:
        return pulse
    newest = items[-1]
    if newest.key == pulse.newest:
        redated = pulse.redated + (newest.published != pulse.newest_date)
        return replace(pulse, newest_date=newest.published, redated=min(redated, _STUCK_CHANGES))
    if left_out:  # only what changed is here; the newest may be among what did not
        return replace(pulse, redated=0)
    return replace(pulse, newest=newest.key, newest_date=newest.published, redated=0)


def judge_success(pulse: Pulse, rhythm: Rhythm | None, *, now: datetime, last_new: datetime | None) -> Health:
    """The state of a feed that answered. `last_new` is when it last had something new, or was first read."""
    if pulse.document is Health.EMPTY:
        return Health.EMPTY
    if pulse.redated >= _STUCK_CHANGES:
        return Health.STUCK
    # Most feeds had news lately, and their calm need not be reckoned.
    calm = now - last_new if last_new is not None else timedelta(0)
    if calm > _QUIET_AT_LEAST and calm > longest_calm(rhythm):
        return Health.QUIET
    if pulse.document is Health.UNDATED:
        return Health.UNDATED
    enough = len(pulse.lateness) >= _LEAST_LATENESS
    if enough and timedelta(minutes=statistics.quantiles(pulse.lateness, n=10)[-1]) > _SLOW:
        return Health.SLOW
    return Health.OK


def longest_calm(rhythm: Rhythm | None) -> timedelta:
    """How long a feed may be without news before that is unusual: five of its gaps, three days at least."""
    if rhythm is None:
        return _QUIET_AT_LEAST
    return max(_QUIET_AT_LEAST, _QUIET_GAPS * timedelta(hours=1 / rhythm.rate))


def judge_failure(error: FeedError) -> Health:
    """The state of a feed that could not be read."""
    if error.problem is FetchProblem.HTTP and error.status == _HTTP_NOT_FOUND:
        return Health.GONE
    return _OF_PROBLEM.get(error.problem, Health.ERROR)


def check(pulse: Pulse, state: Health, feed_id: str, now: datetime) -> tuple[Pulse, HealthChange | None]:
    """The pulse after one more check found `state`, and the change to tell if it has held long enough."""
    if state is pulse.state:
        if pulse.checks < _MOST_CHECKS:
            pulse = replace(pulse, checks=pulse.checks + 1)
    else:
        pulse = replace(pulse, state=state, checks=1, since=now)
    needed = _CHECKS_TO_TELL.get(state, _CHECKS_TO_TELL_OTHERS)
    if state is pulse.told or pulse.checks < needed:
        return pulse, None
    change = HealthChange(feed_id, pulse.told, state, pulse.since)
    return replace(pulse, told=state), change
