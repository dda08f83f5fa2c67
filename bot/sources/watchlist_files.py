"""Reads a directory of watchlists with its shared word groups, and says everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.domain.watchlists import Place, WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.validation import Problem, find_problems
from bot.matching.watchlist import Watchlist
from bot.sources.strict_yaml import MAX_BYTES, parse_yaml
from bot.sources.watchlist_reader import read_watchlist
from bot.sources.word_groups import SharedGroups, read_groups_file
from bot.sources.yaml_fields import Reader

GROUPS_FILE = "groups.yaml"
FEEDS_FILE = "feeds.yaml"
ROUTES_FILE = "routes.yaml"
_NOT_WATCHLISTS = (GROUPS_FILE, FEEDS_FILE, ROUTES_FILE)
_MOST_NAMED = 8


def load_watchlists(directory: Path) -> WatchlistCatalog:
    """Every faultless watchlist in `directory`, by file name, and the problems of the others.

    A file that is broken never hides the good ones. Nothing is raised for what stands in the files.
    """
    if not directory.is_dir():
        error = WatchlistError(
            str(directory), 0, 0, "there is no such directory.", "Set TOCSIN_WATCHLISTS to where your watchlists are."
        )
        return WatchlistCatalog(problems=(error,))
    problems: list[WatchlistError] = []
    shared = _load_groups(directory / GROUPS_FILE, problems)
    watchlists: dict[str, Watchlist] = {}
    places: dict[str, Mapping[str, Place]] = {}
    waiting: dict[str, frozenset[str]] = {}
    files = sorted(path for path in directory.glob("*.yaml") if path.name not in _NOT_WATCHLISTS)
    for path in files:
        reader = Reader(str(path))
        found, waits_for = _load_watchlist(path, reader, shared)
        if waits_for:
            waiting[path.name] = waits_for
        if found is not None and found.id in places:
            reader.problems.append(_report_taken_id(found.id, reader.places["id"], places[found.id][""].path))
        problems += reader.problems
        if found is None or reader.problems or waits_for:
            continue
        watchlists[found.id] = found
        places[found.id] = {**_shared_places(shared, found), **reader.places}
    problems += _name_waiting(directory / GROUPS_FILE, waiting)
    if not files:
        problems.append(
            WatchlistError(str(directory), 0, 0, "there is no watchlist here.", "Put at least one *.yaml file into it.")
        )
    return WatchlistCatalog(tuple(watchlists.values()), tuple(_without_repeats(problems)), places)


def read_file(path: Path) -> bytes:
    """The bytes of a YAML file, no more than are ever parsed. Raises WatchlistError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise WatchlistError(str(path), 0, 0, "there is no such file.", "Check the name.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WatchlistError(str(path), 0, 0, f"the file cannot be read: {reason}.", "Check its permissions.") from None


def _load_groups(path: Path, problems: list[WatchlistError]) -> SharedGroups:
    if not path.exists():
        return SharedGroups()
    reader = Reader(str(path))
    try:
        shared = read_groups_file(reader, parse_yaml(read_file(path), str(path)))
    except WatchlistError as error:
        problems.append(error)
        return SharedGroups(readable=False)
    problems += reader.problems
    return shared


def _load_watchlist(path: Path, reader: Reader, shared: SharedGroups) -> tuple[Watchlist | None, frozenset[str]]:
    try:
        read = read_watchlist(reader, parse_yaml(read_file(path), str(path)), shared)
    except WatchlistError as error:
        reader.problems.append(error)
        return None, frozenset()
    if read.watchlist is not None and not reader.problems and not read.waits_for:
        places = {**_shared_places(shared, read.watchlist), **reader.places}
        reader.problems += [_place_problem(problem, places) for problem in find_problems(read.watchlist)]
    return read.watchlist, read.waits_for


def _shared_places(shared: SharedGroups, watchlist: Watchlist) -> Mapping[str, Place]:
    """Where the shared groups that a list uses stand in groups.yaml, with their terms."""
    used = tuple(f"groups.{group.name}" for group in watchlist.groups if "." in group.name)
    return {part: place for part, place in shared.places.items() if _belongs(part, used)}


def _belongs(part: str, groups: tuple[str, ...]) -> bool:
    return any(part == group or part.startswith(f"{group}.") for group in groups)


def _place_problem(problem: Problem, places: Mapping[str, Place]) -> WatchlistError:
    part = problem.part
    while part and part not in places:
        # A part the file does not spell out (a term's slot, an examples list) stands where its whole stands.
        cut = max(part.rfind(": "), part.rfind("."), part.rfind("["))
        part = part[:cut] if cut > 0 else ""
    place = places[part]
    return WatchlistError(place.path, place.line, place.column, problem.cause, problem.cure)


def _report_taken_id(name: str, place: Place, first: str) -> WatchlistError:
    return WatchlistError(
        place.path, place.line, place.column, f"the id “{name}” is taken by {first}.", "Choose another id."
    )


def _name_waiting(path: Path, waiting: Mapping[str, frozenset[str]]) -> list[WatchlistError]:
    if not waiting:
        return []
    names = list(waiting)
    listed = ", ".join(names[:_MOST_NAMED]) + (
        f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    )
    groups = ", ".join(sorted(set().union(*waiting.values()))[:_MOST_NAMED])
    cause = f"not used, because they need groups of this file that are broken ({groups}): {listed}."
    return [WatchlistError(str(path), 0, 0, cause, "Correct this file.")]


def _without_repeats(problems: Iterable[WatchlistError]) -> Iterable[WatchlistError]:
    """Problems once each: one in a shared group is found again by every list that uses it."""
    return {str(problem): problem for problem in problems}.values()
