"""How long news waits to be found: the schedule's expectation, feed by feed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.feeds import FeedStatus, delay_of
from bot.domain.rhythm import new_rhythm
from bot.domain.schedule import Budget
from bot.ports.fetcher import Fetcher


def build_budget(statuses: Sequence[FeedStatus], polls_per_hour: int | None, now: datetime) -> Budget:
    """The budget as the service shares it out among these feeds, which must be all of them."""
    empty = new_rhythm(now).pace
    budget = Budget(polls_per_hour)
    budget.replace_paces(
        status.rhythm.pace if status.rhythm else empty
        for status in statuses
        if status.feed.enabled and status.feed.interval is None
    )
    return budget


def expected_delays(
    shown: Sequence[FeedStatus], budget: Budget, fetcher: Fetcher, now: datetime
) -> dict[str, timedelta]:
    """The mean time from publication to discovery of each shown feed that can be read, by feed id."""
    return {
        status.feed.id: delay_of(status, budget, now=now, private=fetcher.is_private(status.feed.url))
        for status in shown
        if status.state.last_success and not status.state.problem
    }
