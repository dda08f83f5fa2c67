"""Finds the hub that a document or its answer names, and the address under which the hub knows the document. Pure."""

import html
import re
from urllib.parse import urljoin, urlsplit

from bot.domain.redaction import hide_secrets

# Both links belong to the channel, which begins the document.
_HEAD = 32 * 1024
_FIRST_ENTRY = re.compile(rb"<(?:item|entry)[\s>]")
_LINK = re.compile(rb"<(?:[\w.-]{1,40}:)?link\s([^<>]{1,4000})>")
_ATTRIBUTE = re.compile(r"([a-zA-Z]{1,20})\s{0,5}=\s{0,5}(?:\"([^\"]{0,2048})\"|'([^']{0,2048})')")
# RFC 8288: <address>; rel="hub", …
_HEADER_LINK = re.compile(r"<([^<>]{1,2048})>([^<>]{0,500})")
_HEADER_RELATION = re.compile(r";\s{0,5}rel\s{0,5}=\s{0,5}(?:\"([^\"]{0,200})\"|([\w-]{1,50}))", re.IGNORECASE)
_LONGEST = 2048


def find_hub(body: bytes, header: str, url: str) -> tuple[str, str]:
    """The URLs of the hub and of the topic; both empty unless both are named. What the header says comes first.

    `url` is where the document was found, `header` the answer's Link header.
    """
    links = [*_read_header(header), *_read_document(body)]
    hub, topic = _first(links, "hub", url), _first(links, "self", url)
    # A topic is stored and told to the hub as it is: a token must not go that way.
    return (hub, topic) if hub and topic and hide_secrets(topic) == topic else ("", "")


def _read_document(body: bytes) -> list[tuple[str, str]]:
    head = body[:_HEAD]
    if b"hub" not in head:
        return []
    if entry := _FIRST_ENTRY.search(head):
        head = head[: entry.start()]
    found = []
    for tag in _LINK.findall(head):
        attributes = {
            name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
        }
        found.append((html.unescape(attributes.get("rel", "")), html.unescape(attributes.get("href", ""))))
    return found


def _read_header(header: str) -> list[tuple[str, str]]:
    found = []
    for address, parameters in _HEADER_LINK.findall(header):
        relation = _HEADER_RELATION.search(parameters)
        if relation is not None:
            found.append((relation[1] or relation[2], address))
    return found


def _first(links: list[tuple[str, str]], relation: str, url: str) -> str:
    """The first link of that relation, made whole; empty if there is none that the web knows."""
    for names, address in links:
        if relation in names.lower().split() and address.strip():
            try:
                whole = urljoin(url, address.strip())
                parts = urlsplit(whole)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and parts.hostname and len(whole) <= _LONGEST and whole.isprintable():
                return whole
    return ""
