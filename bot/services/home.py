"""What one person has to do with the bot, wherever: their lists, what they saved, how the feeds are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.chats import Destination, Person
from bot.domain.fixes import Fix, FixState
from bot.domain.routing import Watcher
from bot.domain.triage import Saved
from bot.matching.watchlist import Status
from bot.ports.feed_store import FeedStore
from bot.ports.triage_store import FixStore, SavedStore
from bot.services.catalog import Catalog
from bot.services.digesting import build_surroundings
from bot.services.reporting import FeedHealth, feed_health
from bot.services.routing import find_watcher
from bot.services.subscribing import Watched, WatchingStore, list_watched


class HomeStore(WatchingStore, FeedStore, SavedStore, FixStore, Protocol):
    """The part of the store that a home page needs."""


@dataclass(frozen=True, slots=True)
class Home:
    """`lists` are those of the person's own chat and those that they watch elsewhere, each with its chat.

    `fixes` are the open proposals for them, by chat and list. `problems` are outlets and what is wrong with their
    feeds, `ready` is how many lists there are to choose from.
    """

    watcher: Watcher
    lists: tuple[tuple[Destination, Watched], ...]
    fixes: dict[tuple[str, str], Fix]
    saved: tuple[Saved, ...]
    health: FeedHealth
    problems: tuple[tuple[str, str], ...]
    ready: int


async def report_home(
    store: HomeStore, catalog: Catalog, destination: Destination, person: Person, now: datetime
) -> Home:
    """What stands on the home page of a person who is written to at `destination`. Only chats of their workspace."""
    mine = [
        one
        for one in await store.list_subscriptions()
        if one.created_by == person.key
        and one.destination.platform is destination.platform
        and one.destination.workspace == destination.workspace
        and one.destination.key != destination.key
        and catalog.allowed.allows(one.destination)
    ]
    lists = [(destination, one) for one in await list_watched(store, catalog, destination, now)]
    for place in {one.destination.key: one.destination for one in mine}.values():
        wanted = {one.watchlist for one in mine if one.destination.key == place.key}
        lists += [(place, one) for one in await list_watched(store, catalog, place, now) if one.id in wanted]
    fixes = {
        (key, fix.watchlist): fix
        for key in dict.fromkeys(place.key for place, _ in lists)
        for fix in await store.list_fixes(key)
        if fix.state is FixState.OPEN
    }
    statuses = await store.list_feeds()
    watcher = await find_watcher(store, catalog, destination)
    return Home(
        watcher=watcher,
        lists=tuple(lists),
        fixes=fixes,
        saved=tuple(await store.list_saved(person.key)),
        health=feed_health(statuses),
        problems=build_surroundings(statuses, catalog, watcher).problems,
        ready=sum(one.status is Status.STABLE for one in catalog.seen_from(destination.key).watchlists),
    )
