"""One feed document, of whatever format, to a ParsedFeed. Runs inside a parse worker: input here is hostile.

feedparser reads RSS and Atom: it is the most tolerant parser there is. Its own sanitiser is off, because it can take
seconds and still lets markup through; every string is cleaned here instead. JSON Feed is read by us.
"""

import io
import re
import sys
from xml.parsers.expat import ExpatError, ParserCreate

import feedparser

from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import ParsedFeed
from bot.sources.charsets import decode_document
from bot.sources.entries import read_entry
from bot.sources.json_feed import read_json_feed
from bot.sources.languages import normalise_language
from bot.sources.links import web_link
from bot.sources.plain_text import html_to_text, one_line

# More entries than any outlet shows; a document beyond it is an archive or an attack.
MAX_ENTRIES = 2_000
# A server's warning or a template's blank text may stand before the document.
_LATE_START = re.compile(r"<\?xml[^>]{0,200}\?>\s{0,200}<(?!html|!DOCTYPE\s+html)", re.IGNORECASE)
_LATEST_START = 16 * 1024
BLANK = "\ufeff \t\r\n\x00"
# XML 1.0 forbids these characters, and one of them would send the whole document to the slow, forgiving parser.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCES = re.compile(r"(?:&#(?:[xX][0-9a-fA-F]{1,8}|[0-9]{1,8});)+")
_REFERENCE = re.compile(r"&#([xX]?)([0-9a-fA-F]+);")


def parse_document(body: bytes, url: str, content_type: str) -> ParsedFeed:
    """The feed in `body`, which came from `url`. Raises FeedError (broken, not_a_feed)."""
    text, repaired = decode_document(body, content_type)
    text = text.lstrip(BLANK)
    if text.startswith("{"):
        return read_json_feed(text, url, MAX_ENTRIES)
    return _read_xml(text, url, repaired)


def is_ill_formed(body: bytes, content_type: str) -> bool:
    """Whether XML is so broken that feedparser reads it with its forgiving parser, which only ever looks back."""
    text, _ = decode_document(body, content_type)
    cleaned, _ = repair(text.lstrip(BLANK))
    try:
        ParserCreate(namespace_separator=" ").Parse(cleaned.encode("utf-8"), True)  # noqa: FBT003  it takes no keyword
    except ExpatError:
        return True
    return False


def repair(text: str) -> tuple[str, list[str]]:
    """The text as XML should be, and what was dropped for that."""
    warnings = []
    if not text.startswith("<?xml") and (late := _LATE_START.search(text[:_LATEST_START])):
        warnings.append(f"{late.start()} characters before the document were dropped")
        text = text[late.start() :]
    if "&#" in text:
        text = _REFERENCES.sub(_repair_references, text)
    cleaned, forbidden = _FORBIDDEN.subn(" ", text)
    if forbidden:
        warnings.append(f"{forbidden} forbidden characters were dropped")
    if not cleaned.startswith("<?xml"):
        # feedparser would put a line of its own before the document, and every line number would be one too high.
        cleaned = '<?xml version="1.0" encoding="utf-8"?>' + cleaned
    return cleaned, warnings


def _read_xml(text: str, url: str, repaired: str) -> ParsedFeed:
    cleaned, warnings = repair(text)
    warnings = [repaired, *warnings] if repaired else warnings
    # BytesIO and nothing else: given a string, feedparser opens files and URLs. The headers say what is true by now.
    document = feedparser.parse(
        io.BytesIO(cleaned.encode("utf-8")),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
    )
    damage = _describe_damage(document.get("bozo_exception")) if document.get("bozo") else ""
    entries = document.get("entries") or []
    items = [read_entry(entry, url) for entry in entries[:MAX_ENTRIES]]
    kept = tuple(item for item in items if item is not None)
    if not kept and damage:
        raise FeedError(
            FetchProblem.BROKEN,
            f"The feed is broken: {damage}.",
            "Tell the publisher; Tocsin tries again at the next poll.",
        )
    if not entries and not document.get("version"):
        raise FeedError(
            FetchProblem.NOT_A_FEED, "The document is no feed.", "Give the address of an RSS, Atom or JSON feed."
        )
    if damage:
        warnings.append(damage)
    if len(entries) > MAX_ENTRIES:
        warnings.append(f"only the first {MAX_ENTRIES} of {len(entries)} entries were read")
    channel = document.get("feed") or {}
    return ParsedFeed(
        title=one_line(html_to_text(_text(channel.get("title")))),
        lang=normalise_language(channel.get("language")) or normalise_language(_title_language(channel)),
        home=web_link(channel.get("link"), url),
        items=kept,
        skipped=len(items) - len(kept),
        warning="; ".join(warnings),
    )


def _repair_references(run: re.Match[str]) -> str:
    """Numeric references with those of forbidden characters left out, and emoji written as two halves made whole.

    Old Java and JavaScript writers make such halves; feedparser raises on them.
    """
    codes = [int(digits, 16 if mark else 10) for mark, digits in _REFERENCE.findall(run[0])]
    text = "".join(chr(code) for code in codes if code <= sys.maxunicode)
    if len(text) == len(codes) and not _FORBIDDEN.search(text):
        return run[0]
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(f"&#{ord(character)};" for character in whole if not _FORBIDDEN.match(character))


def _title_language(channel: object) -> object:
    detail = channel.get("title_detail") if isinstance(channel, dict) else None
    return detail.get("language") if isinstance(detail, dict) else None


def _describe_damage(error: object) -> str:
    line = getattr(error, "getLineNumber", lambda: None)()
    message = getattr(error, "getMessage", lambda: "")() or "not well-formed"
    return one_line(f"line {line}: {message}" if line else str(message), 200)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
