"""What the elements of a plain entry mean: feedparser's own rules for a closed list of them. Runs in a parse worker.

Each element gives its entry what feedparser's handler of that element gives it (version 6.0.14: mixin.py and
namespaces/_base.py), as far as `bot.sources.entries` looks at it. Whatever is not on the list, or stands there in
another way than here, is `Unusual`, and the document goes to feedparser.
"""

import calendar
import contextlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from feedparser.datetimes import _parse_date
from feedparser.html import _cp1252
from feedparser.mixin import _FeedParserMixin
from feedparser.urls import _urljoin

from bot.sources.links import is_whole
from bot.sources.shortcuts import WINDOWS

ATOM = "http://www.w3.org/2005/Atom "
RSS_1 = "http://purl.org/rss/1.0/ "
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/ "
XML = "http://www.w3.org/XML/1998/namespace "
_CONTENT = "http://purl.org/rss/1.0/modules/content/ "
_MEDIA = "http://search.yahoo.com/mrss/ "
_THREADS = "http://purl.org/syndication/thread/1.0 "
_WELL_FORMED_WEB = "http://wellformedweb.org/CommentAPI/ "
_TEXT, _HTML = "text/plain", "text/html"
_PAGES = frozenset({"html", "xhtml", _HTML, "application/xhtml+xml"})
_KINDS = {"text": _TEXT, "plain": _TEXT, _TEXT: _TEXT, "html": _HTML, _HTML: _HTML}
# Beyond it `entries` would count what feedparser has left out as said twice.
_MOST_TAGS = 50
# A feed has few authors.
_AUTHORS = 256
_LONGEST_REMEMBERED = 200
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr)}
_RFC_822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r" (?:GMT|([+-])([0-9]{2})([0-9]{2}))",
    re.ASCII,
)
_W3C = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:Z|([+-])([0-9]{2}):([0-9]{2}))", re.ASCII
)
# feedparser takes `&copy;` in an address for what was `&copy`.
_WRONG_REFERENCE = re.compile("&([A-Za-z0-9_]+);")

Attributes = dict[str, str]
Entry = dict[str, Any]


class Unusual(Exception):
    """Something that is not on the list."""


class Setting(NamedTuple):
    """What the entries of a document have in common: its address, its language, and whether it is Atom."""

    base: str
    lang: str | None
    is_atom: bool


class Found(NamedTuple):
    """An element of an entry: its text without white space around it, and where it was found."""

    text: str
    attributes: Attributes
    setting: Setting


class Field(NamedTuple):
    """A kind of element: what it gives its entry (None: nothing), the attributes it may have (None: any), its place.

    A place is taken once; an empty one names none.
    """

    fill: Callable[[Entry, Found], None] | None = None
    attributes: frozenset[str] | None = frozenset()
    place: str = ""


