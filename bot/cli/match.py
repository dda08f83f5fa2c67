"""`tocsin match`: a filter for items, JSON lines in and JSON lines out."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.bootstrap import load_usable_watchlists
from bot.cli.common import prepare
from bot.errors import SettingsError
from bot.matching.matcher import Matcher
from bot.matching.records import Document, Match

_TEXTS = ("title", "summary", "content", "link", "source", "lang")


@click.command()
@click.option("--watchlists", "directory", type=click.Path(path_type=Path), help="Folder of watchlists to match.")
def match(directory: Path | None) -> None:
    """Match items from standard input.

    One JSON object a line: id and title, optionally summary, content, link, source, lang, published.
    Prints one line each: {"id", "matches": [{"watchlist", "priority", "evidence": [...]}]}, where start and end
    are character offsets into the field as it was given.
    """
    settings = prepare("warning")
    matcher = Matcher.build(load_usable_watchlists(directory or settings.watchlists).watchlists)
    bad = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            given_id, document = read_document(line)
        except SettingsError as error:
            bad += 1
            click.echo(f"line {number}: {error}", err=True)
            continue
        sys.stdout.write(format_matches(given_id, matcher.match(document)) + "\n")
    sys.stdout.flush()
    if bad:
        sys.exit(1)


def read_document(line: bytes) -> tuple[object, Document]:
    """The id as it was given and the item on one line. Raises SettingsError if it is none."""
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
