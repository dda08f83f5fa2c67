"""Why not: where an item stopped on its way from a feed to a chat, or why there is no item at all."""

import hashlib
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from bot.domain.alerts import read_alert_id
from bot.domain.feeds import FeedStatus
from bot.domain.items import link_key
from bot.domain.language import tr
from bot.domain.traces import ItemTrace, Wanted
from bot.errors import NotFound, SettingsError
from bot.matching.records import Match, NearMiss
from bot.ports.feed_store import FeedStore
from bot.ports.list_store import ReplayStore
from bot.services.catalog import Catalog
from bot.services.documents import document_for
from bot.services.lists import Lists

MOST_ITEMS = 5
_KEY_LENGTH = hashlib.blake2b(digest_size=16).digest_size * 2


class TracingStore(FeedStore, ReplayStore, Protocol):
    """The part of the store that tracing needs."""


@dataclass(frozen=True, slots=True)
class TracedItem:
    """One item with what was recorded of it, and what the lists of today say of it.

    `unrecorded` are lists that match it now but did not when it was read; `misses` the lists that come near.
    """

    trace: ItemTrace
    unrecorded: tuple[Match, ...]
    misses: tuple[NearMiss, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of what was asked for; without items, `feeds` are those of the same host and `host` its name."""

    items: tuple[TracedItem, ...]
    host: str = ""
    feeds: tuple[FeedStatus, ...] = ()


async def trace(store: TracingStore, catalog: Catalog, text: str, destination_key: str | None) -> Trace:
    """What became of an item, given by its address, its id, an alert's id or a story's number.

    A chat is told of its own lists and cards only; with no destination everything is told. Raises SettingsError for
    a text that is none of these, NotFound for a number or id that nothing has.
    """
    statuses = await store.list_feeds()
    asked = text.strip()
    wanted = read_wanted(asked, [status.feed.id for status in statuses])
    lists: Lists = catalog if destination_key is None else catalog.seen_from(destination_key)
    found = await store.trace_items(wanted, MOST_ITEMS)
    if found:
        shown = frozenset(watchlist.id for watchlist in lists.watchlists)
        return Trace(tuple(_examine(one, catalog, shown, destination_key) for one in found))
    if not wanted.link:
        raise NotFound(*_unknown_words(wanted))
    host = _host(wanted.link)
    feeds = tuple(status for status in statuses if host and _same_site(_host(status.feed.url), host))
    return Trace((), host or asked, feeds)


def read_wanted(text: str, feed_ids: list[str]) -> Wanted:
    """Which items a text means. Raises SettingsError."""
    if text.startswith(("http://", "https://")):
        return Wanted(link_keys=tuple(link_key(feed_id, text) for feed_id in feed_ids), link=text)
    plain = text.removeprefix("#")
    if plain[:1] in "Ss" and plain[1:].isascii() and plain[1:].isdigit() and len(plain) < _KEY_LENGTH:
        return Wanted(story=int(plain[1:]))
    if len(plain) == _KEY_LENGTH and plain.isascii() and plain.isalnum():
        return Wanted(item_key=plain.lower())
    alert_id = read_alert_id(plain)
    if alert_id:
        return Wanted(alert_id=alert_id)
    if "." in plain and "/" in plain and " " not in plain:
        return read_wanted(f"https://{plain}", feed_ids)
    raise SettingsError(tr("What should I look for?"), tr("Give an address, an alert id or a story: /whynot https://…"))


def _unknown_words(wanted: Wanted) -> tuple[str, str]:
    """Cause and cure for a story, an alert or an item that does not exist."""
    if wanted.alert_id:
        return tr("There is no alert {id}.", id=wanted.alert_id), tr("Its id stands in the first line of a card.")
    if wanted.story:
        return tr("There is no story S{number}.", number=wanted.story), tr("Its number stands on its card.")
    return tr("There is no item with that id in the archive."), tr("Its address finds it, too.")


def _examine(found: ItemTrace, catalog: Catalog, shown: frozenset[str], destination_key: str | None) -> TracedItem:
    """Keeps what the asker may see, and matches the item with the lists of today."""
    own = _visible(found, catalog, destination_key)
    matches, misses = catalog.matcher.examine(document_for(found.item, found.feed))
    recorded = {one.match.watchlist for one in own.matches}
    return TracedItem(
        own,
        tuple(match for match in matches if match.watchlist in shown and match.watchlist not in recorded),
        tuple(miss for miss in misses if miss.watchlist in shown and miss.watchlist not in recorded),
    )


def _visible(found: ItemTrace, catalog: Catalog, destination_key: str | None) -> ItemTrace:
    if destination_key is None:
        return found
    matches = tuple(one for one in found.matches if not catalog.is_hidden(one.match.watchlist, destination_key))
    story = found.story
    if story is not None:
        story = replace(story, cards=tuple(card for card in story.cards if card.destination.key == destination_key))
    return replace(found, matches=matches, story=story)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _same_site(one: str, other: str) -> bool:
    """Whether two hosts are the same or one lies inside the other: `feeds.example.org` and `example.org`."""
    return bool(one) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))
