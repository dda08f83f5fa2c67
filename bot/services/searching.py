"""Searching the archive, and what to try when nothing is found."""

from dataclasses import dataclass

from bot.domain.alerts import Report
from bot.matching.search_terms import search_terms
from bot.ports.alert_store import ArchiveStore

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

    `wider` is given only when nothing was found.
    """

    terms: tuple[str, ...]
    reports: tuple[Report, ...]
    found: int
    page: int
    pages: int
    moved: bool = False
    wider: Wider | None = None
    archive: int = 0


async def search(store: ArchiveStore, query: str, page: int = 1) -> SearchPage:
    """A page of the stored items that hold every term of `query`. Raises QueryError."""
    terms = search_terms(query)
    found = await store.count_matching_items(terms)
    if not found:
        totals = await store.count_totals()
        return SearchPage(terms, (), 0, 1, 1, wider=await _find_wider(store, terms), archive=totals.items)
    pages = -(-found // PAGE)
    moved = page > pages
    shown = 1 if moved else max(page, 1)
    reports = await store.search_items(terms, PAGE, (shown - 1) * PAGE)
    return SearchPage(terms, tuple(reports), found, shown, pages, moved)


async def _find_wider(store: ArchiveStore, terms: tuple[str, ...]) -> Wider | None:
    """The same search with open word endings, else with its telling word alone, if that finds anything."""
    opened = tuple(_open(term) for term in terms)
    longest = max(opened, key=len)
    for wider in dict.fromkeys((opened, (longest,))):
        if wider != terms and (found := await store.count_matching_items(wider)):
            return Wider(" ".join(f'"{term}"' if " " in term else term for term in wider), found)
    return None


def _open(term: str) -> str:
    return f"{term}*" if len(term) >= _SHORTEST_PREFIX and " " not in term and not term.endswith("*") else term
