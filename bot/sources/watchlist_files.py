"""Reads a directory of watchlists with its shared word groups, and says everything that is wrong with it."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from bot.domain.watchlists import Place, WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.validation import Problem, find_problems
from bot.matching.watchlist import Watchlist
from bot.sources.scalar_places import find_character
from bot.sources.strict_yaml import MAX_BYTES, Node, parse_yaml
from bot.sources.watchlist_reader import read_watchlist
from bot.sources.word_groups import SharedGroups, read_groups_file
from bot.sources.yaml_fields import MOST_PROBLEMS, Reader

GROUPS_FILE = "groups.yaml"
FEEDS_FILE = "feeds.yaml"
ROUTES_FILE = "routes.yaml"
_NOT_WATCHLISTS = (GROUPS_FILE, FEEDS_FILE, ROUTES_FILE)
_NO_DIRECTORY = ("there is no such directory.", "Set TOCSIN_WATCHLISTS to where your watchlists are.")
_CLOSED_DIRECTORY = ("this directory cannot be read.", "Make it readable for the user Tocsin runs as.")
_NO_WATCHLIST = ("there is no watchlist here.", "Put at least one *.yaml file into it.")
_WRONG_ENDING = ("this file is not read.", "Rename it so that it ends in .yaml.")
_MOST_NAMED = 8


Parse = Callable[[bytes, str], Node]
# Every text is read beside the groups of its folder: they are remembered, with the text that was read last.
_parse_again = lru_cache(maxsize=2)(parse_yaml)


def load_watchlists(directory: Path, parse: Parse = parse_yaml) -> WatchlistCatalog:
    """Every faultless watchlist in `directory`, by file name, and the problems of the others.

    A file that is broken never hides the good ones. Nothing is raised for what stands in the files.
    """
    if not directory.is_dir():
        return WatchlistCatalog(problems=(_report_whole(directory, *_NO_DIRECTORY),))
    if not os.access(directory, os.R_OK | os.X_OK):
        return WatchlistCatalog(problems=(_report_whole(directory, *_CLOSED_DIRECTORY),))
    reading = _Reading(directory, parse)
    files = [path for path in list_files(directory, ".yaml") if path.name not in _NOT_WATCHLISTS]
    for path in files:
        reading.add(path)
    reading.problems += [_report_whole(path, *_WRONG_ENDING) for path in list_files(directory, ".yml")]
    if not files:
        reading.problems.append(_report_whole(directory, *_NO_WATCHLIST))
    return reading.finish(files)


def list_files(directory: Path, ending: str) -> list[Path]:
    """The files of a directory with this ending, by name. Hidden ones are what editors and systems leave behind."""
    return sorted(path for path in directory.glob(f"*{ending}") if not path.name.startswith("."))


def read_watchlist_text(text: str, name: str, directory: Path) -> WatchlistCatalog:
    """One watchlist written by hand instead of lying in `directory`, whose shared groups it may use.

    Problems are those of the text itself, at their places in `name`.
    """
    reading = _Reading(directory, _parse_again)
    reading.problems.clear()
    path = Path(name)
    reading.add(path, text.encode("utf-8", "surrogatepass"))
    return reading.finish([path])


@dataclass(slots=True)
class _Reading:
    """What one reading of a directory has found so far."""

    directory: Path
    parse: Parse
    problems: list[WatchlistError] = field(default_factory=list)
    watchlists: dict[str, Watchlist] = field(default_factory=dict)
    places: dict[str, Mapping[str, Place]] = field(default_factory=dict)
    waiting: dict[str, frozenset[str]] = field(default_factory=dict)
    shared: SharedGroups = field(init=False)
    shared_places: Mapping[str, Mapping[str, Place]] = field(init=False)

    def __post_init__(self) -> None:
        self.shared = _load_groups(self.directory / GROUPS_FILE, self.parse, self.problems)
        self.shared_places = _group_places(self.shared)

    def add(self, path: Path, data: bytes | None = None) -> None:
        """Reads one watchlist file (or its `data`); keeps the list if nothing is wrong with it, else its problems."""
        reader = Reader(str(path))
        try:
            read = read_watchlist(reader, self.parse(read_file(path) if data is None else data, str(path)), self.shared)
        except WatchlistError as error:
            self.problems.append(error)
            return
        if read.waits_for:
            self.waiting[path.name] = read.waits_for
        watchlist = read.watchlist
        if reader.problems or read.waits_for or watchlist is None:
            self.problems += reader.problems
            return
        places: dict[str, Place] = {}
        for group in watchlist.groups:
            places |= self.shared_places.get(group.name, {})
        places |= reader.places
        problems = [_place_problem(problem, places, reader) for problem in find_problems(watchlist)[:MOST_PROBLEMS]]
        if watchlist.id in self.places:
            problems.append(_report_taken_id(watchlist.id, places["id"], self.places[watchlist.id][""].path))
        if problems:
            self.problems += problems
            return
        self.watchlists[watchlist.id] = watchlist
        self.places[watchlist.id] = places

    def finish(self, files: Iterable[Path]) -> WatchlistCatalog:
        """The catalog. A problem in a shared group is found again by every list that uses it, and told once."""
        if self.waiting:
            self.problems.append(_report_waiting(self.directory / GROUPS_FILE, self.waiting))
        problems = {str(problem): problem for problem in self.problems}
        unusable = {str(path) for path in files} - {places[""].path for places in self.places.values()}
        return WatchlistCatalog(
            tuple(self.watchlists.values()), tuple(problems.values()), self.places, frozenset(unusable)
        )


def read_file(path: Path) -> bytes:
    """The bytes of a YAML file, no more than are ever parsed. Raises WatchlistError where it cannot be read."""
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise _report_whole(path, "the file cannot be read: it is no ordinary file.", "Remove it.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _report_whole(path, "there is no such file.", "Check the name.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _report_whole(path, f"the file cannot be read: {reason}.", "Check its permissions.") from None


def _load_groups(path: Path, parse: Parse, problems: list[WatchlistError]) -> SharedGroups:
    if not path.exists():
        return SharedGroups()
    reader = Reader(str(path))
    try:
        shared = read_groups_file(reader, parse(read_file(path), str(path)))
    except WatchlistError as error:
        problems.append(error)
        return SharedGroups(readable=False)
    problems += reader.problems
    return shared


def _group_places(shared: SharedGroups) -> dict[str, dict[str, Place]]:
    """Where each shared group stands in groups.yaml, with its terms, by the group's name."""
    places: dict[str, dict[str, Place]] = {}
    for part, place in shared.places.items():
        # Parts are `groups.geo.tajikistan` and `groups.geo.tajikistan.en: Khatlon`; a term may hold more full stops.
        places.setdefault(".".join(part.split(".", 3)[1:3]), {})[part] = place
    return places


