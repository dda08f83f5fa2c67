"""The feeds that a web page links to. Runs inside a parse worker: input here is hostile."""

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import nh3

from bot.ports.fetcher import FoundFeed
from bot.sources.charsets import decode_document
from bot.sources.links import web_link
from bot.sources.plain_text import one_line
from bot.sources.sniffing import looks_like_feed

_PAGE_LIMIT = 512 * 1024
_MOST_FEEDS = 50
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/rss+xml"}
)
# nh3 writes every element it keeps in one form, so that these two patterns read all of them.
_ELEMENT = re.compile(r'<(link|a|base)((?: [a-z]+="[^"]*")*)>([^<]{0,200})')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_FEED_PATH = re.compile(
    r"(?i)(?:/(?:feed|feeds|rss|atom)(?:/[\w-]*)?/?|(?:feed|rss|atom|index)\.(?:xml|rss|atom|rdf|json)|\.rss"
    # Every service of RFE/RL lists its feeds under addresses like /api/zrqiteuuir.
    r"|/api/z[\w$-]{7,})\Z"
)


def find_feed_links(body: bytes, url: str, content_type: str) -> tuple[FoundFeed, ...]:
    """The feeds that the page at `url` offers: those it declares, then links that look like one, in page order.

    Feeds of comments come last. A document that is a feed itself is the one result.
    """
    if looks_like_feed(body):
        return (FoundFeed(url, ""),)
    text, _ = decode_document(body, content_type)
    page = nh3.clean(
        text[:_PAGE_LIMIT],
        tags={"link", "a", "base"},
        attributes={"link": {"rel", "type", "href", "title"}, "a": {"href", "title"}, "base": {"href"}},
        link_rel=None,
    )
    found: dict[str, FoundFeed] = {}
    for feed in (*_declared(page, url), *_linked(page, url)):
        found.setdefault(feed.url, feed)
    ordered = sorted(found.values(), key=_is_about_comments)
    return tuple(ordered[:_MOST_FEEDS])


def _declared(page: str, url: str) -> Iterator[FoundFeed]:
    base = _base(page, url)
    for name, attributes, _ in _elements(page):
        kinds = attributes.get("rel", "").lower().split()
        if name == "link" and "alternate" in kinds and attributes.get("type", "").strip().lower() in _FEED_TYPES:
            link = web_link(attributes.get("href"), base)
            if link:
                yield FoundFeed(link, one_line(attributes.get("title", "")))


def _linked(page: str, url: str) -> Iterator[FoundFeed]:
    base = _base(page, url)
    for name, attributes, text in _elements(page):
        link = web_link(attributes.get("href"), base) if name == "a" else ""
        if link and _FEED_PATH.search(urlsplit(link).path):
            yield FoundFeed(link, one_line(attributes.get("title", "") or text))


def _base(page: str, url: str) -> str:
    bases = (web_link(attributes.get("href"), url) for name, attributes, _ in _elements(page) if name == "base")
    return next((base for base in bases if base), url)


def _elements(page: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for match in _ELEMENT.finditer(page):
        attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(match[2])}
        yield match[1], attributes, html.unescape(match[3])


def _is_about_comments(feed: FoundFeed) -> bool:
    return "comment" in feed.title.lower() or "/comments/" in feed.url
