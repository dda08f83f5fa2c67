"""The watchlists in use, with the matcher compiled from them; replaced as a whole, never half."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.domain.watchlists import WatchlistCatalog
from bot.errors import NotFound, WatchlistError
from bot.matching.matcher import Matcher
from bot.matching.watchlist import Status, Watchlist


class Catalog:
    """Finds watchlists by what people type, and holds the matcher that knows them all."""

    def __init__(self, loaded: WatchlistCatalog) -> None:
        self._loaded = loaded
        self._matcher = Matcher.build(loaded.watchlists)

    @property
    def watchlists(self) -> tuple[Watchlist, ...]:
        """Every usable watchlist, in the order of their files."""
        return self._loaded.watchlists

    @property
    def problems(self) -> Sequence[WatchlistError]:
        """What is wrong with the files; the lists concerned are not in use."""
        return self._loaded.problems

    @property
    def matcher(self) -> Matcher:
        """The matcher compiled from the lists in use."""
        return self._matcher

    @property
    def sending(self) -> frozenset[str]:
        """Ids of the lists whose matches may be sent."""
        return frozenset(watchlist.id for watchlist in self.watchlists if watchlist.status is Status.STABLE)

    def replace(self, loaded: WatchlistCatalog) -> None:
        """Puts other watchlists into use, compiled first, then swapped."""
        matcher = Matcher.build(loaded.watchlists)
        self._loaded, self._matcher = loaded, matcher

    def find(self, text: str) -> Watchlist | None:
        """The list a person means: by id in any case with `_` or spaces for `-`, by title, or by its number from 1."""
        wanted = _plain(text)
        if wanted.isascii() and wanted.isdigit() and len(wanted) <= len(str(len(self.watchlists))):
            number = int(wanted)
            return self.watchlists[number - 1] if 1 <= number <= len(self.watchlists) else None
        return next((watchlist for watchlist in self.watchlists if wanted in _names(watchlist)), None)

    def get(self, text: str) -> Watchlist:
        """The list a person means. Raises NotFound, naming the nearest ids."""
        found = self.find(text)
        if found is not None:
            return found
        near = get_close_matches(_plain(text), [watchlist.id for watchlist in self.watchlists], n=3, cutoff=0.5)
        cure = f"Close: {', '.join(near)}." if near else "/watch shows all lists."
        raise NotFound(f"There is no watchlist called “{text.strip()[:60]}”.", cure)


def _plain(text: str) -> str:
    return "-".join(text.strip().lstrip("#").replace("_", " ").replace("-", " ").casefold().split())


def _names(watchlist: Watchlist) -> tuple[str, str]:
    return watchlist.id, _plain(watchlist.title)
