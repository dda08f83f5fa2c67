"""Lists of feeds from and to other feed readers: OPML, and a plain list of addresses."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as SafeET
from defusedxml.common import DefusedXmlException

from bot.domain.feeds import Feed
from bot.errors import SettingsError
from bot.ports.fetcher import FoundFeed
from bot.sources.charsets import decode_document
from bot.sources.plain_text import one_line

MAX_BYTES = 5_000_000
MAX_FEEDS = 10_000
_SCHEMES = ("http://", "https://")


def read_opml(data: bytes, path: str) -> tuple[FoundFeed, ...]:
    """The feeds of an OPML document, in its order, each address once; `path` names it in messages.

    Folders are looked into. Raises SettingsError if it is no OPML, holds no feed, or is too large.
    """
    _check_size(data, path)
    try:
        text, _ = decode_document(data, "")
        root = SafeET.fromstring(text.strip(), forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except ParseError as error:
        line, column = error.position
        raise SettingsError(
            f"{path}:{line}:{column + 1}: this is not well-formed XML.", "Export the list again from the other reader."
        ) from error
    except (DefusedXmlException, ValueError) as error:
        raise SettingsError(
            f"{path}: the document defines XML entities, which are not read.", "Export the list again without them."
        ) from error
    if root.tag.lower() != "opml":
        raise SettingsError(
            f"{path}: the document is <{one_line(root.tag, 40)}>, not OPML.",
            "Give an OPML file or a plain list of addresses.",
        )
    return _distinct(_outlines(root), path)


def read_url_list(data: bytes, path: str) -> tuple[FoundFeed, ...]:
    """The feeds of a text with one address a line, and a title after it if there is one; # starts a comment.

    An OPML document is read as one all the same.
    Raises SettingsError at the first line that is no address, if there is none at all, or if it is too large.
    """
    _check_size(data, path)
    text, _ = decode_document(data, "")
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return read_opml(data, path)
    return _distinct(_lines(text, path), path)


def write_opml(feeds: Sequence[Feed]) -> str:
    """An OPML 2.0 document of `feeds`, a folder for each language, that `read_opml` and other readers take back."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Feeds of Tocsin"
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for feed in feeds:
        parent = body
        if feed.lang:
            if feed.lang not in folders:
                folders[feed.lang] = ET.SubElement(body, "outline", text=feed.lang)
            parent = folders[feed.lang]
        outline = ET.SubElement(parent, "outline", type="rss", text=feed.outlet or feed.id, xmlUrl=feed.url)
        if feed.lang:
            outline.set("language", feed.lang)
        if feed.topics:
            outline.set("category", ",".join(feed.topics))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _outlines(root: ET.Element) -> Iterator[FoundFeed]:
    for outline in root.iter():
        if outline.tag.lower() != "outline":
            continue
        attributes = {name.lower(): value for name, value in outline.items()}
        url = one_line(attributes.get("xmlurl", ""), 4_096)
        if url:
            yield FoundFeed(_web_scheme(url), one_line(attributes.get("title") or attributes.get("text", "")))


def _lines(text: str, path: str) -> Iterator[FoundFeed]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split(maxsplit=1)
        if not words or words[0].startswith("#"):
            continue
        url = _web_scheme(words[0])
        if not url.lower().startswith(_SCHEMES):
            raise SettingsError(
                f"{path}:{number}: “{one_line(words[0], 80)}” is no web address.",
                "Write one address a line, such as https://example.org/feed.xml, or start the line with #.",
            )
        yield FoundFeed(url, one_line(words[1].lstrip("# ")) if len(words) > 1 else "")


def _web_scheme(url: str) -> str:
    """`feed:` addresses, which some readers export, as the web addresses they stand for."""
    for prefix, scheme in (("feed://", "http://"), ("feed:https://", "https://"), ("feed:http://", "http://")):
        if url.lower().startswith(prefix):
            return scheme + url[len(prefix) :]
    return url


def _distinct(feeds: Iterator[FoundFeed], path: str) -> tuple[FoundFeed, ...]:
    found: dict[str, FoundFeed] = {}
    for feed in feeds:
        found.setdefault(feed.url, feed)
        if len(found) > MAX_FEEDS:
            raise SettingsError(f"{path}: it holds more than {MAX_FEEDS} feeds.", "Split it.")
    if not found:
        raise SettingsError(
            f"{path}: it holds no feeds.", "Give an OPML file whose outlines have xmlUrl, or a list of addresses."
        )
    return tuple(found.values())


def _check_size(data: bytes, path: str) -> None:
    if len(data) > MAX_BYTES:
        raise SettingsError(f"{path}: it is larger than {MAX_BYTES // 1_000_000} MB.", "Split it.")
