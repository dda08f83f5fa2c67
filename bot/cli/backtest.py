"""`tocsin backtest`: what a query, a file or a watchlist would have caught in the archive."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress

from bot.bootstrap import load_usable_watchlists, open_archive
from bot.cli.common import json_option, prepare, print_json, run_async
from bot.clock import SystemClock
from bot.commands.backtest_words import (
    build_miss_blocks,
    build_reading_blocks,
    build_test_blocks,
    diff_words,
    sample_line,
    story_samples,
)
from bot.config import Settings
from bot.domain.backtests import DEFAULT_DAYS, Hit, Miss, Replay, RuleDiff, build_figures, compare, group_misses
from bot.domain.messages import Block, Message, line, plain_text
from bot.domain.wording import count_words, local_time
from bot.errors import NotFound, SettingsError
from bot.jobs.replaying import WorkerReplayer
from bot.matching.watchlist import Watchlist
from bot.ports.store import Store
from bot.services.backtesting import as_sending, replay_archive
from bot.services.catalog import Catalog
from bot.services.list_loading import find_lost, load_chat_lists
from bot.services.list_texts import read_list, read_query_list
from bot.sources.watchlist_texts import FolderTexts

_BEFORE = "saved"
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Tested:
    """What was asked for: a list, and its last saved form where it has one that says something else."""

    watchlist: Watchlist
    saved: Watchlist | None = None
    saved_words: str = ""


# `-word` is part of a query, so there are no short options here.
@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("query", nargs=-1, required=True)
@click.option("--days", default=DEFAULT_DAYS, show_default=True, help="How far to look back.")
@click.option(
    "--near-misses", is_flag=True, help="Also show items one word group short of firing, by what was missing."
)
@json_option
def backtest(query: tuple[str, ...], days: int, *, near_misses: bool, as_json: bool) -> None:
    """Test QUERY on the archive: a query, a YAML file, or the id of a watchlist.

    Put a query with signs into single quotes: 'tajik* NEAR/10 "close the border" -football'.

    Of a watchlist whose file was edited since it was last in use, the difference is shown too.
    """
    settings = prepare("warning")
    run_async(_run(settings, " ".join(query), days, near_misses=near_misses, as_json=as_json))


async def _run(settings: Settings, text: str, days: int, *, near_misses: bool, as_json: bool) -> None:
    zone = ZoneInfo(settings.timezone)
    async with open_archive(settings) as store:
        catalog = Catalog(load_usable_watchlists(settings.watchlists))
        await load_chat_lists(store, catalog, FolderTexts(settings.watchlists))
        tested = await _find_tested(settings, store, catalog, text)
        subjects = [as_sending(tested.watchlist)]
        if tested.saved is not None:
            subjects = [tested.watchlist, replace(tested.saved, id=_BEFORE)]
        with _progress() as on_progress:
            replay = await replay_archive(
                store,
                WorkerReplayer(),
                subjects,
                now=SystemClock().now(),
                days=days,
                others=catalog.loaded.watchlists,
                near_misses=True,
                on_progress=on_progress,
            )
        outlets = {status.feed.id: status.feed.outlet for status in await store.list_feeds()}
    own = tested.watchlist.id
    replay = replace(replay, misses=tuple(miss for miss in replay.misses if miss.watchlist == own))
    diff = compare(replay, _BEFORE, own) if tested.saved is not None else None
    if as_json:
        print_json(_as_json(replay, own, diff, zone))
        return
    blocks = build_test_blocks(replay, build_figures(replay, own, zone), outlets, zone)
    blocks += build_reading_blocks(tested.watchlist)
    if near_misses:
        blocks += [line(""), *build_miss_blocks(replay.misses, outlets, zone)]
    if diff is not None:
        blocks += [line(""), line(f"Compared with {tested.saved_words}:"), *_diff_blocks(diff, replay, outlets, zone)]
    click.echo(plain_text(Message(tuple(blocks), "")))


async def _find_tested(settings: Settings, store: Store, catalog: Catalog, text: str) -> Tested:
    texts = FolderTexts(settings.watchlists)
    path = Path(text)
    if path.suffix in (".yaml", ".yml"):
        content = await asyncio.to_thread(texts.find_file, text)
        if content is None:
            raise SettingsError(f"There is no file {text}.", "Give a YAML file, a watchlist's id or a query.")
        return Tested((await read_list(texts, content.text, text)).watchlist)
    known = catalog.find(text)
    mistakes = [problem for problem in catalog.problems if Path(problem.path).stem == text]
    if mistakes and (known is None or known.id != text):
        raise mistakes[0]
    if known is None:
        lost = await find_lost(store, catalog, text, "")
        if lost is not None:
            cause = f"There was a watchlist called {lost.watchlist}; it is gone."
            raise NotFound(cause, f"To look for the word, put it in quotes: '\"{lost.watchlist}\"'.")
        return Tested((await read_query_list(texts, text)).watchlist)
    for version in await store.list_watchlist_versions(known.id):
        if version.content != known:
            words = f"version {version.number} of {local_time(version.at, ZoneInfo(settings.timezone))}"
            return Tested(known, version.content, words)
    return Tested(known)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Reading the archive", total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def _diff_blocks(diff: RuleDiff, replay: Replay, outlets: dict[str, str], zone: tzinfo) -> list[Block]:
    blocks: list[Block] = [line(diff_words(diff, replay))]
    for name, stories in (("Gone", diff.gone), ("New", diff.new)):
        samples = story_samples(stories, _MOST_SHOWN)
        blocks += [line(f"{name}:")] if samples else []
        blocks += [sample_line(number, sample, outlets, zone) for number, sample in enumerate(samples, 1)]
        if len(stories) > len(samples):
            blocks.append(line(f"and {count_words(len(stories) - len(samples), 'older story', 'older stories')}"))
    return blocks


def _as_json(replay: Replay, watchlist: str, diff: RuleDiff | None, zone: tzinfo) -> dict[str, object]:
    figures = build_figures(replay, watchlist, zone)
    document: dict[str, object] = {
        "since": replay.since.isoformat(),
        "until": replay.until.isoformat(),
        "days": replay.days,
        "items": replay.items,
        "feeds": replay.feeds,
        "matches": figures.matches,
        "stories": figures.stories,
        "alerts": figures.alerts,
        "alerts_a_day": round(figures.alerts_a_day, 2),
        "critical": figures.critical,
        "busiest_day": figures.busiest_day.isoformat() if figures.busiest_day else None,
        "stories_by_day": figures.stories_by_day,
        "languages": dict(figures.languages),
        "by_feed": dict(figures.feeds),
        "covered_by": dict(figures.covered),
        "hits": [_hit(hit) for hit in replay.hits if hit.watchlist == watchlist],
        "near_misses": {name: [_miss(miss) for miss in group] for name, group in group_misses(replay.misses)},
    }
    if diff is not None:
        parts: dict[str, Sequence[object]] = {"gone": diff.gone, "new": diff.new, "unchanged": diff.unchanged}
        document["before"], document["after"] = diff.before, diff.after
        document |= {name: len(stories) for name, stories in parts.items()}
    return document


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "title": hit.title,
        "link": hit.link,
        "feed": hit.feed_id,
        "lang": hit.lang,
        "seen": hit.when.isoformat(),
        "rule": hit.rule,
        "priority": hit.priority.word,
        "rings": hit.rings,
        "alerts": hit.alerts,
        "terms": hit.terms,
    }


def _miss(miss: Miss) -> dict[str, object]:
    return {"title": miss.title, "link": miss.link, "feed": miss.feed_id, "rule": miss.rule, "terms": miss.terms}
