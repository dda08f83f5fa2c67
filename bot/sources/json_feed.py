"""JSON Feed (jsonfeed.org, versions 1 and 1.1) to a ParsedFeed. Runs inside a parse worker: input here is hostile."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.items import ParsedItem
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import ParsedFeed
from bot.sources.languages import normalise_language
from bot.sources.links import web_link
from bot.sources.plain_text import AUTHOR_LIMIT, GUID_LIMIT, clean_tags, clean_text, html_to_text, one_line


def read_json_feed(text: str, url: str, max_entries: int) -> ParsedFeed:
    """The feed in a JSON text that came from `url`. Raises FeedError (broken, not_a_feed)."""
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise _broken("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise _broken(f"line {error.lineno}: {error.msg}") from error
    except ValueError as error:  # a number of thousands of digits
        raise _broken("it holds a number that is too long") from error
    if not isinstance(document, dict) or "jsonfeed.org" not in _text(document.get("version")):
        raise FeedError(
            FetchProblem.NOT_A_FEED,
            "The JSON document is no JSON Feed.",
            "Give the address of an RSS, Atom or JSON feed.",
        )
    entries = document.get("items")
    if not isinstance(entries, list):
        raise _broken("it has no list of items")
    items = [_read_item(entry, url) for entry in entries[:max_entries]]
    kept = tuple(item for item in items if item is not None)
    warning = f"only the first {max_entries} of {len(entries)} entries were read" if len(entries) > max_entries else ""
    return ParsedFeed(
        title=one_line(_text(document.get("title"))),
        lang=normalise_language(document.get("language")),
        home=web_link(document.get("home_page_url"), url),
        items=kept,
        skipped=len(items) - len(kept),
        warning=warning,
    )


def _read_item(entry: object, url: str) -> ParsedItem | None:
    if not isinstance(entry, dict):
        return None
    summary = clean_text(_text(entry.get("summary")))
    content = html_to_text(_text(entry.get("content_html"))) or clean_text(_text(entry.get("content_text")))
    if not summary or content == summary:
        summary, content = content or summary, ""
    tags = entry.get("tags")
    link = web_link(entry.get("url"), url) or web_link(entry.get("external_url"), url)
    item = ParsedItem(
        guid=_read_guid(entry.get("id")),
        title=one_line(_text(entry.get("title"))),
        summary=summary,
        content=content,
        link=link,
        author=_read_author(entry),
        lang=normalise_language(entry.get("language")),
        published=_read_date(entry.get("date_published")) or _read_date(entry.get("date_modified")),
        tags=clean_tags(tags if isinstance(tags, list) else ()),
    )
    return item if item.title or item.summary or item.link else None


def _read_guid(value: object) -> str:
    # The format wants a string but tells readers to take a number as well.
    return str(value) if isinstance(value, int | float) else clean_text(_text(value), GUID_LIMIT)


def _read_author(entry: Mapping[str, Any]) -> str:
    authors = entry.get("authors") or [entry.get("author")]
    names = (author.get("name") for author in authors if isinstance(author, dict)) if isinstance(authors, list) else ()
    return one_line(", ".join(name for name in names if isinstance(name, str)), AUTHOR_LIMIT)


def _read_date(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value).strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _broken(why: str) -> FeedError:
    return FeedError(
        FetchProblem.BROKEN, f"The feed is broken: {why}.", "Tell the publisher; Tocsin tries again at the next poll."
    )
