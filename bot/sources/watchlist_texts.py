"""The texts of a watchlist folder, read and written one at a time."""

from pathlib import Path

from bot.domain.watchlists import WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.watchlist import Watchlist
from bot.ports.watchlist_texts import WatchlistFile
from bot.sources.watchlist_files import read_file, read_watchlist_text
from bot.sources.watchlist_writer import write_watchlist


class FolderTexts:
    """Texts beside the word groups of one folder; see `bot.ports.watchlist_texts`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self, text: str, name: str) -> WatchlistCatalog:
        """The watchlist of a text, or its problems."""
        return read_watchlist_text(text, name, self._directory)

    def write(self, watchlist: Watchlist) -> str:
        """A text that reads as this watchlist."""
        return write_watchlist(watchlist)

    def find_file(self, path: str) -> WatchlistFile | None:
        """The file at `path`, as it is now."""
        try:
            return WatchlistFile(Path(path).name, read_file(Path(path)).decode("utf-8", "replace"))
        except WatchlistError:
            return None
