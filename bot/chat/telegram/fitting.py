"""Fits a message into Telegram's limits before it gets any markup. Pure.

Telegram counts text in UTF-16 units after the markup is taken out, so cutting happens here, on plain runs, and never
on finished HTML.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from bot.chat.telegram.links import is_link
from bot.domain.messages import Block, Gap, Line, Moment, Quote, Span, Text

# telegram.constants.MessageLimit.MAX_TEXT_LENGTH is 4096; sources disagree on how the server counts.
TEXT_BUDGET = 4000
CAPTION_BUDGET = 1000  # of MessageLimit.CAPTION_LENGTH, 1024
# The server takes about 9500 bytes of entities, addresses included: tdlib/telegram-bot-api#165. It also cuts the HTML
# itself at 35,000 bytes (td/telegram/misc.cpp), which 4000 times `&amp;` and this much of tags stay below.
_ENTITY_BYTES = 8000
_ENTITY_OVERHEAD = 16
_MOST_ENTITIES = 90  # of MessageLimit.MESSAGE_ENTITIES, 100
_SHORTEST_QUOTE = 200
_ELLIPSIS = "…"

# The server turns control characters into spaces and drops lone surrogates, line separators and the embeddings and
# overrides of text direction (td/telegram/misc.cpp, clean_input_string); isolates stay.
_SPACES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_DROPPED = re.compile(r"[\r\u2028-\u202e]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# Marks, joiners and variation selectors belong to the letter before them.
_JOINED = re.compile(r"[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u200d\ufe00-\ufe0f]")
# What begins a mention, command, tag, address or host name where apps look for one in plain text; not `1/2`, `a.m.`.
_WOULD_BE_LIVE = re.compile(r"(?<!\w)[@/#$](?=\w)|:(?=//)|(?<=\w)\.(?=\w*[^\W\d_]{2})")
# U+2060 ends an address for the server: td/telegram/MessageEntity.cpp, is_url_unicode_symbol.
_WORD_JOINER = "\u2060"


def utf16_length(text: str) -> int:
    """The length of `text` as Telegram counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def clean(text: str) -> str:
    """`text` as the server will show it: no control characters, no direction overrides, valid Unicode."""
    return _SURROGATES.sub("\ufffd", _SPACES.sub(" ", _DROPPED.sub("", text)))


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` UTF-16 units, cut at a word where there is one near, with an ellipsis."""
    if utf16_length(text) <= limit:
        return text
    kept: list[str] = []
    room = limit - 1
    for char in text:
        room -= utf16_length(char)
        if room < 0:
            break
        kept.append(char)
    end = len(kept)
    while end and _JOINED.match(text, end):
        end -= 1
    head = text[:end]
    space = head.rfind(" ", len(head) * 3 // 4)
    return (head[:space] if space > 0 else head).rstrip() + _ELLIPSIS if limit > 0 else ""


def fit_blocks(blocks: Sequence[Block], budget: int = TEXT_BUDGET) -> tuple[Block, ...]:
    """The blocks, cleaned, in at most `budget` UTF-16 units and within Telegram's limits on entities.

    Long quotes give way first, then whatever stands last. Runs beyond the limit on entities lose their style.
    """
    cleaned = [_cleaned(block) for block in blocks]
    excess = _length(cleaned) - budget
    for place in sorted(range(len(cleaned)), key=lambda place: -_block_length(cleaned[place])):
        block = cleaned[place]
        length = _block_length(block)
        if excess > 0 and isinstance(block, Quote):
            shorter = replace(block, spans=_cut_spans(block.spans, max(length - excess, _SHORTEST_QUOTE)))
            excess -= length - _block_length(shorter)
            cleaned[place] = shorter
    return _limit_entities(_cut_end(cleaned, budget))


def quiet(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The words of a source, with nothing in them that an app would make a mention, command, tag or link of its own.

    An invisible word joiner stands behind each `@`, `/`, `#` and so on that would begin one.
    """
    breaks = [match.end() for match in _WOULD_BE_LIVE.finditer("".join(span.text for span in spans))]
    quieted: list[Span] = []
    start = 0
    for span in spans:
        end = start + len(span.text)
        inside = breaks[bisect_right(breaks, start) : bisect_right(breaks, end)]
        parts = [span.text[first - start : last - start] for first, last in pairwise([start, *inside, end])]
        quieted.append(replace(span, text=_WORD_JOINER.join(parts)))
        start = end
    return tuple(quieted)


def _cleaned(block: Block) -> Block:
    if isinstance(block, Gap):
        return block
    # A line stays one line, whatever a feed put into it; a quote keeps its own.
    texts = [clean(span.text if isinstance(block, Quote) else span.text.replace("\n", " ")) for span in block.spans]
    spans = tuple(replace(span, text=text) for span, text in zip(block.spans, texts, strict=True) if text)
    is_of_a_source = not block.code if isinstance(block, Quote) else block.style == "title"
    return replace(block, spans=quiet(spans) if is_of_a_source else spans)


def _block_length(block: Block) -> int:
    return 0 if isinstance(block, Gap) else sum(utf16_length(span.text) for span in block.spans)


def _length(blocks: Sequence[Block]) -> int:
    return sum(_block_length(block) + 1 for block in blocks)


def _cut_spans(spans: Sequence[Span], room: int) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        if utf16_length(span.text) > room:
            shortened = cut(span.text, room)
            kept.append(Text(shortened) if isinstance(span, Moment) else replace(span, text=shortened))
            break
        kept.append(span)
        room -= utf16_length(span.text)
    return tuple(kept)


def _cut_end(blocks: Iterable[Block], budget: int) -> list[Block]:
    kept: list[Block] = []
    for block in blocks:
        length = _block_length(block) + 1
        if length > budget:
            if not isinstance(block, Gap):
                kept.append(replace(block, spans=_cut_spans(block.spans, budget - 1)))
            break
        kept.append(block)
        budget -= length
    return kept


@dataclass(slots=True)
class _EntityRoom:
    count: int = _MOST_ENTITIES
    size: int = _ENTITY_BYTES

    def takes(self, entities: int, address: str = "") -> bool:
        size = entities * _ENTITY_OVERHEAD + len(escape(address).encode())
        if entities > self.count or size > self.size:
            return False
        self.count -= entities
        self.size -= size
        return True


def _limit_entities(blocks: Iterable[Block]) -> tuple[Block, ...]:
    room = _EntityRoom()
    limited: list[Block] = []
    for block in blocks:
        if isinstance(block, Gap):
            limited.append(block)
        elif isinstance(block, Quote) and not room.takes(1):
            limited.append(Line(tuple(_limit_span(span, room) for span in block.spans)))
        else:
            limited.append(replace(block, spans=tuple(_limit_span(span, room) for span in block.spans)))
    return tuple(limited)


def _limit_span(span: Span, room: _EntityRoom) -> Span:
    if isinstance(span, Moment):
        return span if room.takes(1) else Text(span.text)
    address = span.url if is_link(span.url) else ""
    entities = span.bold + span.code + bool(address) + bool(span.mention)
    if entities and not room.takes(entities, address):
        return Text(span.text)
    return replace(span, url=address)