def _place_problem(problem: Problem, places: Mapping[str, Place], reader: Reader) -> WatchlistError:
    part = problem.part
    while part and part not in places:
        # A part the file does not spell out (a term's slot, an examples list) stands where its whole stands.
        cut = max(part.rfind(": "), part.rfind("."), part.rfind("["))
        part = part[:cut] if cut > 0 else ""
    place = places[part]
    query = reader.queries.get(place)
    if problem.query and query is not None:
        line, column = find_character(query, problem.query, problem.position)
        return WatchlistError(place.path, line, column, problem.cause, problem.cure)
    return WatchlistError(place.path, place.line, place.column, problem.cause, problem.cure)


def _report_taken_id(name: str, place: Place, first: str) -> WatchlistError:
    return WatchlistError(
        place.path, place.line, place.column, f"the id “{name}” is taken by {first}.", "Choose another id."
    )


def _report_waiting(path: Path, waiting: Mapping[str, frozenset[str]]) -> WatchlistError:
    more = len(waiting) - _MOST_NAMED
    listed = ", ".join(list(waiting)[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    groups = ", ".join(sorted(set().union(*waiting.values()))[:_MOST_NAMED])
    cause = f"not used, because they need groups of this file that are broken ({groups}): {listed}."
    return _report_whole(path, cause, "Correct this file.")


def _report_whole(path: Path, cause: str, cure: str) -> WatchlistError:
    return WatchlistError(str(path), 0, 0, cause, cure)
