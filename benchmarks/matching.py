"""How fast is the matcher, how does its cost grow with the watchlists, and how does it compare with its peers?

    python -m benchmarks.matching                    # all of it; writes docs/benchmarks.md and the plot
    python -m benchmarks.matching --quick            # smaller, prints only
    python -m benchmarks.matching --news news.jsonl.gz   # also over real items (`title` and `text` a line)

Raw text in, matches with evidence and offsets out; peers only tell which terms occur. Processor time,
medians of at least five rounds, engines in turn in every round so that a busy machine slows all alike. The compiled
peers come with `pip install 'tocsin[benchmark]'`; without them their rows are missing.
"""

import argparse
import gc
import gzip
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from benchmarks import matching_peers as peers
from benchmarks.matching_data import ARTICLE_WORDS, Generator, PlainTerm, rule_lists, term_lists
from benchmarks.matching_report import write_report
from bot.matching.matcher import Matcher
from bot.matching.records import Document
from bot.matching.watchlist import Watchlist

Result = TypeVar("Result")
SIZES = (100, 1_000, 10_000, 100_000)
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Figures:
    """Everything one run measured. Times are microseconds an item unless a name says otherwise."""

    rounds: int
    items: int
    machine: str
    by_engine: dict[str, dict[int, float]] = field(default_factory=dict)
    build_seconds: dict[str, dict[int, float]] = field(default_factory=dict)
    hits: dict[int, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Measure, print, and write the report unless asked to be quick."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="up to 10,000 terms, three rounds, nothing written")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--items", type=int, default=1_000)
    arguments.add_argument("--news", type=Path, help="a .jsonl.gz of real items with `title` and `text`")
    given = arguments.parse_args()
    sizes = SIZES[:3] if given.quick else SIZES
    machine = (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.python_implementation()} {platform.python_version()}"
    )
    figures = Figures(3 if given.quick else given.rounds, given.items, machine)
    generator = Generator()
    terms = generator.terms(sizes[-1])
    for size in sizes:
        _measure_terms(figures, generator, terms[:size])
    _measure_rules(figures, generator, terms)
    _measure_articles(figures, generator, terms)
    _measure_memory(figures, len(terms))
    if given.news:
        _measure_news(figures, terms, given.news)
    write_report(figures, None if given.quick else Path(__file__).parents[1] / "docs")


def _measure_terms(figures: Figures, generator: Generator, terms: list[PlainTerm]) -> None:
    size = len(terms)
    items = generator.items(figures.items, [plain.occurrence for plain in terms])
    matcher, seconds = _timed(lambda: Matcher.build(term_lists(terms)))
    written = [plain.term.text for plain in terms]
    figures.build_seconds.setdefault("Tocsin", {})[size] = seconds
    figures.hits[size] = sum(len(match.evidence) for item in items for match in matcher.match(item)) / len(items)
    engines: dict[str, tuple[Callable[[Sequence[Document]], object], Sequence[Document]]] = {
        "Tocsin": (_matching(matcher), items)
    }
    for name, build, share in (
        ("ahocorasick_rs", peers.aho_corasick, 1),
        ("hyperscan", peers.hyperscan, 1),
        ("FTS5, batches of 500", peers.fts5, 2),
        ("`in` loop", peers.in_loop, max(20, size // 400)),
    ):
        peer, seconds = _timed(lambda build=build: build(written))  # type: ignore[misc]  # bound for this turn
        if peer:
            figures.build_seconds.setdefault(name, {})[size] = seconds
            engines[name] = (peer, items[: max(4, len(items) // share)])
    for name, micros in _medians(engines, figures.rounds).items():
        figures.by_engine.setdefault(name, {})[size] = micros


def _measure_rules(figures: Figures, generator: Generator, terms: list[PlainTerm]) -> None:
    lists, plants = rule_lists(generator, terms, len(terms))
    items = generator.items(figures.items, plants)
    matcher, figures.facts["rules: build, s"] = _timed(lambda: Matcher.build(lists))
    found = sum(len(matcher.match(item)) for item in items)
    figures.facts["rules: matches an item"] = found / len(items)
    figures.facts["rules: µs an item"] = _medians({"rules": (_matching(matcher), items)}, figures.rounds)["rules"]
    figures.facts["edit of one rule, ms"] = 1_000 * statistics.median(
        _edit(matcher, lists, number) for number in range(max(5, figures.rounds))
    )


def _edit(matcher: Matcher, lists: list[Watchlist], number: int) -> float:
    """Seconds from a changed rule to a matcher that fires on it."""
    place = (number * 7919) % len(lists)
    changed = lists[place]
    new_term = replace(changed.groups[0].terms[0], text=f"edited{number}")
    groups = (replace(changed.groups[0], terms=(new_term,)), *changed.groups[1:])
    edited = [*lists[:place], replace(changed, groups=groups), *lists[place + 1 :]]
    updated, seconds = _timed(lambda: matcher.updated(edited))
    assert updated.explain(Document("d", f"edited{number}")), "the edit is live"
    return seconds


def _measure_articles(figures: Figures, generator: Generator, terms: list[PlainTerm]) -> None:
    matcher = Matcher.build(term_lists(terms))
    plants = [plain.occurrence for plain in terms]
    short, long = generator.items(200, plants), generator.items(200, plants, ARTICLE_WORDS)
    medians = _medians({"short": (_matching(matcher), short), "long": (_matching(matcher), long)}, figures.rounds)
    figures.facts["600-word article, µs"] = medians["long"]
    figures.facts["600-word article, cost a word against a 67-word item"] = (medians["long"] / ARTICLE_WORDS) / (
        medians["short"] / 67
    )


def _measure_memory(figures: Figures, terms: int) -> None:
    with get_context("spawn").Pool(1) as pool:
        figures.facts["memory of the matcher, MB"] = pool.apply(_memory_of, (terms,)) / 1e6


def _memory_of(count: int) -> int:
    """Bytes a matcher of so many terms adds to a fresh process, the Russian dictionary included."""
    lists = term_lists(Generator().terms(count))
    gc.collect()
    before = _resident()
    matcher = Matcher.build(lists)
    gc.collect()
    assert matcher.size, "kept until measured"
    return _resident() - before


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


def _measure_news(figures: Figures, terms: list[PlainTerm], news: Path) -> None:
    with gzip.open(news, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    items = [Document(str(number), row["title"], row["text"]) for number, row in enumerate(rows)]
    matcher = Matcher.build(term_lists(terms))
    figures.facts["real news, µs an item"] = _medians({"news": (_matching(matcher), items)}, figures.rounds)["news"]


def _matching(matcher: Matcher) -> Callable[[Sequence[Document]], object]:
    return lambda items: [matcher.match(item) for item in items]


def _medians(
    engines: dict[str, tuple[Callable[[Sequence[Document]], object], Sequence[Document]]], rounds: int
) -> dict[str, float]:
    """The median microseconds an item of each engine, after one round to warm up."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(rounds + 1):
        for name, (run, items) in engines.items():
            _, seconds = _timed(lambda run=run, items=items: run(items))  # type: ignore[misc]  # bound for this turn
            if turn:
                times[name].append(1e6 * seconds / len(items))
    return {name: statistics.median(values) for name, values in times.items()}


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What the work gives, and the processor seconds it takes: everything here runs on one thread."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


if __name__ == "__main__":
    main()
