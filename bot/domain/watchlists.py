"""The set of watchlists that were read together, with what was wrong and where each part stands in its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import WatchlistError
from bot.matching.watchlist import Watchlist


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; `line` and `column` count from 1."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class WatchlistCatalog:
    """Watchlists that can be used, and the problems of those that cannot.

    `places` tells by watchlist id where its parts stand: the empty part is the list itself, the others are
    written like "match.rules[0]", "groups.name" or "examples.negative[2]". `unusable` are the paths of files that
    are there but give no list. `outdated` are the ids of lists that run in an earlier version, because their files
    have become unusable since.
    """

    watchlists: tuple[Watchlist, ...] = ()
    problems: tuple[WatchlistError, ...] = ()
    places: Mapping[str, Mapping[str, Place]] = field(default_factory=dict)
    unusable: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()

    @property
    def is_lost(self) -> bool:
        """Whether there is not one file with a list: rather a folder that is gone for a moment than an intention."""
        return not self.watchlists and not self.unusable

    def find_place(self, watchlist_id: str, part: str = "") -> Place | None:
        """Where a part of a watchlist stands, or the list itself where the part is not known."""
        parts = self.places.get(watchlist_id, {})
        return parts.get(part) or parts.get("")
