"""`tocsin match`: a filter for items, JSON lines in and JSON lines out, in constant memory."""

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click

from bot.bootstrap import load_usable_watchlists
from bot.cli.common import prepare
from bot.errors import SettingsError
from bot.matching.matcher import Matcher
from bot.matching.records import Document, Match
from bot.matching.watchlist import Watchlist

_TEXTS = ("title", "summary", "content", "link", "source", "lang")
# Long enough that handing lines to another process costs little beside matching them.
_CHUNK = 500
# Chunks in hand per process: one at work and one waiting, so that nobody idles and memory stays bounded.
_CHUNKS_A_JOB = 2
_MOST_JOBS = 64
# Bytes. An item with the longest article is far below; memory stays bounded whatever stands in the pipe.
_LONGEST_LINE = 8 * 1024 * 1024

Numbered = tuple[int, bytes]
Answer = tuple[str, str]


@click.command()
@click.option("--watchlists", "directory", type=click.Path(path_type=Path), help="Folder of watchlists to match.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, _MOST_JOBS), help="Processes to use.")
def match(directory: Path | None, jobs: int) -> None:
    """Match items from standard input.

    One JSON object a line: id and title, optionally summary, content, link, source, lang, published.
    Prints one line each, in the same order: {"id", "matches": [{"watchlist", "priority", "evidence": [...]}]}, where
    start and end are character offsets into the field as it was given.
    """
    settings = prepare("warning")
    watchlists = load_usable_watchlists(directory or settings.watchlists).watchlists
    bad = 0
    for line, complaint in answer_all(sys.stdin.buffer, watchlists, jobs):
        if complaint:
            bad += 1
            click.echo(complaint, err=True)
        else:
            sys.stdout.write(line)
    sys.stdout.flush()
    if bad:
        sys.exit(1)


def answer_all(lines: BinaryIO, watchlists: Sequence[Watchlist], jobs: int) -> Iterator[Answer]:
    """For every line that is not empty its answer, or a complaint about it; in order, reading ahead a little."""
    numbered = ((number, line) for number, line in enumerate(read_lines(lines), 1) if line.strip())
    if jobs == 1:
        matcher = Matcher.build(watchlists)
        yield from (answer_line(matcher, *one) for one in numbered)
        return
    with ProcessPoolExecutor(jobs, initializer=_prepare_worker, initargs=(watchlists,)) as workers:
        waiting: deque[Future[list[Answer]]] = deque()
        while chunk := list(islice(numbered, _CHUNK)):
            waiting.append(workers.submit(_answer_chunk, chunk))
            if len(waiting) >= jobs * _CHUNKS_A_JOB:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def read_lines(lines: BinaryIO) -> Iterator[bytes]:
    """Line after line; of one that is too long as much as shows it, the rest is read past."""
    while line := lines.readline(_LONGEST_LINE + 1):
        yield line
        while len(line) > _LONGEST_LINE and not line.endswith(b"\n"):
            line = lines.readline(_LONGEST_LINE + 1)


class _Worker:
    """What a worker process holds between chunks."""

    matcher: Matcher


def _prepare_worker(watchlists: Sequence[Watchlist]) -> None:
    _Worker.matcher = Matcher.build(watchlists)


def _answer_chunk(chunk: Sequence[Numbered]) -> list[Answer]:
    return [answer_line(_Worker.matcher, *one) for one in chunk]


def answer_line(matcher: Matcher, number: int, line: bytes) -> Answer:
    """The line to print for an item, and no complaint; or a complaint that names the line."""
    try:
        given_id, document = read_document(line)
    except SettingsError as error:
        return "", f"line {number}: {error}"
    return f"{format_matches(given_id, matcher.match(document))}\n", ""


def read_document(line: bytes) -> tuple[object, Document]:
    """The id as it was given and the item on one line. Raises SettingsError if it is none."""
    if len(line) > _LONGEST_LINE:
        raise SettingsError(f"the line is over {_LONGEST_LINE // 1024 // 1024} MB.", "Write one item a line.")
    try:
        given: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise SettingsError("this is not JSON.", 'Write {"id": "1", "title": "…"} on one line.') from None
    if not isinstance(given, dict) or "id" not in given or not isinstance(given.get("title"), str):
        raise SettingsError("an item needs id and title.", 'Write {"id": "1", "title": "…"}.')
    texts: dict[str, Any] = {name: given.get(name) or "" for name in _TEXTS}
    wrong = next((name for name, text in texts.items() if not isinstance(text, str)), None)
    if wrong:
        raise SettingsError(f"{wrong} must be text.", f'Write "{wrong}": "…".')
    return given["id"], Document(id=str(given["id"]), published=_read_date(given.get("published")), **texts)


def _read_date(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        date = datetime.fromisoformat(str(value))
    except ValueError:
        raise SettingsError(f"“{value}” is no date.", "Write ISO 8601, like 2026-11-25T07:00:00Z.") from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def format_matches(item_id: object, matches: Iterable[Match]) -> str:
    """One line of output."""
    return json.dumps({"id": item_id, "matches": list(_rows(matches))}, ensure_ascii=False)


def _rows(matches: Iterable[Match]) -> Iterator[dict[str, object]]:
    for found in matches:
        yield {
            "watchlist": found.watchlist,
            "priority": found.priority.word,
            "rule": found.rule,
            "rings": found.rings,
            "evidence": [
                {
                    "field": evidence.field,
                    "start": evidence.start,
                    "end": evidence.end,
                    "text": evidence.text,
                    "term": evidence.term,
                }
                for evidence in found.evidence
            ],
        }
