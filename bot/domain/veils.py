"""Names that may harm a reader: outlets in exile, and those that are banned where readers live. Pure.

In a chat that asked for it, a message loses the names of these outlets wherever they stand, and every link to them:
to have either on a telephone can be an offence. The news itself stays.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.domain.citations import agency_of, agency_spellings
from bot.domain.dialogs import Dialog
from bot.domain.feeds import EXILE, Feed
from bot.domain.language import tr
from bot.domain.messages import Block, Button, Gap, Message, Moment, Quote, Span
from bot.domain.origins import outlet_of
from bot.domain.plots import TimelinePlot

# What the note of a feed says of an outlet that is banned somewhere, in the words that such laws use.
_BANNED = re.compile(r"\b(?:undesirable|extremist)\b", re.IGNORECASE)
# Part of an address that only leads to a feed: `feeds.example.org` belongs to the site `example.org`.
_FEED_HOST = re.compile(r"^(?:www|rss|feeds?)\.(?=[^.]+\.)")
# Shorter names, such as "Sun", are too common as words.
_SHORTEST_NAME = 4
_CYRILLIC = re.compile(r"[\u0400-\u04ff]$")
# How Russian declines names: Медуза, Медузы, Медузе, Медузу, Медузой; Коммерсант, Коммерсанта.
_FEMININE, _FEMININE_ENDINGS = ("а", "я"), "(?:[аяыиеую]|ой|ей)"
_OTHER_ENDINGS = "(?:[ауеы]|ом|ем)?"


@dataclass(frozen=True, slots=True)
class Veil:
    """`words` finds the names and addresses that are not shown, `sites` are the hosts that are not linked to."""

    words: re.Pattern[str]
    sites: frozenset[str]


def is_exposing(feed: Feed) -> bool:
    """Whether reading the outlet can harm a reader: it is in exile, or the feed's note calls it banned."""
    return feed.owner == EXILE or bool(_BANNED.search(feed.note))


def build_veil(feeds: Iterable[Feed]) -> Veil | None:
    """What hides those of the feeds that expose a reader; None where there are none."""
    hidden = [feed for feed in feeds if is_exposing(feed)]
    if not hidden:
        return None
    sites = frozenset(filter(None, (_site(feed.url) for feed in hidden)))
    names = {name for feed in hidden for name in _names(feed) if len(name) >= _SHORTEST_NAME}
    typed = [f"(?i:{re.escape(feed.id)})" for feed in hidden if len(feed.id) >= _SHORTEST_NAME]
    address = rf"(?:https?://)?(?:[\w-]{{1,63}}\.){{0,4}}(?:{'|'.join(map(re.escape, sorted(sites)))})(?:[/?#]\S*)?"
    # The longest first: of "Amu TV (Dari)" nothing may be left.
    said = [_pattern(name) for name in sorted(names, key=lambda name: (-len(name), name))]
    # Ids and addresses come in any case; names keep their capitals, for "озодӣ" is freedom and "Озодӣ" an outlet.
    any_of = rf"(?:{'|'.join([f'(?i:{address})', *said, *typed])})(?!\w)"
    # "Meduza (meduza-ru)" is one name.
    return Veil(re.compile(rf"(?<!\w){any_of}(?: \({any_of}\))?"), sites)


def _names(feed: Feed) -> tuple[str, ...]:
    """What an outlet is called: by its feeds, and by those who quote it in other scripts."""
    agency = agency_of(feed.outlet) or feed.origin_group
    own = (feed.outlet, outlet_of(feed))
    return (*own, *(name.upper() for name in own), *agency_spellings(agency))


def _pattern(name: str) -> str:
    """The name with any space between its words, and in Cyrillic declined."""
    stem, ending = name, ""
    if name.endswith(_FEMININE):
        stem, ending = name[:-1], _FEMININE_ENDINGS
    elif _CYRILLIC.search(name):
        ending = _OTHER_ENDINGS
    return r"[\s\u200c]+".join(map(re.escape, stem.split())) + ending


