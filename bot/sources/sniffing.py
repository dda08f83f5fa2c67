"""What a body is, from its first bytes: a feed, a bot wall, or something else. Pure."""

import codecs
import re

_HEAD = 64 * 1024
# Every repeat is atomic or bounded, so that no document makes a pattern try again and again on the event loop.
_XML_ROOT = re.compile(
    r"\s*+(?:(?><\?.*?\?>)\s*+|(?><!--.*?-->)\s*+|(?><!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)\s*+)*+"
    r"<(?:[\w.-]{1,40}:)?(?P<root>[\w.-]{1,40})",
    re.DOTALL | re.IGNORECASE,
)
_FEED_ROOTS = frozenset({"rss", "rdf", "feed"})
# A server's warning printed before the document; feedparser copes with it.
_LATE_FEED = re.compile(r"<\?xml[^>]{0,200}\?>\s{0,200}<(?:rss|feed|rdf:RDF)[\s>]")
_JSON_FEED = re.compile(rb"jsonfeed\.org\\?/version")
# Pages that stand between a robot and a site. Cloudflare serves /cdn-cgi/challenge-platform/…/jsd/ on ordinary pages
# too, so that script alone says nothing.
_BOT_WALL = re.compile(
    rb"(?i)<title>\s*just a moment|_cf_chl_opt|/cdn-cgi/challenge-platform/(?![\w/.-]{0,80}jsd)|cf-browser-verification"
    rb"|check\.ddos-guard\.net|/\.well-known/ddos-guard|_incapsula_resource|captcha-delivery\.com|px-captcha|sgcaptcha"
    rb"|checking your browser before"
)
_UTF16_LE, _UTF16_BE = b"<\x00", b"\x00<"


def looks_like_feed(body: bytes) -> bool:
    """Whether `body` starts as RSS, RDF, Atom or JSON Feed does."""
    text = _read_head(body)
    if text.lstrip().startswith("{"):
        return _JSON_FEED.search(body) is not None
    match = _XML_ROOT.match(text)
    if match is not None and match["root"].lower() in _FEED_ROOTS:
        return True
    return _LATE_FEED.search(text) is not None


def looks_like_html(body: bytes) -> bool:
    """Whether `body` is a web page."""
    head = _read_head(body[:2048]).lower()
    return "<html" in head or "<!doctype html" in head or "<head" in head or "<body" in head


def is_bot_wall(body: bytes) -> bool:
    """Whether `body` is a page that asks a robot to prove it is a person."""
    return _BOT_WALL.search(body[:_HEAD]) is not None


def _read_head(body: bytes) -> str:
    head = body[:_HEAD]
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return head.decode("utf-32", "replace")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    if head.startswith(_UTF16_LE):
        return head.decode("utf-16-le", "replace")
    if head.startswith(_UTF16_BE):
        return head.decode("utf-16-be", "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
