"""Writes a sample outlet's items in the formats that real feeds use. Pure: the same items give the same bytes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from xml.etree import ElementTree as ET


class Format(StrEnum):
    """A feed format."""

    RSS_2 = "RSS 2.0"
    RSS_1 = "RSS 1.0"
    ATOM = "Atom"
    JSON_FEED = "JSON Feed"


@dataclass(frozen=True, slots=True)
class Post:
    """One item as it stands in a feed; `content` is HTML, the rest plain text."""

    url: str
    title: str
    summary: str
    content: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed says about itself."""

    url: str
    home: str
    title: str
    lang: str


CONTENT_TYPES = {
    Format.RSS_2: "application/rss+xml",
    Format.RSS_1: "application/rdf+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON_FEED: "application/feed+json",
}

# https://www.rssboard.org/rss-specification, https://web.resource.org/rss/1.0/spec, RFC 4287,
# https://www.jsonfeed.org/version/1.1/ and the module https://web.resource.org/rss/1.0/modules/content/
_ATOM = "http://www.w3.org/2005/Atom"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RSS_1 = "http://purl.org/rss/1.0/"
_DC = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_XML = "http://www.w3.org/XML/1998/namespace"


def build_document(form: Format, channel: Channel, posts: Sequence[Post], encoding: str = "utf-8") -> bytes:
    """A feed document with `posts` in the order given. JSON is always UTF-8."""
    if form is Format.JSON_FEED:
        return _json_feed(channel, posts)
    root = _XML_BUILDERS[form](channel, posts)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding=encoding, xml_declaration=True))


def _rss_2(channel: Channel, posts: Sequence[Post]) -> ET.Element:
    root = ET.Element("rss", version="2.0")
    body = ET.SubElement(root, "channel")
    for name, text in (("title", channel.title), ("link", channel.home), ("language", channel.lang)):
        _add(body, name, text)
    _add(body, "description", f"{channel.title}, written for the demo")
    for post in posts:
        item = ET.SubElement(body, "item")
        _add(item, "title", post.title)
        _add(item, "link", post.url)
        _add(item, "guid", post.url)
        _add(item, "pubDate", format_datetime(post.published.astimezone(UTC), usegmt=True))
        _add(item, "description", post.summary)
        if post.content:
            _add(item, f"{{{_CONTENT}}}encoded", post.content)
    return root


def _rss_1(channel: Channel, posts: Sequence[Post]) -> ET.Element:
    root = ET.Element(f"{{{_RDF}}}RDF")
    head = ET.SubElement(root, f"{{{_RSS_1}}}channel", {f"{{{_RDF}}}about": channel.url})
    _add(head, f"{{{_RSS_1}}}title", channel.title)
    _add(head, f"{{{_RSS_1}}}link", channel.home)
    _add(head, f"{{{_RSS_1}}}description", f"{channel.title}, written for the demo")
    _add(head, f"{{{_DC}}}language", channel.lang)
    order = ET.SubElement(ET.SubElement(head, f"{{{_RSS_1}}}items"), f"{{{_RDF}}}Seq")
    for post in posts:
        ET.SubElement(order, f"{{{_RDF}}}li", {f"{{{_RDF}}}resource": post.url})
        item = ET.SubElement(root, f"{{{_RSS_1}}}item", {f"{{{_RDF}}}about": post.url})
        _add(item, f"{{{_RSS_1}}}title", post.title)
        _add(item, f"{{{_RSS_1}}}link", post.url)
        _add(item, f"{{{_RSS_1}}}description", post.summary)
        _add(item, f"{{{_DC}}}date", post.published.isoformat())
    return root


def _atom(channel: Channel, posts: Sequence[Post]) -> ET.Element:
    root = ET.Element(f"{{{_ATOM}}}feed", {f"{{{_XML}}}lang": channel.lang})
    _add(root, f"{{{_ATOM}}}title", channel.title)
    _add(root, f"{{{_ATOM}}}id", channel.url)
    _add(root, f"{{{_ATOM}}}updated", max(post.published for post in posts).isoformat())
    _add(ET.SubElement(root, f"{{{_ATOM}}}author"), f"{{{_ATOM}}}name", channel.title)
    ET.SubElement(root, f"{{{_ATOM}}}link", rel="self", href=channel.url)
    for post in posts:
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _add(entry, f"{{{_ATOM}}}title", post.title)
        _add(entry, f"{{{_ATOM}}}id", post.url)
        ET.SubElement(entry, f"{{{_ATOM}}}link", rel="alternate", href=post.url)
        _add(entry, f"{{{_ATOM}}}published", post.published.isoformat())
        _add(entry, f"{{{_ATOM}}}updated", post.published.isoformat())
        _add(entry, f"{{{_ATOM}}}summary", post.summary)
        if post.content:
            _add(entry, f"{{{_ATOM}}}content", post.content).set("type", "html")
    return root


def _json_feed(channel: Channel, posts: Sequence[Post]) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.url,
        "language": channel.lang,
        "items": [
            {
                "id": post.url,
                "url": post.url,
                "title": post.title,
                "summary": post.summary,
                "content_html": post.content or post.summary,
                "date_published": post.published.isoformat(),
            }
            for post in posts
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = text
    return child


_XML_BUILDERS: dict[Format, Callable[[Channel, Sequence[Post]], ET.Element]] = {
    Format.RSS_2: _rss_2,
    Format.RSS_1: _rss_1,
    Format.ATOM: _atom,
}
