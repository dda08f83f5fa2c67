"""One feedparser entry to a ParsedItem: everything cleaned, cut and checked. Runs inside a parse worker."""

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from bot.domain.items import ParsedItem
from bot.sources.languages import normalise_language
from bot.sources.links import web_link
from bot.sources.plain_text import (
    AUTHOR_LIMIT,
    GUID_LIMIT,
    clean_tags,
    clean_text,
    html_to_text,
    one_line,
)

# A feed has few authors, and lines of them are short.
_AUTHORS = 256
_LONGEST_REMEMBERED = 200
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# Where feedparser puts a date, best first. "updated" comes after "published": an edit is not a publication.
_DATES = ("published_parsed", "updated_parsed", "created_parsed")

Entry = Mapping[str, Any]


def read_entry(entry: Entry, url: str) -> ParsedItem | None:
    """The item in one entry of the document at `url`; None if it holds nothing to read or cannot be read."""
    try:
        item = _read(entry, url)
    except Exception:  # noqa: BLE001  hostile input; one bad entry must not take the others with it, the caller counts
        return None
    return item if item.title or item.summary or item.content or item.link else None


def _read(entry: Entry, url: str) -> ParsedItem:
    summary = _read_text(entry.get("summary_detail"), entry.get("summary"))
    longest = _find_content(entry)
    # feedparser repeats the content as summary where the feed has only one of them.
    is_repeated = "summary_detail" not in entry and longest is not None and _is_summary(longest, entry)
    content = "" if longest is None or is_repeated else _read_text(longest, "")
    if content == summary:
        content = ""
    link = _read_link(entry, url)
    return ParsedItem(
        guid=clean_text(_text(entry.get("id")), GUID_LIMIT),
        title=one_line(_read_text(entry.get("title_detail"), entry.get("title"))),
        summary=summary,
        content=content,
        link=link,
        author=_read_author(entry),
        lang=_read_language(entry),
        published=_read_published(entry),
        tags=_read_tags(entry),
    )


def _read_text(detail: object, fallback: object) -> str:
    value, kind = fallback, "text/html"
    if isinstance(detail, Mapping):
        value, kind = detail.get("value", fallback), detail.get("type") or kind
    text = _text(value)
    return html_to_text(text) if kind in _HTML_TYPES else clean_text(text)


def _find_content(entry: Entry) -> Mapping[str, Any] | None:
    """The longest readable one of the contents that an entry offers."""
    parts = entry.get("content")
    if not isinstance(parts, list):
        return None
    readable = [
        part
        for part in parts
        if isinstance(part, Mapping) and (part.get("type") in _HTML_TYPES or str(part.get("type")).startswith("text/"))
    ]
    return max(readable, key=lambda part: len(_text(part.get("value"))), default=None)


def _is_summary(content: Mapping[str, Any], entry: Entry) -> bool:
    return content.get("type") in _HTML_TYPES and content.get("value") == entry.get("summary")


def _read_link(entry: Entry, url: str) -> str:
    # FeedBurner rewrites links to count clicks and keeps the true one beside.
    candidates = [entry.get("feedburner_origlink"), entry.get("link")]
    links = entry.get("links")
    if isinstance(links, list):
        candidates += [
            link.get("href")
            for link in links
            if isinstance(link, Mapping) and link.get("rel", "alternate") == "alternate"
        ]
    candidates.append(entry.get("id") if "://" in _text(entry.get("id")) else None)
    return next((found for found in (web_link(candidate, url) for candidate in candidates) if found), "")


def _read_author(entry: Entry) -> str:
    """The writer's name; the whole author line, often an e-mail address, only where there is no name."""
    detail = entry.get("author_detail")
    name = _text(detail.get("name")) if isinstance(detail, Mapping) else ""
    name = name or _text(entry.get("author"))
    return _clean_known_author(name) if len(name) <= _LONGEST_REMEMBERED else _clean_author(name)


def _clean_author(name: str) -> str:
    return one_line(html_to_text(name, AUTHOR_LIMIT * 4), AUTHOR_LIMIT)


_clean_known_author = lru_cache(_AUTHORS)(_clean_author)


def _read_language(entry: Entry) -> str:
    for detail in (entry.get("title_detail"), entry.get("summary_detail")):
        if isinstance(detail, Mapping) and (found := normalise_language(detail.get("language"))):
            return found
    return normalise_language(entry.get("language"))


def _read_published(entry: Entry) -> datetime | None:
    # `in` before `get`: feedparser answers for a missing "updated" with "published" and a deprecation warning.
    moments = (_read_date(entry.get(name)) for name in _DATES if name in entry)
    return next((moment for moment in moments if moment is not None), None)


def _read_date(parsed: object) -> datetime | None:
    """The moment in a feedparser time tuple (UTC); None for one outside the calendar, such as the year 10000 or 0."""
    if not isinstance(parsed, tuple):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _read_tags(entry: Entry) -> tuple[str, ...]:
    tags = entry.get("tags")
    if not isinstance(tags, list):
        return ()
    return clean_tags(tag.get("label") or tag.get("term") for tag in tags if isinstance(tag, Mapping))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
