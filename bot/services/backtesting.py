"""Tests watchlists on the archive: replays it, and tells what they would have caught."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.domain.backtests import MOST_DAYS, Replay, ReplayJob, ReplayPart
from bot.domain.items import Item
from bot.domain.language import tr
from bot.errors import SettingsError
from bot.matching.watchlist import Status, Watchlist
from bot.ports.alert_store import ArchiveStore
from bot.ports.feed_store import FeedStore
from bot.ports.list_store import ReplayStore
from bot.ports.replayer import Replayer

# Small enough that reading one holds up nobody else who looks into the archive.
_PART = 500
_EVER = datetime.min.replace(tzinfo=UTC)

Progress = Callable[[int, int], None]


class BacktestingStore(FeedStore, ArchiveStore, ReplayStore, Protocol):
    """The part of the store that backtests need."""


async def replay_archive(
    store: BacktestingStore,
    replayer: Replayer,
    watchlists: Sequence[Watchlist],
    *,
    now: datetime,
    days: int,
    others: Sequence[Watchlist] = (),
    near_misses: bool = False,
    on_progress: Progress = lambda _done, _total: None,
) -> Replay:
    """Replays the last `days` of the archive through `watchlists`, whose ids differ.

    `others` are the lists that may cover the same. `on_progress` gets how many items are done of how many.
    Raises SettingsError for a number of days that makes no sense.
    """
    if not 1 <= days <= MOST_DAYS:
        raise SettingsError(
            tr("I cannot test {days} days.", days=days), tr("Test between 1 and {most} days.", most=MOST_DAYS)
        )
    since = now - timedelta(days=days)
    feeds = {status.feed.id: status.feed for status in await store.list_feeds()}
    total = await store.count_items_since(since)
    tested = {watchlist.id for watchlist in watchlists}
    job = ReplayJob(
        watchlists=tuple(watchlists),
        others=tuple(one for one in others if one.id not in tested and one.status is Status.STABLE),
        feeds=feeds,
        since=since,
        until=now,
        near_misses=near_misses,
    )
    parts: list[ReplayPart] = []

    def take(part: ReplayPart) -> None:
        parts.append(part)
        on_progress(min(len(parts) * _PART, total), total)

    await replayer.replay(job, _read_parts(store, since), total, take)
    return _join(parts, job, days, is_whole=await _reaches_back(store, since))


def as_sending(watchlist: Watchlist, list_id: str = "") -> Watchlist:
    """The list as if it were in use, so that a test or switched-off list can be judged by what it would send."""
    return replace(watchlist, status=Status.STABLE, id=list_id or watchlist.id)


async def _read_parts(store: ReplayStore, since: datetime) -> AsyncIterator[Sequence[Item]]:
    last = 0
    while rows := await store.list_items(since, last, _PART):
        last = rows[-1][0]
        yield [item for _, item in rows]


async def _reaches_back(store: ReplayStore, since: datetime) -> bool:
    """Whether the archive began before then."""
    first = await store.list_items(_EVER, 0, 1)
    return bool(first) and first[0][1].first_seen <= since


def _join(parts: Sequence[ReplayPart], job: ReplayJob, days: int, *, is_whole: bool) -> Replay:
    earliest = min((part.earliest for part in parts if part.earliest), default=job.until)
    return Replay(
        since=job.since if is_whole else earliest,
        until=job.until,
        asked_days=days,
        items=sum(part.items for part in parts),
        feeds=len(frozenset().union(*(part.feeds for part in parts))),
        first_reads=sum(part.first_reads for part in parts),
        hits=tuple(hit for part in parts for hit in part.hits),
        misses=tuple(miss for part in parts for miss in part.misses),
    )
