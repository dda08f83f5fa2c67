"""`tocsin check`: validates watchlists and feeds, and runs every example."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli.common import json_option, prepare, print_json
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.matcher import Matcher
from bot.services.checking import ExampleFailure, check_examples
from bot.sources.feed_files import load_feeds
from bot.sources.watchlist_files import FEEDS_FILE, load_watchlists


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; `watchlists`, `examples` and `feeds` count what was checked."""

    problems: tuple[WatchlistError, ...]
    failures: tuple[ExampleFailure, ...]
    watchlists: int
    examples: int
    feeds: int


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
    catalog = load_watchlists(directory)
    loaded = load_feeds(directory / FEEDS_FILE) if (directory / FEEDS_FILE).exists() else None
    problems = [*catalog.problems, *(loaded.problems if loaded else ())]
    failures = check_examples(catalog, Matcher.build(catalog.watchlists))
    chosen = _only(catalog, path)
    if path != directory:
        problems = [problem for problem in problems if Path(problem.path) in (path, directory)]
        failures = tuple(failure for failure in failures if failure.watchlist in chosen)
        if not path.exists():
            problems = [WatchlistError(str(path), 0, 0, "there is no such file.", "Give a YAML file or its folder.")]
    examples = sum(
        len(watchlist.positive) + len(watchlist.negative) for watchlist in catalog.watchlists if watchlist.id in chosen
    )
    has_feeds = loaded is not None and path in (directory, directory / FEEDS_FILE)
    return Report(tuple(problems), failures, len(chosen), examples, len(loaded.feeds) if loaded and has_feeds else 0)


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
    click.echo(
        f"{report.watchlists} watchlists, {report.examples} examples, {report.feeds} feeds: "
        f"{f'{wrong} problems' if wrong != 1 else '1 problem'}."
        if wrong
        else f"{report.watchlists} watchlists, {report.examples} examples, {report.feeds} feeds: all good."
    )


def _as_json(report: Report) -> dict[str, object]:
    return {
        "ok": not (report.problems or report.failures),
        "watchlists": report.watchlists,
        "examples": report.examples,
        "feeds": report.feeds,
        "problems": [
            {
                "path": problem.path,
                "line": problem.line,
                "column": problem.column,
                "cause": problem.cause,
                "cure": problem.cure,
            }
            for problem in report.problems
        ],
        "failures": [
            {"watchlist": failure.watchlist, "title": failure.example.title, "cause": str(failure)}
            for failure in report.failures
        ],
    }
