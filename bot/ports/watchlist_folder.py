"""The folder of watchlists, feeds and routes, as the service that keeps up with it needs it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.feeds import Feed
from bot.domain.routes import NO_ROUTES, RouteTable
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import WatchlistError


@dataclass(frozen=True, slots=True)
class FolderContents:
    """What a folder of watchlists said at one moment, and everything that is wrong with it.

    `feeds` and `routes` hold what is right in their files. `versions` tell by path which bytes were read.
    `crossing` are problems between files: names in one that nothing in another has; they put nothing out of use.
    """

    catalog: WatchlistCatalog
    feeds: tuple[Feed, ...] = ()
    feed_problems: tuple[WatchlistError, ...] = ()
    routes: RouteTable = NO_ROUTES
    route_problems: tuple[WatchlistError, ...] = ()
    crossing: tuple[WatchlistError, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[WatchlistError, ...]:
        """All problems: of watchlists, feeds, routes, and between them."""
        return (*self.catalog.problems, *self.feed_problems, *self.route_problems, *self.crossing)


class WatchlistFolder(Protocol):
    """A folder that can be read and watched."""

    async def read(self) -> FolderContents:
        """What the folder says now. Nothing is raised for what stands in the files."""
        ...

    def changes(self) -> AsyncIterator[None]:
        """Yields when files were saved, added or removed, once they have come to rest."""
        ...
