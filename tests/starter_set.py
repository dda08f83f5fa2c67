"""The shipped watchlists: read once in a process, when a test first asks, because that takes half a second."""

from functools import cache

from bot.config import SHIPPED_WATCHLISTS
from bot.domain.watchlists import WatchlistCatalog
from bot.matching.watchlist import Watchlist
from bot.sources.watchlist_files import FEEDS_FILE, GROUPS_FILE, ROUTES_FILE, load_watchlists

# For parametrised tests, which are made before any of them runs.
LIST_IDS = sorted(
    path.stem for path in SHIPPED_WATCHLISTS.glob("*.yaml") if path.name not in (FEEDS_FILE, GROUPS_FILE, ROUTES_FILE)
)


@cache
def load_starter_set() -> WatchlistCatalog:
    """All of them, as they are without a change."""
    return load_watchlists(SHIPPED_WATCHLISTS)


def get_starter_list(list_id: str) -> Watchlist:
    """One of them. Raises StopIteration where none has this id."""
    return next(one for one in load_starter_set().watchlists if one.id == list_id)
