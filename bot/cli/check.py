"""`tocsin check`: validates watchlists, feeds and routes, and runs every example."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli.common import json_option, prepare, print_json
from bot.domain.watchlists import WatchlistCatalog
from bot.domain.wording import count_words
from bot.errors import WatchlistError
from bot.matching.matcher import Matcher
from bot.services.checking import ExampleFailure, check_examples, find_overeager_excludes
from bot.services.list_texts import bare_cause
from bot.sources.watchlist_files import FEEDS_FILE, ROUTES_FILE
from bot.sources.watchlist_folder import YamlFolder


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; `watchlists`, `examples`, `feeds` and `routes` count what was checked."""

    problems: tuple[WatchlistError, ...]
    failures: tuple[ExampleFailure, ...]
    watchlists: int
    examples: int
    feeds: int
    routes: int


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@json_option
def check(path: Path | None, *, as_json: bool) -> None:
    """Validate the YAML in PATH (a folder or one of its files) and run the examples in every watchlist.

    PATH is TOCSIN_WATCHLISTS where it is not given. Exits with 1 if anything is wrong.
    """
    report = check_path(path or prepare("warning").watchlists)
    if as_json:
        print_json(_as_json(report))
    else:
        _print(report)
    if report.problems or report.failures:
        sys.exit(1)


def check_path(path: Path) -> Report:
    """Checks a folder, or one file of it together with the word groups beside it."""
    directory = path if path.is_dir() or not path.suffix else path.parent
    contents = YamlFolder(directory).load()
    catalog = contents.catalog
    failures = check_examples(catalog, Matcher.build(catalog.watchlists))
    problems = [*contents.problems, *find_overeager_excludes(catalog, failures)]
    chosen = _only(catalog, path)
    if path != directory:
        problems = [problem for problem in problems if Path(problem.path) in (path, directory)]
        failures = tuple(failure for failure in failures if failure.watchlist in chosen)
        if not path.exists():
            problems = [WatchlistError(str(path), 0, 0, "there is no such file.", "Give a YAML file or its folder.")]
    examples = sum(
        len(watchlist.positive) + len(watchlist.negative) for watchlist in catalog.watchlists if watchlist.id in chosen
    )
    return Report(
        tuple(problems),
        failures,
        len(chosen),
        examples,
        feeds=len(contents.feeds) if path in (directory, directory / FEEDS_FILE) else 0,
        routes=len(contents.routes.routes) if path in (directory, directory / ROUTES_FILE) else 0,
    )


def _only(catalog: WatchlistCatalog, path: Path) -> frozenset[str]:
    """The ids of the watchlists that stand in `path`."""
    places = {watchlist.id: catalog.find_place(watchlist.id) for watchlist in catalog.watchlists}
    return frozenset(
        watchlist_id
        for watchlist_id, place in places.items()
        if path.is_dir() or (place is not None and Path(place.path) == path)
    )


def _print(report: Report) -> None:
    for problem in report.problems:
        click.echo(str(problem), err=True)
    for failure in report.failures:
        click.echo(str(failure), err=True)
    wrong = len(report.problems) + len(report.failures)
    checked = (
        count_words(report.watchlists, "watchlist"),
        count_words(report.examples, "example"),
        count_words(report.feeds, "feed"),
        count_words(report.routes, "route"),
    )
    click.echo(f"{', '.join(checked)}: {count_words(wrong, 'problem') if wrong else 'all good'}.")


def _as_json(report: Report) -> dict[str, object]:
    return {
        "ok": not (report.problems or report.failures),
        "watchlists": report.watchlists,
        "examples": report.examples,
        "feeds": report.feeds,
        "routes": report.routes,
        "problems": [
            {
                "path": problem.path,
                "line": problem.line,
                "column": problem.column,
                "cause": bare_cause(problem),
                "cure": problem.cure,
            }
            for problem in report.problems
        ],
        "failures": [
            {
                "watchlist": failure.watchlist,
                "path": failure.place.path if failure.place else "",
                "line": failure.place.line if failure.place else 0,
                "column": failure.place.column if failure.place else 0,
                "title": failure.example.title,
                "cause": failure.words,
            }
            for failure in report.failures
        ],
    }