def _site(url: str) -> str:
    """The site behind an address; its port counts, for on one host each port is another server."""
    try:
        host = urlsplit(url).netloc.rpartition("@")[2].casefold()
    except ValueError:
        return ""
    return _FEED_HOST.sub("", host)


def veil_message(message: Message, veil: Veil) -> Message:
    """The message without the names, the links to them, and pictures that say such a name.

    Text to be copied letter by letter stays: it is a list that the chat made itself.
    """
    drawn = message.attachment
    return replace(
        message,
        blocks=tuple(_veil_block(block, veil) for block in message.blocks),
        summary=veil_words(message.summary, veil),
        buttons=veil_buttons(message.buttons, veil),
        menu=_veil_row(message.menu, veil),
        attachment=None if drawn and veil.words.search(drawn.alt) else drawn,
    )


def veil_dialog(dialog: Dialog, veil: Veil) -> Dialog:
    """The dialog with what is shown in it veiled."""
    return replace(
        dialog,
        parts=tuple(veil_message(part, veil) for part in dialog.parts),
        elsewhere=tuple((chat, veil_message(part, veil)) for chat, part in dialog.elsewhere),
        tail=tuple(veil_message(part, veil) for part in dialog.tail),
    )


def veil_timeline(plot: TimelinePlot, veil: Veil) -> TimelinePlot:
    """The plot with the hidden outlets in one row, for a picture cannot be veiled any more."""
    points = tuple(replace(point, outlet=veil_words(point.outlet, veil)) for point in plot.points)
    return replace(plot, title=veil_words(plot.title, veil), points=points)


def veil_words(text: str, veil: Veil) -> str:
    """The text with `[outlet]` in the place of every name."""
    return veil.words.sub(tr("[outlet]"), text)


def veil_buttons(buttons: Iterable[Collection[Button]], veil: Veil) -> tuple[tuple[Button, ...], ...]:
    """The buttons without those that lead to a hidden site."""
    return tuple(row for buttons_of_row in buttons if (row := _veil_row(buttons_of_row, veil)))


def _veil_row(row: Iterable[Button], veil: Veil) -> tuple[Button, ...]:
    return tuple(
        replace(button, text=veil_words(button.text, veil)) for button in row if not _is_hidden(button.url, veil)
    )


def _is_hidden(url: str, veil: Veil) -> bool:
    host = _site(url) if url else ""
    return any(host == site or host.endswith(f".{site}") for site in veil.sites)


def _veil_block(block: Block, veil: Veil) -> Block:
    if isinstance(block, Gap) or (isinstance(block, Quote) and block.code):
        return block
    return replace(block, spans=_veil_spans(block.spans, veil))


def _veil_spans(spans: tuple[Span, ...], veil: Veil) -> tuple[Span, ...]:
    """The spans with names replaced also where a matched word stands out in the middle of one."""
    text = "".join("\n" * len(span.text) if isinstance(span, Moment) else span.text for span in spans)
    found = [match.span() for match in veil.words.finditer(text)]
    word = tr("[outlet]")
    kept: list[Span] = []
    at = 0
    for span in spans:
        if isinstance(span, Moment):
            kept.append(span)
        else:
            shown = _veil_part(span.text, at, found, word)
            kept.append(replace(span, text=shown, url="" if _is_hidden(span.url, veil) else span.url))
        at += len(span.text)
    return tuple(kept)


def _veil_part(text: str, at: int, found: Iterable[tuple[int, int]], word: str) -> str:
    """The part of a line that begins `at`; a name is replaced where it begins, and what follows of it is left out."""
    parts: list[str] = []
    done = at
    for begin, end in found:
        if end <= at or begin >= at + len(text):
            continue
        parts.append(text[done - at : max(begin, at) - at])
        if begin >= at:
            parts.append(word)
        done = min(end, at + len(text))
    return "".join([*parts, text[done - at :]])
