"""Which watchlists a chat watches: begin, end, list with where each comes from. The words are the caller's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.chat_lists import ChatList
from bot.domain.chats import Destination, Level, Person, Subscription
from bot.domain.language import tr
from bot.domain.mutes import Mute, MuteKind
from bot.domain.routes import RoutedList
from bot.domain.watchlists import Place
from bot.errors import Conflict, NotFound
from bot.matching.watchlist import Watchlist
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.services.catalog import Catalog

RECENT = timedelta(days=7)


class WatchingStore(SubscriptionStore, AlertStore, Protocol):
    """The part of the store that subscribing needs."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A list that a chat watches: `stories` that rang there in seven days, and how many ratings called it useful.

    `chosen` is the chat's own subscription, `routed` what a file in the watchlist folder sends here; one of them
    is there. `watchlist` is None when its file is gone; a subscription is kept and rings again when it returns.
    `outdated` says that the list's file has a mistake, so that its last good version runs. `made` is given for a
    list that the chat made itself, `mute` while the chat does not want to hear it.
    """

    id: str
    title: str
    number: int
    watchlist: Watchlist | None
    stories: int = 0
    useful: int = 0
    rated: int = 0
    chosen: Subscription | None = None
    routed: RoutedList | None = None
    outdated: bool = False
    made: ChatList | None = None
    mute: Mute | None = None


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A list that a chat has just stopped watching, with the stories it brought in seven days."""

    id: str
    title: str
    stories: int
    level: Level = Level.ALL


async def watch(
    store: SubscriptionStore,
    watchlist: Watchlist,
    destination: Destination,
    person: Person,
    now: datetime,
    *,
    level: Level = Level.ALL,
) -> bool:
    """Watches a list at a destination; False if it was watched already at this level."""
    return await store.subscribe(destination, watchlist.id, person.key, now, name=person.name, level=level)


async def find_level(store: SubscriptionStore, destination: Destination, list_id: str) -> Level | None:
    """How much of a list a destination chose; None where it did not choose the list."""
    chosen = await store.list_subscriptions(destination.key)
    return next((one.level for one in chosen if one.watchlist == list_id), None)


async def unwatch(
    store: WatchingStore, catalog: Catalog, destination: Destination, text: str, *, person: Person, now: datetime
) -> Unwatched:
    """Stops watching the list that `text` names.

    Raises NotFound if the destination does not watch it, Conflict if a file sends it here: that file decides.
    """
    lists = catalog.seen_from(destination.key)
    found = lists.find(text)
    # A list whose file is gone can still be stopped by its id.
    list_id = found.id if found else text.strip().casefold()
    stories = await store.count_story_alerts(destination.key, now - RECENT)
    level = await find_level(store, destination, list_id)
    if not await store.unsubscribe(destination, list_id, person.key, now, name=person.name):
        if found is None:
            lists.get(text)
        routed = list_routed(catalog, destination).get(list_id)
        if routed:
            raise Conflict(
                tr("{list} is sent here by {file}.", list=list_id, file=place_words(routed.place)),
                tr("Take it out there."),
            )
        raise NotFound(tr("You are not watching {list}.", list=list_id))
    title = found.title if found else list_id
    return Unwatched(list_id, title, stories.get(list_id, 0), level or Level.ALL)


async def list_watched(
    store: WatchingStore, catalog: Catalog, destination: Destination, now: datetime
) -> tuple[Watched, ...]:
    """What a destination watches, in the order of the catalogue, lists without a file last."""
    chosen = {one.watchlist: one for one in await store.list_subscriptions(destination.key)}
    routed = list_routed(catalog, destination)
    stories = await store.count_story_alerts(destination.key, now - RECENT)
    seen = catalog.seen_from(destination.key).watchlists
    numbers = {watchlist.id: number for number, watchlist in enumerate(seen, 1)}
    by_id = {watchlist.id: watchlist for watchlist in seen}
    mutes = await _list_mutes(store, destination, now)
    watched = []
    for list_id in chosen.keys() | routed.keys():
        watchlist = by_id.get(list_id)
        useful, rated = await store.count_feedback(list_id)
        watched.append(
            Watched(
                list_id,
                watchlist.title if watchlist else list_id,
                numbers.get(list_id, 0),
                watchlist,
                stories.get(list_id, 0),
                useful,
                rated,
                chosen.get(list_id),
                routed.get(list_id),
                outdated=list_id in catalog.loaded.outdated,
                made=catalog.find_chat_list(list_id) or catalog.find_broken_list(list_id, destination.key),
                mute=mutes.get(list_id),
            )
        )
    return tuple(sorted(watched, key=lambda one: (one.number == 0, one.number, one.id)))


async def _list_mutes(store: SubscriptionStore, destination: Destination, now: datetime) -> dict[str, Mute]:
    """The mutes of lists that hold now, by the list's id."""
    attention = await store.list_attention(destination.key)
    mutes = attention[destination.key].mutes if destination.key in attention else ()
    return {one.value: one for one in mutes if one.kind is MuteKind.LIST and one.is_active(now)}


def list_routed(catalog: Catalog, destination: Destination) -> dict[str, RoutedList]:
    """What files in the watchlist folder send to a destination, by the list's id."""
    return {listed.watchlist: listed for one in catalog.routed if one.key == destination.key for listed in one.lists}


def place_words(place: Place) -> str:
    """`routes.yaml, line 12`."""
    return tr("{file}, line {number}", file=place.path.replace("\\", "/").rpartition("/")[2], number=place.line)
