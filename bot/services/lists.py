"""The watchlists that somebody may see, found by what people type."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.domain.language import tr
from bot.errors import NotFound
from bot.matching.watchlist import Status, Watchlist


class Lists:
    """Finds watchlists among those it was given."""

    def __init__(self, watchlists: Sequence[Watchlist]) -> None:
        self._shown = tuple(watchlists)

    @property
    def watchlists(self) -> tuple[Watchlist, ...]:
        """All of them; their places, counted from 1, are the numbers people may type."""
        return self._shown

    @property
    def sending(self) -> frozenset[str]:
        """Ids of the lists whose matches may be sent."""
        return frozenset(watchlist.id for watchlist in self.watchlists if watchlist.status is Status.STABLE)

    def find(self, text: str) -> Watchlist | None:
        """The list a person means: by id in any case with `_` or spaces for `-`, by title, or by its number from 1."""
        wanted, shown = _plain(text), self.watchlists
        if wanted.isascii() and wanted.isdigit() and len(wanted) <= len(str(len(shown))):
            number = int(wanted)
            return shown[number - 1] if 1 <= number <= len(shown) else None
        return next((watchlist for watchlist in shown if wanted in _names(watchlist)), None)

    def get(self, text: str) -> Watchlist:
        """The list a person means. Raises NotFound, naming the nearest ids."""
        found = self.find(text)
        if found is not None:
            return found
        near = self.close(text)
        cure = tr("Close: {names}.", names=", ".join(near)) if near else tr("/watch shows all lists.")
        raise NotFound(tr("There is no watchlist called “{name}”.", name=text.strip()[:60]), cure)

    def close(self, text: str, likeness: float = 0.5) -> list[str]:
        """Ids like what was typed, nearest first, at most three. The likeness is that of `difflib`, 1 for the same."""
        return get_close_matches(_plain(text), [watchlist.id for watchlist in self.watchlists], n=3, cutoff=likeness)


def _plain(text: str) -> str:
    return "-".join(text.strip().lstrip("#").replace("_", " ").replace("-", " ").casefold().split())


def _names(watchlist: Watchlist) -> tuple[str, str]:
    return watchlist.id, _plain(watchlist.title)
