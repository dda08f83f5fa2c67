"""Hands a shift over: what happened in a chat since it began, and where the next one begins."""

from datetime import datetime
from typing import Protocol

from bot.domain.chats import Destination
from bot.domain.handovers import OPEN_FOR, SHIFT, Handover, Shown, ending_mutes
from bot.matching.records import Priority
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.feed_store import FeedStore
from bot.ports.statistics_store import ShiftStore, StatisticsStore
from bot.services.catalog import Catalog
from bot.services.digesting import build_surroundings
from bot.services.routing import find_watcher

_MOST_READ = 200


class HandingOverStore(StatisticsStore, ShiftStore, AlertStore, FeedStore, SubscriptionStore, Protocol):
    """The part of the store that handovers need."""


async def prepare_handover(
    store: HandingOverStore, catalog: Catalog, destination: Destination, now: datetime
) -> Handover:
    """What a chat's shift has to hand over. Without a mark it began twelve hours ago."""
    marked = await store.find_shift(destination.key)
    since = marked or now - SHIFT
    told = await store.list_told(min(since, now - OPEN_FOR), destination.key)
    loud = [one for one in reversed(told) if one.priority >= Priority.HIGH][:_MOST_READ]
    shown: list[Shown] = [(one, await store.get_alert(one.alert_id, destination.key)) for one in loud]
    watcher = await find_watcher(store, catalog, destination)
    return Handover(
        since=since,
        now=now,
        is_marked=marked is not None,
        new=tuple(one for one in told if one.at >= since),
        open=tuple(one for one in shown if one[1].triage.acknowledged is None),
        taken=tuple(one for one in shown if one[1].triage.acknowledged and one[0].at >= since),
        mutes=ending_mutes(watcher.attention.mutes, now),
        problems=build_surroundings(await store.list_feeds(), catalog, watcher).problems,
    )
