"""Searching the archive, and what to try when nothing is found."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.alerts import Report
from bot.matching.search_terms import search_terms
from bot.matching.transliteration import open_stem, read_as_cyrillic
from bot.ports.alert_store import ArchiveStore
from bot.ports.list_store import ReplayStore

PAGE = 5
# Shorter prefixes match half the dictionary and help nobody.
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Wider:
    """A wider search that finds something: its query and how many items."""

    query: str
    found: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of what was found, newest first. `page` counts from 1; `moved` says that a later page was asked for.

    Only when nothing was found, `wider` is a search that finds something, and `cyrillic` the query in Cyrillic letters,
    which was tried as well, empty where it is not all Latin.
    """

    terms: tuple[str, ...]
    reports: tuple[Report, ...]
    found: int
    page: int
    pages: int
    moved: bool = False
    wider: Wider | None = None
    cyrillic: str = ""
    archive: int = 0


async def search(store: ArchiveStore, query: str, page: int = 1) -> SearchPage:
    """A page of the stored items that hold every term of `query`. Raises QueryError."""
    terms = search_terms(query)
    found = await store.count_matching_items(terms)
    if not found:
        totals = await store.count_totals()
        cyrillic = _in_cyrillic(terms)
        wider = await _find_wider(store, terms, cyrillic)
        return SearchPage(terms, (), 0, 1, 1, wider=wider, cyrillic=_as_query(cyrillic), archive=totals.items)
    pages = -(-found // PAGE)
    moved = page > pages
    shown = 1 if moved else max(page, 1)
    reports = await store.search_items(terms, PAGE, (shown - 1) * PAGE)
    return SearchPage(terms, tuple(reports), found, shown, pages, moved)


async def count_held_days(store: ReplayStore, now: datetime) -> int:
    """How many days back the archive reaches; 0 before anything was read."""
    oldest = await store.list_items(datetime.min.replace(tzinfo=UTC), 0, 1)
    return max(-(-(now - oldest[0][1].first_seen) // timedelta(days=1)), 1) if oldest else 0


def _in_cyrillic(terms: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a Latin query in Cyrillic letters, with open endings; nothing for other queries."""
    words = [read_as_cyrillic(word.rstrip("*")) for term in terms for word in term.split()]
    return tuple(open_stem(word) for word in words) if all(words) else ()


def _as_query(terms: tuple[str, ...]) -> str:
    return " ".join(f'"{term}"' if " " in term else term for term in terms)


async def _find_wider(store: ArchiveStore, terms: tuple[str, ...], cyrillic: tuple[str, ...]) -> Wider | None:
    """The same search with open word endings, in Cyrillic, else with its telling word alone, if that finds anything."""
    opened = tuple(_open(term) for term in terms)
    longest = max(opened, key=len)
    for wider in dict.fromkeys((opened, cyrillic, (longest,))):
        if wider and wider != terms and (found := await store.count_matching_items(wider)):
            return Wider(_as_query(wider), found)
    return None


def _open(term: str) -> str:
    return f"{term}*" if len(term) >= _SHORTEST_PREFIX and " " not in term and not term.endswith("*") else term
