"""Mistakes that show only when routes and watchlists are read together: names that nothing has."""

from collections.abc import Collection, Iterator
from pathlib import Path

from bot.domain.watchlists import Place, WatchlistCatalog
from bot.errors import WatchlistError
from bot.sources.route_files import LoadedRoutes
from bot.sources.yaml_fields import suggest


def find_route_problems(loaded: LoadedRoutes, catalog: WatchlistCatalog) -> tuple[WatchlistError, ...]:
    """Lists and tags that routes.yaml names in vain, and destinations that lists `notify` in vain."""
    return (*_find_unknown_in_routes(loaded, catalog), *_find_unknown_in_lists(loaded, catalog))


def _find_unknown_in_routes(loaded: LoadedRoutes, catalog: WatchlistCatalog) -> Iterator[WatchlistError]:
    ids = [watchlist.id for watchlist in catalog.watchlists]
    # A broken file keeps its list's id and tags to itself: its own problem is told, and no second one here.
    hidden = {Path(path).stem for path in catalog.unusable}
    tags = sorted({tag for watchlist in catalog.watchlists for tag in watchlist.tags})
    for named in loaded.named:
        if named.kind == "lists" and named.name not in ids and named.name not in hidden:
            yield _report(named.place, f"there is no watchlist “{named.name[:60]}”.", named.name, ids)
        if named.kind == "tags" and named.name not in tags and not hidden:
            yield _report(named.place, f"no watchlist has the tag “{named.name[:60]}”.", named.name, tags)


def _find_unknown_in_lists(loaded: LoadedRoutes, catalog: WatchlistCatalog) -> Iterator[WatchlistError]:
    for watchlist in catalog.watchlists:
        for number, name in enumerate(watchlist.notify):
            place = catalog.find_place(watchlist.id, f"notify[{number}]")
            if name and name not in loaded.destinations and place is not None:
                cause = f"routes.yaml has no destination “{name[:60]}”."
                yield _report(place, cause, name, loaded.destinations)


def _report(place: Place, cause: str, name: str, known: Collection[str]) -> WatchlistError:
    cure = suggest(name, known) if known else "Add it there, or delete it here."
    return WatchlistError(place.path, place.line, place.column, cause, cure)
