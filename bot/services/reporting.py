"""How things stand: the bot's own state, and the alerts a chat got lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alerts import AlertView
from bot.domain.cards import all_matches
from bot.domain.chats import Destination
from bot.domain.feed_notices import FeedNotice, NoticeKind
from bot.domain.feeds import FeedStatus, is_troubled
from bot.domain.policy import ringing
from bot.domain.polls import Totals
from bot.ports.alert_store import AlertStore, ArchiveStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.feed_store import FeedNoticeStore, FeedStore
from bot.ports.outbox_store import OutboxStore
from bot.services.catalog import Catalog
from bot.services.dead_letters import list_dead_letters
from bot.services.routing import watched_ids

LOOK_BACK = timedelta(days=7)
_SEARCHED_FOR_ONE_LIST = 200
_NOTICES_READ = 1000


class ReportingStore(FeedStore, FeedNoticeStore, OutboxStore, SubscriptionStore, AlertStore, ArchiveStore, Protocol):
    """The part of the store that reports need."""


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """Enabled feeds: how many are well, how many are not; the rest was never polled."""

    total: int
    healthy: int
    troubled: int
    last_poll: datetime | None

    @property
    def unread(self) -> int:
        """Feeds that were never polled."""
        return self.total - self.healthy - self.troubled


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the bot and of one chat. `network_down` is since when no feed answers; None if some do."""

    feeds: FeedHealth
    totals: Totals
    watched_here: int
    network_down: datetime | None = None
    given_up_here: int = 0


@dataclass(frozen=True, slots=True)
class RecentAlerts:
    """Alerts of a chat since a moment, newest first; with what was read meanwhile, to make silence readable."""

    alerts: tuple[AlertView, ...]
    since: datetime
    items_read: int
    feeds: int


async def report_status(store: ReportingStore, catalog: Catalog, destination: Destination, now: datetime) -> Status:
    """How the bot stands, seen from one chat."""
    return Status(
        feeds=feed_health(await store.list_feeds()),
        totals=await store.count_totals(),
        watched_here=len(await watched_ids(store, catalog, destination)),
        given_up_here=len(await list_dead_letters(store, destination)),
        network_down=find_outage(await store.list_feed_notices(now - LOOK_BACK, _NOTICES_READ)),
    )


def find_outage(notices: Sequence[FeedNotice]) -> datetime | None:
    """Since when no feed answers, by the latest notice about the network; `notices` are newest first."""
    about_network = (one for one in notices if one.kind in (NoticeKind.NETWORK_DOWN, NoticeKind.NETWORK_UP))
    latest = next(about_network, None)
    return latest.at if latest and latest.kind is NoticeKind.NETWORK_DOWN else None


def feed_health(statuses: Sequence[FeedStatus]) -> FeedHealth:
    """The health of all enabled feeds in numbers."""
    enabled = [status for status in statuses if status.feed.enabled]
    polled = [status.state.last_poll for status in enabled if status.state.last_poll]
    return FeedHealth(
        total=len(enabled),
        healthy=sum(1 for status in enabled if status.state.last_success and not is_troubled(status)),
        troubled=sum(1 for status in enabled if is_troubled(status)),
        last_poll=max(polled, default=None),
    )


async def list_recent(
    store: ReportingStore, destination: Destination, *, now: datetime, most: int, watchlist: str = ""
) -> RecentAlerts:
    """At most `most` alerts that a chat got in the last seven days, of one watchlist if it is given."""
    since = now - LOOK_BACK
    alerts = await store.list_alerts(destination.key, since, _SEARCHED_FOR_ONE_LIST if watchlist else most)
    if watchlist:
        alerts = [view for view in alerts if ringing(all_matches(view), frozenset({watchlist}))]
    health = feed_health(await store.list_feeds())
    return RecentAlerts(tuple(alerts[:most]), since, await store.count_items_since(since), health.total)
