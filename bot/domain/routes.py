"""Routes: which lists, tags or priorities go to which destinations, as routes.yaml says it and as it works out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from bot.domain.chats import Destination
from bot.domain.quiet import QuietHours
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.matching.records import Priority
from bot.matching.watchlist import Watchlist

CANNOT_BE_JUDGED = "F"  # the Admiralty code's last letter


@dataclass(frozen=True, slots=True)
class RouteTarget:
    """A destination by its `name` in routes.yaml.

    `clearance` is the worst reliability letter it accepts (empty: any); `digest` is when its daily digest comes,
    on its own clock.
    """

    name: str
    destination: Destination
    place: Place
    quiet: QuietHours | None = None
    digest: time | None = None
    clearance: str = ""

    def accepts(self, grade: str) -> bool:
        """Whether a source of this reliability is good enough here."""
        return not self.clearance or (grade or CANNOT_BE_JUDGED) <= self.clearance


@dataclass(frozen=True, slots=True)
class Route:
    """Sends to the destinations named in `to` what rings on one of `lists` or on a list with one of `tags`.

    Without both it is every list. Only matches of `min_priority` or louder go.
    """

    to: tuple[str, ...]
    place: Place
    lists: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    min_priority: Priority = Priority.LOW

    def covers(self, watchlist: Watchlist) -> bool:
        """Whether the route sends this list."""
        if not self.lists and not self.tags:
            return True
        return watchlist.id in self.lists or any(tag in self.tags for tag in watchlist.tags)


@dataclass(frozen=True, slots=True)
class RouteTable:
    """What routes.yaml says. `owner` names the destination that is told of mistakes in files; empty: none is."""

    targets: tuple[RouteTarget, ...] = ()
    routes: tuple[Route, ...] = ()
    owner: str = ""

    def find(self, name: str) -> RouteTarget | None:
        """The destination of that name."""
        return next((target for target in self.targets if target.name == name), None)

    @property
    def owner_destination(self) -> Destination | None:
        """Who is told of mistakes in files."""
        target = self.find(self.owner)
        return target.destination if target else None


NO_ROUTES = RouteTable()


@dataclass(frozen=True, slots=True)
class RoutedList:
    """A list that goes to a destination, from `least` priority on, because `place` in a file says so."""

    watchlist: str
    least: Priority
    place: Place


@dataclass(frozen=True, slots=True)
class RoutedDestination:
    """A destination of routes.yaml with the lists that go there, each once, by the loosest of its routes."""

    target: RouteTarget
    lists: tuple[RoutedList, ...]

    @property
    def key(self) -> str:
        """The destination's key."""
        return self.target.destination.key


def resolve_routes(table: RouteTable, catalog: WatchlistCatalog) -> tuple[RoutedDestination, ...]:
    """Every destination of the table with what goes there, by its routes and by the lists that `notify` it."""
    return tuple(
        RoutedDestination(target, tuple(_lists_for(target, table.routes, catalog))) for target in table.targets
    )


def _lists_for(target: RouteTarget, routes: Sequence[Route], catalog: WatchlistCatalog) -> Iterable[RoutedList]:
    ours = [route for route in routes if target.name in route.to]
    for watchlist in catalog.watchlists:
        found = [RoutedList(watchlist.id, route.min_priority, route.place) for route in ours if route.covers(watchlist)]
        if target.name in watchlist.notify:
            place = catalog.find_place(watchlist.id, f"notify[{watchlist.notify.index(target.name)}]")
            found.append(RoutedList(watchlist.id, Priority.LOW, place or target.place))
        if found:
            yield min(found, key=lambda one: one.least)
