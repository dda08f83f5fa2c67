"""Feeds, what is known about them between polls, and when to poll next. Pure: the clock is passed in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.health import Health, Pulse
from bot.domain.language import later, retold
from bot.domain.push import PUSH_FLOOR, Push, stretch
from bot.domain.rhythm import Rhythm, new_rhythm
from bot.domain.schedule import POLITE_FLOOR, PRIVATE_FLOOR, Bounds, Budget, expected_delay, plan_next_poll
from bot.errors import FeedError, FetchProblem

EXILE = "exile"
BACKOFF_CEILING = timedelta(hours=6)
PAUSE_WHEN_GONE = timedelta(days=1)
# No publisher may silence a feed for longer than this with one header.
LONGEST_WAIT = timedelta(days=1)
NETWORK_PROBE = timedelta(minutes=1)


class FeedOrigin(StrEnum):
    """Where a feed's entry was made, so that a file's feeds can be synchronised without touching the others."""

    FILE = "file"
    CHAT = "chat"
    COMMAND_LINE = "command_line"


@dataclass(frozen=True, slots=True)
class Feed:
    """A polled address and what is known about its outlet.

    `grade` is the Admiralty reliability letter A-F of the outlet, `owner` who controls it
    (independent, exile, public, state, intergov, ngo, thinktank, vendor, gov), `origin_group` the one
    voice several feeds share, `boilerplate` phrases on every page of the outlet, `interval` a wish
    that `plan_due` bounds.
    """

    id: str
    url: str
    outlet: str
    lang: str = ""
    country: str = ""
    owner: str = ""
    grade: str = "F"
    origin_group: str = ""
    topics: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    interval: timedelta | None = None
    enabled: bool = True
    note: str = ""
    origin: FeedOrigin = FeedOrigin.FILE
    added_by: str = ""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the last polls of one feed left behind. `problem` is empty when the last poll succeeded.

    `baselined` is false until a first successful poll recorded what was already there.
    `problem_since` is when the present row of failures began.
    """

    feed_id: str
    next_due: datetime
    etag: str = ""
    last_modified: str = ""
    last_poll: datetime | None = None
    last_success: datetime | None = None
    last_new_item: datetime | None = None
    baselined: bool = False
    failures: int = 0
    problem: str = ""
    problem_text: str = ""
    problem_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed together with its state, how many of its items the archive holds, and what its polls taught.

    `rhythm` and `pulse` are None until it was polled, `push` is None unless it names a hub that was asked.
    """

    feed: Feed
    state: FeedState
    items: int = 0
    rhythm: Rhythm | None = None
    pulse: Pulse | None = None
    push: Push | None = None


def plan_due(status: FeedStatus, *, now: datetime, budget: Budget, private: bool, wait: timedelta | None) -> datetime:
    """When to poll again a feed that answered: its own interval where it has one, else by its rhythm and its hub.

    Never before the server or the document asked for, which is what `wait` says. `private` says that the feed lives on
    one of the operator's own networks, where politeness to strangers does not apply.
    """
    bounds = bounds_of(budget, private=private)
    if status.feed.interval is not None:
        due = now + max(status.feed.interval, bounds.floor)
    else:
        rhythm = status.rhythm or new_rhythm(now)
        due = stretch(plan_next_poll(rhythm, now=now, factor=budget.factor, bounds=bounds), status.push, now)
    return max(due, now + min(wait or timedelta(0), LONGEST_WAIT))


def bounds_of(budget: Budget, *, private: bool = False) -> Bounds:
    """The shortest and longest time between two polls of a feed."""
    return Bounds(PRIVATE_FLOOR if private else POLITE_FLOOR, budget.ceiling)


def delay_of(status: FeedStatus, budget: Budget, *, now: datetime, private: bool = False) -> timedelta:
    """How long after its publication an item of the feed is found, on average."""
    if status.push is not None and status.push.is_reliable(now):
        return PUSH_FLOOR
    bounds = bounds_of(budget, private=private)
    if status.feed.interval is not None:
        return max(status.feed.interval, bounds.floor) / 2
    rhythm = status.rhythm or new_rhythm(status.state.next_due)
    return expected_delay(rhythm, factor=budget.factor, bounds=bounds)


def after_success(
    state: FeedState, *, now: datetime, next_due: datetime, etag: str, last_modified: str, new_items: int
) -> FeedState:
    """The state after a poll that was answered (new content or 304)."""
    return FeedState(
        state.feed_id,
        next_due,
        etag,
        last_modified,
        last_poll=now,
        last_success=now,
        last_new_item=now if new_items else state.last_new_item,
        baselined=True,
    )


def after_failure(
    state: FeedState, error: FeedError, *, now: datetime, interval: timedelta, jitter: float
) -> FeedState:
    """The state after a failed poll: exponential back-off to six hours, a server's Retry-After never undercut.

    `jitter` in [0, 1) spreads feeds that failed together. Validators and the baseline are kept.
    """
    failures = state.failures + 1
    if error.problem is FetchProblem.GONE:
        wait = PAUSE_WHEN_GONE
    else:
        wait = min(interval * 2 ** min(failures - 1, 10), max(BACKOFF_CEILING, interval))
        wait = wait * (1 + jitter / 4)
    return replace(
        state,
        next_due=now + max(wait, error.retry_after or timedelta(0)),
        last_poll=now,
        failures=failures,
        problem=error.problem.value,
        problem_text=error.words,
        problem_since=state.problem_since or now,
    )


def after_silence(state: FeedState, *, now: datetime, jitter: float) -> FeedState:
    """The state after a poll that failed because the network is down: nothing is held against the feed."""
    return replace(state, next_due=now + NETWORK_PROBE * (1 + jitter), last_poll=now)


# What `health_word` can say, for the catalogues.
HEALTH_WORDS = (
    later("off"), later("new"), later("ok"), later("slow"), later("quiet"), later("empty"), later("not a feed"),
    later("blocked"), later("gone"), later("undated"), later("stuck"), later("unreachable"), later("timeout"),
    later("tls"), later("refused address"), later("bad url"), later("redirects"), later("too large"),
    later("unauthorised"), later("rate limited"), later("server error"), later("http"), later("bot wall"),
    later("broken"), later("parser killed"),
)  # fmt: skip


def health_word(status: FeedStatus) -> str:
    """A word or two: ok, new, off, the state of its health, or the class of the last problem; one of `HEALTH_WORDS`."""
    if not status.feed.enabled:
        return "off"
    pulse = status.pulse
    if pulse is not None and pulse.state not in (Health.OK, Health.ERROR):
        return pulse.state.value
    if status.state.problem:
        return status.state.problem.replace("_", " ")
    return "ok" if status.state.last_success else "new"


def trouble_words(status: FeedStatus) -> str:
    """What is wrong with a feed, in a sentence or two, and what to do; empty for one that is well."""
    if status.state.problem:
        return retold(status.state.problem_text)
    pulse = status.pulse
    if pulse is None or pulse.state is Health.OK:
        return ""
    words = pulse.state.words
    return f"{words[0].upper()}{words[1:]}. {pulse.state.advice}".strip()


def is_troubled(status: FeedStatus) -> bool:
    """Whether a feed needs somebody's eyes: it cannot be read, or its state has held long enough to be told."""
    return bool(status.state.problem) or (status.pulse is not None and status.pulse.told is not Health.OK)
