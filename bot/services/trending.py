"""Weekly trends: how the week of each list was beside its earlier weeks, once a week to every chat that watches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Protocol

import structlog

from bot.domain.alerts import AlertView
from bot.domain.digest_times import DigestMark
from bot.domain.discreet import hide_week
from bot.domain.language import speaking
from bot.domain.messages import Attachment, Message
from bot.domain.new_names import find_new_names
from bot.domain.precision import measure_list
from bot.domain.routing import Watcher
from bot.domain.told import RungStory, ToldAlert
from bot.domain.trends import ListTrend, build_trend_plot, build_trends
from bot.domain.weekly import Week, build_week, build_week_picture, week_title
from bot.errors import FileError
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.clock import Clock
from bot.ports.feed_store import FeedStore
from bot.ports.file_maker import FileMaker
from bot.ports.statistics_store import StatisticsStore, TrendStore
from bot.ports.triage_store import VerdictStore
from bot.services.catalog import Catalog
from bot.services.digesting import build_surroundings
from bot.services.rounds import build_notices, go_round, look_every
from bot.services.routing import load_watchers

_EVERY_SECONDS = 60.0
_LOOK_BACK = timedelta(days=400)
_WEEK = timedelta(days=7)
_RATED_BACK = timedelta(days=90)
_TOP = 5
_MOST_NAMES = 8
# Where everything is new, new names say nothing.
_KNOWN_FOR = timedelta(days=35)

log = structlog.get_logger(__name__)


class TrendingStore(StatisticsStore, TrendStore, VerdictStore, FeedStore, AlertStore, SubscriptionStore, Protocol):
    """The part of the store that trends need."""


class TrendBuilder:
    """Builds the weekly trend of a chat."""

    def __init__(self, store: TrendingStore, catalog: Catalog, files: FileMaker) -> None:
        self._store = store
        self._catalog = catalog
        self._files = files

    async def build(self, watcher: Watcher, day: date, now: datetime) -> tuple[Message, ...]:
        """The trend of the seven days before `day`: the picture with its sentences, and what there is to say beside.

        Empty where no list that the chat watches ever rang. Raises StoreError.
        """
        seen = self._catalog.seen_from(watcher.destination.key).watchlists
        lists = {one.id: one.title for one in seen if one.id in watcher.least}
        rung = await self._store.list_rung(now - _LOOK_BACK, lists)
        trends = build_trends(rung, lists, day, watcher.zone)
        if not trends:
            return ()
        ended = datetime.combine(day, time(), watcher.zone).astimezone(now.tzinfo)
        rated = await self._store.list_rated(now - _RATED_BACK)
        precision = [measure_list(title, rated, list_id) for list_id, title in lists.items()]
        week = Week(
            top=await _find_top(self._store, watcher, ended),
            names=_new_names(rung, ended),
            precision=tuple(one for one in precision if one.all.rated),
            around=build_surroundings(await self._store.list_feeds(), self._catalog, watcher),
        )
        return (await self._draw(trends, day), *build_week(week, watcher.destination))

    async def _draw(self, trends: Sequence[ListTrend], day: date) -> Message:
        message = build_week_picture(trends, day)
        try:
            drawn = await self._files.draw(build_trend_plot(trends, day))
        except FileError as error:
            log.warning("plot_failed", plot="trend", reason=str(error))
            return message
        return replace(message, attachment=Attachment(f"trend-{day}.png", "image/png", drawn, message.summary))


class Trends:
    """Sends weekly trends when they are due. `on_messages` is called after some were put into the outbox."""

    def __init__(
        self,
        store: TrendingStore,
        catalog: Catalog,
        files: FileMaker,
        clock: Clock,
        *,
        on_messages: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._builder = TrendBuilder(store, catalog, files)
        self._clock = clock
        self._on_messages = on_messages

    async def run(self) -> None:
        """Looks once a minute until cancelled."""
        await look_every(_EVERY_SECONDS, self.send_due, self._on_messages, self._clock, failed="trends_failed")

    async def send_due(self) -> int:
        """Queues the trends that are due; how many. The first of a chat comes at its first hour after it began.

        Lists that never rang make no trend; a chat with only such lists gets none that week. Raises StoreError.
        """
        now = self._clock.now()
        watchers = (await load_watchers(self._store, self._catalog)).by_key.values()
        marks = await self._store.list_trend_marks()
        return await go_round(watchers, marks, self._store.begin_trends, self._send_if_due, now)

    async def _send_if_due(self, watcher: Watcher, mark: DigestMark, now: datetime) -> bool:
        destination, weekly = watcher.destination, watcher.attention.settings.weekly
        day = weekly.find_due(watcher.zone, mark, now) if weekly else None
        if day is None:
            return False
        with speaking(watcher.language):
            parts = await self._builder.build(watcher, day, now)
            if parts and watcher.attention.settings.discreet:  # no list and no headline where others look at a screen
                parts = (hide_week(week_title(day)),)
        messages = build_notices(f"trend:{destination.key}:{day.isoformat()}", watcher, parts, now)
        done = await self._store.record_trend(destination, day, now, messages)
        if done:
            log.info("trend_queued", destination=destination.key, messages=len(messages))
        return done and bool(messages)


async def find_next_trend(store: TrendStore, watcher: Watcher, now: datetime) -> datetime | None:
    """When the next weekly trend of a chat comes; None where it wants none or watches nothing."""
    weekly = watcher.attention.settings.weekly
    if weekly is None or not watcher.least:
        return None
    marks = await store.list_trend_marks()
    return weekly.next_at(watcher.zone, marks.get(watcher.destination.key, DigestMark(now)), now)


async def _find_top(store: TrendingStore, watcher: Watcher, ended: datetime) -> tuple[tuple[AlertView, ToldAlert], ...]:
    """The loudest stories that the chat was told of in the week, of equally loud ones those with the most reports."""
    told: Mapping[int, ToldAlert] = {
        one.story_id: one for one in await store.list_told(ended - _WEEK, watcher.destination.key) if one.at < ended
    }
    loudest = sorted(told.values(), key=lambda one: (-one.priority, -one.reports, one.at))[:_TOP]
    return tuple([(await store.get_alert(one.alert_id, watcher.destination.key), one) for one in loudest])


def _new_names(rung: Sequence[RungStory], ended: datetime) -> tuple[str, ...]:
    began = ended - _WEEK
    if not rung or rung[0].at > ended - _KNOWN_FOR:
        return ()
    fresh = {(one.headline, one.lang) for one in rung if began <= one.at < ended}
    earlier = {(one.headline, one.lang) for one in rung if one.at < began}
    return find_new_names(sorted(fresh), earlier, _MOST_NAMES)
