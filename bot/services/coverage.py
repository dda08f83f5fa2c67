"""Which languages a watchlist can still hear: told at once when its last healthy feed in one is lost, or is back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.feeds import Feed, FeedStatus
from bot.domain.health import HealthChange
from bot.domain.hearing import listens_to
from bot.domain.language import speaking, tr, trn
from bot.domain.messages import plain_message
from bot.domain.routing import Watcher
from bot.domain.wording import language_name, local_time
from bot.matching.watchlist import Watchlist
from bot.ports.chat_store import SubscriptionStore
from bot.ports.feed_store import FeedStore
from bot.services.catalog import Catalog
from bot.services.routing import load_watchers

_NAMED_LISTS = 3


class CoverageStore(FeedStore, SubscriptionStore, Protocol):
    """The part of the store that coverage reads."""


def _healthy_feeds(watchlist: Watchlist, lang: str, statuses: Iterable[FeedStatus], deaf: frozenset[str]) -> list[Feed]:
    """The feeds in a language from which a list can still hear; `deaf` are ids of those that bring nothing."""
    return [
        status.feed
        for status in statuses
        if status.feed.enabled
        and status.feed.lang == lang
        and status.feed.id not in deaf
        and listens_to(watchlist, status.feed)
    ]


async def plan_coverage_messages(
    store: CoverageStore, catalog: Catalog, changes: Sequence[HealthChange], now: datetime
) -> list[OutgoingMessage]:
    """One message per chat and language for the lists that these changes made deaf, or let hear again.

    In quiet hours it makes no sound, and a paused chat is left alone: its digest tells the same.
    """
    turned = [change for change in changes if change.now.is_deaf != change.before.is_deaf]
    if not turned:
        return []
    statuses = await store.list_feeds()
    feeds = {status.feed.id: status.feed for status in statuses}
    before = frozenset(status.feed.id for status in statuses if status.pulse and status.pulse.told.is_deaf)
    after = (before | {one.feed_id for one in turned if one.now.is_deaf}) - {
        one.feed_id for one in turned if not one.now.is_deaf
    }
    watchers = (await load_watchers(store, catalog)).by_key.values()
    messages = []
    for lang in sorted({feeds[change.feed_id].lang for change in turned} - {""}):
        of_lang = [change for change in turned if feeds[change.feed_id].lang == lang]
        could = _hearing(catalog.watchlists, lang, statuses, before)
        can = _hearing(catalog.watchlists, lang, statuses, after)
        for watcher in (one for one in watchers if not one.is_paused(now)):
            watched = set(watcher.least)
            lost = [one for one in catalog.watchlists if one.id in watched & (could - can)]
            back = [one for one in catalog.watchlists if one.id in watched & (can - could)]
            with speaking(watcher.language):
                messages += [
                    _message(watcher, lang, lists, of_lang, feeds, now, lost=lists is lost)
                    for lists in (lost, back)
                    if lists
                ]
    return messages


def _hearing(
    watchlists: Iterable[Watchlist], lang: str, statuses: Sequence[FeedStatus], deaf: frozenset[str]
) -> set[str]:
    return {one.id for one in watchlists if _healthy_feeds(one, lang, statuses, deaf)}


def _message(  # noqa: PLR0917  parts of one sentence
    watcher: Watcher,
    lang: str,
    lists: Sequence[Watchlist],
    changes: Sequence[HealthChange],
    feeds: dict[str, Feed],
    now: datetime,
    *,
    lost: bool,
) -> OutgoingMessage:
    since = max(change.since for change in changes)
    destination, at = watcher.destination, local_time(since, watcher.zone)
    told = [change for change in changes if change.now.is_deaf is lost]
    names = "; ".join(f"{feeds[one.feed_id].outlet}: {(one.now if lost else one.before).words}" for one in told)
    settings = watcher.attention.settings
    # No list is named where others look at a screen.
    named = trn("{count} list", "{count} lists", len(lists)) if settings.discreet else _name_lists(lists)
    facts = {"language": language_name(lang), "lists": named, "time": at, "names": names}
    if lost:
        text = tr("No healthy {language}-language feed for {lists} since {time} ({names}).", **facts)
    else:
        text = tr("{language}-language feeds for {lists} are healthy again since {time}.", **facts)
    key = f"coverage:{lang}:{'lost' if lost else 'back'}:{since.isoformat()}:{destination.key}"
    message = replace(plain_message(text), silent=watcher.is_quiet(now))
    return OutgoingMessage(key, destination, message, urgency=Urgency.NOTICE)


def _name_lists(lists: Sequence[Watchlist]) -> str:
    named = [watchlist.title for watchlist in lists[:_NAMED_LISTS]]
    more = len(lists) - len(named)
    if more:
        return tr("{names} and {count} more", names=", ".join(named), count=more)
    return tr("{name} and {other}", name=", ".join(named[:-1]), other=named[-1]) if len(named) > 1 else named[0]
