"""Telegram's HTML parse mode, as tdlib's `parse_html` (td/telegram/MessageEntity.cpp) reads it.

One thing is stricter than the server: it keeps an unknown `&name;`, a lone `&` and a lone `>` as plain text, while the
Bot API documentation says they must be escaped. Here they are refused, so that a missing escape shows in a test.
"""

import re
from dataclasses import dataclass, field
from typing import Any

SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}
TAGS = {*SIMPLE_TAGS, "a", "span", "tg-emoji", "tg-time", "blockquote"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ENTITY = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]{1,6})|#(?P<dec>[0-9]{1,7})|(?P<name>[a-zA-Z]+));")
TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")  # telegram.constants.MessageEntityDateTimeFormats
URL = re.compile(r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^/?#:\s]*)")
AUTOMATIC = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w/<])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z0-9_]{4,32})\b"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
)


class MarkupError(Exception):
    """The markup cannot be read; the text is what follows "can't parse entities: " in the server's answer."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Visible text, its entities (UTF-16 offsets), and links that are not clickable because their address is bad."""

    text: str
    entities: list[dict[str, Any]]
    dropped_links: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


def utf16_length(text: str) -> int:
    """How long Telegram thinks the text is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def link_problem(url: str) -> str:
    """Why the server would not make this a link, in its own words; "" for a good one."""
    match = URL.match(url)
    scheme = (match["scheme"] or "http").lower() if match else ""
    if scheme not in {"http", "https", "tg", "ton"}:
        return "Unsupported URL protocol"
    host = match["host"].rpartition("@")[2] if match else ""
    if not host:
        return "URL host is empty"
    if scheme in {"http", "https"} and "." not in host and not host.startswith("["):
        return "Wrong HTTP URL"
    return "Wrong HTTP URL" if re.search(r"\s", url) else ""


def parse_html(markup: str) -> Parsed:
    """Reads the markup.

    Raises:
        MarkupError: with the server's text.
    """
    return trimmed(_Parser(markup).parse())


def automatic_entities(text: str, taken: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Commands, mentions, hashtags and bare addresses that clients make clickable without any markup."""
    fixed = [(e["offset"], e["offset"] + e["length"]) for e in taken if e["type"] in {"code", "pre", "text_link"}]
    found = []
    for match in AUTOMATIC.finditer(text):
        offset = utf16_length(text[: match.start()])
        end = offset + utf16_length(match[0])
        if not any(start < end and offset < stop for start, stop in fixed):
            found.append({"type": match.lastgroup, "offset": offset, "length": end - offset})
    return found


def trimmed(parsed: Parsed) -> Parsed:
    """White space at both ends is cut off, as the server does, and the entities follow."""
    text = parsed.text.rstrip()
    lead = len(text) - len(text.lstrip())
    text, end = text.lstrip(), utf16_length(text)
    entities = []
    for entity in parsed.entities:
        start = max(entity["offset"], lead)
        length = min(entity["offset"] + entity["length"], end) - start
        if length > 0:
            entities.append({**entity, "offset": start - lead, "length": length})
    return Parsed(text, entities, parsed.dropped_links)