def _mend(text: str) -> str:
    """As feedparser repairs every text: UTF-8 that was taken for Latin-1, and characters of Windows."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    # What can be printed holds none of them, and is quickly asked.
    return text if text.isprintable() or not WINDOWS.search(text) else text.translate(_cp1252)


def _resolve(found: Found, link: str) -> str:
    return link if is_whole(link) else str(_urljoin(found.setting.base, link))


def _detail(found: Found, kind: str) -> dict[str, str | None]:
    """A text with its kind, which formats other than Atom leave to be guessed."""
    kind = _KINDS.get(found.attributes.get("type", kind).lower(), "")
    if not kind:
        raise Unusual
    text = found.text
    if kind == _TEXT and not found.setting.is_atom and ("<" in text or "&" in text):
        kind = _HTML if _FeedParserMixin.looks_like_html(text) else _TEXT
    return {"type": kind, "language": found.setting.lang, "value": _mend(text)}


def _fill_title(entry: Entry, found: Found) -> None:
    entry["title_detail"] = _detail(found, _TEXT)


def _fill_description(entry: Entry, found: Found) -> None:
    detail = entry["summary_detail"] = _detail(found, _HTML)
    entry["summary"] = detail["value"]


def _fill_summary(entry: Entry, found: Found) -> None:
    detail = entry["summary_detail"] = _detail(found, _TEXT)
    entry["summary"] = detail["value"]


def _fill_content(entry: Entry, found: Found) -> None:
    detail = _detail(found, _TEXT)
    entry["content"] = [detail]
    entry.setdefault("summary", detail["value"])


def _fill_encoded(entry: Entry, found: Found) -> None:
    detail = _detail(found, _HTML)
    entry["content"] = [detail]
    entry.setdefault("summary", detail["value"])


def _fill_id(entry: Entry, found: Found) -> None:
    is_link = found.attributes.get("isPermaLink", "true") == "true"
    name = entry["id"] = _mend(_resolve(found, found.text) if is_link and found.text else found.text)
    if is_link:
        entry.setdefault("link", name)


def _fill_link(entry: Entry, found: Found) -> None:
    link = _mend(_resolve(found, found.text)) if found.text else ""
    if "&" in link:
        link = _WRONG_REFERENCE.sub(r"&\1", link.replace("&amp;", "&"))
    entry["link"] = link
    entry.setdefault("links", []).append({"href": link} if link else {})


def _fill_atom_link(entry: Entry, found: Found) -> None:
    attributes = found.attributes
    if "href" not in attributes:
        raise Unusual
    link = _resolve(found, attributes["href"])
    rel = attributes.get("rel", "alternate").lower()
    entry.setdefault("links", []).append({"href": link, "rel": rel})
    if rel == "alternate" and attributes.get("type", _HTML).lower() in _PAGES:
        entry["link"] = link


def _fill_true_link(entry: Entry, found: Found) -> None:
    entry["feedburner_origlink"] = _mend(found.text)


def _fill_published(entry: Entry, found: Found) -> None:
    entry["published_parsed"] = parse_date(_mend(found.text))


def _fill_updated(entry: Entry, found: Found) -> None:
    entry["updated_parsed"] = parse_date(_mend(found.text))


def _fill_category(entry: Entry, found: Found) -> None:
    term, text = found.attributes.get("term"), _mend(found.text)
    # A tag without a term takes that of the next one: seldom enough to be left to feedparser.
    if bool(term) == bool(text) and (found.attributes or text):
        raise Unusual
    if term or text:
        tags = entry.setdefault("tags", [])
        tags.append({"term": term or text, "label": found.attributes.get("label")})
        if len(tags) > _MOST_TAGS:
            raise Unusual


def _fill_author(entry: Entry, found: Found) -> None:
    author = _mend(found.text)
    entry |= _split_known_author(author) if len(author) <= _LONGEST_REMEMBERED else _split_author(author)


def _split_author(author: str) -> Entry:
    """An author line with the name in it, as feedparser finds it."""
    entry: Entry = {"author": author, "authors": [{}]}
    _FeedParserMixin._sync_author_detail(SimpleNamespace(_get_context=lambda: entry))  # noqa: SLF001  there is no other
    return entry


_split_known_author = lru_cache(_AUTHORS)(_split_author)


def fill_person(entry: Entry, parts: dict[str, str]) -> None:
    """Writes the author that an Atom entry gives in parts: name, email, uri."""
    name, email = parts.get("name"), parts.get("email")
    entry["author"] = f"{name} ({email})" if name and email else name or email or ""
    entry["author_detail"] = {"name": name}


def parse_date(text: str) -> tuple[int, ...] | None:
    """The moment (UTC, as a tuple of the library `time`) as feedparser reads it; None for no date."""
    if found := _RFC_822.fullmatch(text):
        day, month, year, *time, sign, hours, minutes = found.groups()
        month = _MONTHS.get(month, 0)
    elif found := _W3C.fullmatch(text):
        year, month, day, *time, sign, hours, minutes = found.groups()
    else:
        return _parse_date(text)  # type: ignore[no-any-return]  # feedparser has no types
    try:
        hour, minute, second = map(int, time)
        moment = datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=UTC)
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            moment += -offset if sign == "+" else offset
    except (ValueError, OverflowError):
        return _parse_date(text)  # type: ignore[no-any-return]  # feedparser has no types
    return moment.utctimetuple()


_IGNORED = Field()
_IGNORED_WHATEVER = Field(attributes=None)
_KIND = frozenset({"type"})
_LINK_ATTRIBUTES = ("href", "rel", "type", "title", "hreflang", "length")
_TITLE = Field(_fill_title, _KIND, "title")
_DESCRIPTION = Field(_fill_description, frozenset(), "summary")
_LINK = Field(_fill_link, frozenset(), "link")
_AUTHOR = Field(_fill_author, frozenset(), "author")
PERSON = Field(None, frozenset(), "author")
FIELDS = {
    "title": _TITLE,
    "link": _LINK,
    "description": _DESCRIPTION,
    "guid": Field(_fill_id, frozenset({"isPermaLink"}), "id"),
    "pubDate": Field(_fill_published, frozenset(), "published"),
    "author": _AUTHOR,
    "category": Field(_fill_category, frozenset({"domain"})),
    "comments": _IGNORED,
    "enclosure": _IGNORED_WHATEVER,
    f"{RSS_1}title": _TITLE,
    f"{RSS_1}link": _LINK,
    f"{RSS_1}description": _DESCRIPTION,
    f"{_CONTENT}encoded": Field(_fill_encoded, frozenset(), "content"),
    f"{DUBLIN_CORE}creator": _AUTHOR,
    f"{DUBLIN_CORE}date": Field(_fill_updated, frozenset(), "updated"),
    f"{DUBLIN_CORE}subject": Field(_fill_category),
    f"{ATOM}id": Field(_fill_id, frozenset(), "id"),
    f"{ATOM}title": _TITLE,
    f"{ATOM}summary": Field(_fill_summary, _KIND, "summary"),
    f"{ATOM}content": Field(_fill_content, _KIND | {f"{XML}base", f"{XML}lang"}, "content"),
    f"{ATOM}published": Field(_fill_published, frozenset(), "published"),
    f"{ATOM}updated": Field(_fill_updated, frozenset(), "updated"),
    f"{ATOM}author": PERSON,
    f"{ATOM}category": Field(_fill_category, frozenset({"term", "scheme", "label"})),
    f"{ATOM}link": Field(_fill_atom_link, frozenset({*_LINK_ATTRIBUTES, f"{_THREADS}count", f"{_THREADS}updated"})),
    f"{_MEDIA}content": _IGNORED_WHATEVER,
    f"{_MEDIA}thumbnail": _IGNORED_WHATEVER,
    "http://purl.org/rss/1.0/modules/slash/ comments": _IGNORED,
    f"{_WELL_FORMED_WEB}comment": _IGNORED,
    f"{_WELL_FORMED_WEB}commentRss": _IGNORED,
    f"{_THREADS}total": _IGNORED,
    "http://rssnamespace.org/feedburner/ext/1.0 origLink": Field(_fill_true_link, frozenset(), "true link"),
    "com-wordpress:feed-additions:1 post-id": _IGNORED,
}
