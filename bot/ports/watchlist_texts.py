"""What editing in chat needs of the watchlist folder: reading and writing the text of one watchlist."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.watchlists import WatchlistCatalog
from bot.matching.watchlist import Watchlist


@dataclass(frozen=True, slots=True)
class WatchlistFile:
    """The file that holds a watchlist: its name and its text."""

    name: str
    text: str


class WatchlistTexts(Protocol):
    """Texts of watchlists. All of it reads small files, so callers keep it off the event loop."""

    def read(self, text: str, name: str) -> WatchlistCatalog:
        """The watchlist of a text with the shared word groups of the folder; or its problems, placed in `name`."""
        ...

    def write(self, watchlist: Watchlist) -> str:
        """A text that reads as this watchlist."""
        ...

    def find_file(self, path: str) -> WatchlistFile | None:
        """The file at `path`, as it is now; None if it cannot be read."""
        ...