class _Parser:
    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []
        self.dropped: list[str] = []

    def parse(self) -> Parsed:
        while self.at < len(self.markup):
            if self.markup[self.at] != "<":
                self._character()
            elif self.markup.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return Parsed("".join(self.text), _without_nested(self.entities), self.dropped)

    def _byte(self, at: int) -> int:
        return len(self.markup[:at].encode("utf-8", "surrogatepass"))

    def _append(self, character: str) -> None:
        self.text.append(character)
        self.offset += utf16_length(character)

    def _character(self) -> None:
        character = self.markup[self.at]
        if character == ">":
            raise MarkupError(f'Unescaped ">" at byte offset {self._byte(self.at)}')
        if character == "&":
            character, self.at = self._decode_entity(self.at)
        else:
            self.at += 1
        self._append(character)

    def _decode_entity(self, at: int) -> tuple[str, int]:
        match = ENTITY.match(self.markup, at)
        if match is None:
            raise MarkupError(f'Unescaped "&" at byte offset {self._byte(at)}')
        if match["name"]:
            if match["name"] not in NAMED:
                raise MarkupError(f'Unsupported HTML entity "{match[0]}" at byte offset {self._byte(at)}')
            return NAMED[match["name"]], match.end()
        code = int(match["hex"], 16) if match["hex"] else int(match["dec"])
        if code == 0 or code >= 0x10FFFF:
            raise MarkupError(f'Unsupported HTML entity "{match[0]}" at byte offset {self._byte(at)}')
        if 0xD800 <= code <= 0xDFFF:
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
                "surrogate code units"
            )
        return chr(code), match.end()

    def _start_tag(self) -> None:
        begin = self.at
        match = re.compile(r"<([^\s>]*)").match(self.markup, begin)
        tag = match[1].lower() if match else ""
        self.at = begin + 1 + len(tag)
        if self.at >= len(self.markup):
            raise MarkupError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(_Open(tag, attributes, self.offset, len(self.text)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_space(begin)
            if self.markup[self.at] == ">":
                self.at += 1
                return attributes
            start = self.at
            while self.at < len(self.markup) and self.markup[self.at] not in "=> \t\r\n":
                self.at += 1
            name = self.markup[start : self.at].lower()
            where = f'the tag "{tag}" at byte offset {self._byte(begin)}'
            if not name:
                raise MarkupError(f"Empty attribute name in {where}")
            self._skip_space(begin)
            if self.markup[self.at] == "=":
                self.at += 1
                self._skip_space(begin)
                attributes[name] = self._attribute_value(begin)
            elif (tag, name) == ("blockquote", "expandable"):
                attributes[name] = ""
            else:
                raise MarkupError(f"Expected equal sign in declaration of an attribute of {where}")

    def _skip_space(self, begin: int) -> None:
        while self.at < len(self.markup) and self.markup[self.at].isspace():
            self.at += 1
        if self.at >= len(self.markup):
            raise MarkupError(f"Unclosed start tag at byte offset {self._byte(begin)}")

    def _attribute_value(self, begin: int) -> str:
        quote = self.markup[self.at]
        if quote not in "'\"":
            token = re.compile(r"[A-Za-z0-9.-]*").match(self.markup, self.at)
            value = token[0].lower() if token else ""
            start, self.at = self.at, self.at + len(value)
            if self.at < len(self.markup) and not (self.markup[self.at].isspace() or self.markup[self.at] == ">"):
                raise MarkupError(f"Unexpected end of name token at byte offset {self._byte(start)}")
            return value
        self.at += 1
        characters: list[str] = []
        while self.at < len(self.markup) and self.markup[self.at] != quote:
            character, following = self.markup[self.at], self.at + 1
            if character == "&":
                character, following = self._decode_entity(self.at)
            characters.append(character)
            self.at = following
        if self.at >= len(self.markup):
            raise MarkupError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        self.at += 1
        return "".join(characters)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise MarkupError(f"Unexpected end tag at byte offset {self._byte(begin)}")
        match = re.compile(r"</([^\s>]*)\s*>").match(self.markup, begin)
        if match is None:
            raise MarkupError(f"Unclosed end tag at byte offset {self._byte(begin)}")
        opened, found = self.open[-1], match[1].lower()
        if found and found != opened.tag:
            raise MarkupError(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{opened.tag}>", found "</{found}>"'
            )
        self.open.pop()
        self.at = match.end()
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        place = {"offset": opened.offset, "length": self.offset - opened.offset}
        attributes = opened.attributes
        if opened.tag == "a":
            self._close_link(place, attributes.get("href") or "".join(self.text[opened.start :]))
        elif opened.tag == "tg-time":
            self.entities.append({**place, **_time_entity(attributes)})
        elif opened.tag == "tg-emoji":
            if not attributes.get("emoji-id", "").isdecimal():
                raise MarkupError("Invalid custom emoji identifier specified")
            self.entities.append({**place, "type": "custom_emoji", "custom_emoji_id": attributes["emoji-id"]})
        elif opened.tag == "blockquote":
            kind = "expandable_blockquote" if "expandable" in attributes else "blockquote"
            self.entities.append({**place, "type": kind})
        else:
            self.entities.append({**place, "type": SIMPLE_TAGS.get(opened.tag, "spoiler")})

    def _close_link(self, place: dict[str, Any], url: str) -> None:
        if link_problem(url):
            self.dropped.append(url)
        else:
            self.entities.append({**place, "type": "text_link", "url": url})


def _time_entity(attributes: dict[str, str]) -> dict[str, Any]:
    unix, time_format = attributes.get("unix", ""), attributes.get("format", "")
    if not unix.isdecimal() or not 0 < int(unix) < 2**31:
        raise MarkupError("Invalid Unix time specified")
    if not TIME_FORMAT.fullmatch(time_format):
        raise MarkupError("Invalid date-time format specified")
    return {"type": "date_time", "unix_time": int(unix), "date_time_format": time_format}


def _without_nested(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nothing lives inside code and pre, and no quotation inside another; tdlib drops what tries to.

    An inner tag closes, and so stands in the list, before the one around it.
    """
    quotes = {"blockquote", "expandable_blockquote"}
    kept: list[dict[str, Any]] = []
    around: list[dict[str, Any]] = []
    for entity in reversed(entities):
        end = entity["offset"] + entity["length"]
        outer = {
            other["type"]
            for other in around
            if other["offset"] <= entity["offset"] and end <= other["offset"] + other["length"]
        }
        if outer & {"code", "pre"} or (entity["type"] in quotes and outer & quotes):
            continue
        kept.append(entity)
        if entity["type"] in {"code", "pre", *quotes}:
            around.append(entity)
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))
