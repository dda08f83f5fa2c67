"""Statistics of a chat, or of all chats together."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.chat_statistics import ChatStatistics, build_statistics
from bot.domain.language import tr
from bot.domain.mute_times import until_words
from bot.domain.mutes import Mute
from bot.domain.precision import measure_list
from bot.ports.chat_store import SubscriptionStore
from bot.ports.feed_store import FeedStore
from bot.ports.statistics_store import StatisticsStore
from bot.ports.triage_store import TriageStore, VerdictStore


class CountingStore(StatisticsStore, TriageStore, VerdictStore, FeedStore, SubscriptionStore, Protocol):
    """The part of the store that statistics need."""


async def count_alerts(
    store: CountingStore,
    lists: Mapping[str, str],
    *,
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
    destination_key: str = "",
    watchlist: str = "",
) -> ChatStatistics:
    """The statistics of one destination or, without a key, of all; of one watchlist if it is given.

    `lists` are the titles by id of the lists that may be told of.
    """
    shown = {watchlist: lists.get(watchlist, watchlist)} if watchlist else lists
    told = [one for one in await store.list_told(since, destination_key) if not watchlist or watchlist in one.lists]
    figures = build_statistics(
        told,
        since=since,
        now=now,
        zone=zone,
        delays=await store.list_seen_delays(since),
        responses=await store.list_responses(since),
        outlets={status.feed.id: status.feed.outlet for status in await store.list_feeds()},
    )
    rated = await store.list_rated(since)
    precision = [measure_list(title, rated, list_id) for list_id, title in shown.items()]
    muted = await store.list_attention(destination_key) if destination_key else {}
    return replace(
        figures,
        by_list=tuple((shown[list_id], count) for list_id, count in figures.by_list if list_id in shown),
        precision=tuple(sorted((one for one in precision if one.all.rated), key=lambda one: -one.all.rated)),
        mutes=tuple(mute_words(mute, zone) for one in muted.values() for mute in one.mutes if mute.is_active(now)),
    )


def mute_words(mute: Mute, zone: ZoneInfo) -> str:
    """`CSTO until Wed 25 Nov 07:10`."""
    return tr("{what} until {time}", what=mute.what, time=until_words(mute.until, zone)) if mute.until else mute.what


def days_back(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The beginning of the local day from which `days` whole days reach up to today, today included."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=days - 1)).astimezone(now.tzinfo)
