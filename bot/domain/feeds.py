"""Feeds, what is known about them between polls, and when to poll next. Pure: the clock is passed in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import FeedError, FetchProblem

DEFAULT_INTERVAL = timedelta(minutes=15)
# Publishers ask for at most one request every few minutes; a feed may be polled faster only on a private network.
POLITE_FLOOR = timedelta(minutes=5)
PRIVATE_FLOOR = timedelta(seconds=1)
BACKOFF_CEILING = timedelta(hours=6)
PAUSE_WHEN_GONE = timedelta(days=1)


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
    that `polling_interval` bounds.
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
    """A feed together with its state and how many of its items the archive holds."""

    feed: Feed
    state: FeedState
    items: int = 0


def polling_interval(feed: Feed, *, feeds: int, polls_per_hour: int | None, private: bool) -> timedelta:
    """The time between two polls of `feed`, within the operator's budget of `polls_per_hour` over all `feeds`.

    `private` says that the feed lives on one of the operator's own networks, where politeness to
    strangers does not apply.
    """
    wish = feed.interval
    if wish is None:
        wish = timedelta(hours=1) * feeds / polls_per_hour if polls_per_hour else DEFAULT_INTERVAL
    return max(wish, PRIVATE_FLOOR if private else POLITE_FLOOR)


def after_success(
    state: FeedState, *, now: datetime, interval: timedelta, etag: str, last_modified: str, new_items: int
) -> FeedState:
    """The state after a poll that was answered (new content or 304)."""
    return replace(
        state,
        next_due=now + interval,
        etag=etag,
        last_modified=last_modified,
        last_poll=now,
        last_success=now,
        last_new_item=now if new_items else state.last_new_item,
        baselined=True,
        failures=0,
        problem="",
        problem_text="",
        problem_since=None,
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
        problem_text=str(error),
        problem_since=state.problem_since or now,
    )


def health_word(status: FeedStatus) -> str:
    """One word for a reader: ok, new, off, or the class of the last problem."""
    if not status.feed.enabled:
        return "off"
    if status.state.problem:
        return status.state.problem.replace("_", " ")
    return "ok" if status.state.last_success else "new"
