"""Neutral messages as Telegram shows them. Pure; the one place where text is escaped for Telegram.

Markup is made of escaped pieces only, and nothing is cut after it is made: https://core.telegram.org/bots/api#html-style
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from telegram import InlineKeyboardMarkup
from telegram.constants import ParseMode

from bot.chat.telegram.buttons import build_keyboard
from bot.chat.telegram.fitting import CAPTION_BUDGET, TEXT_BUDGET, clean, cut, fit_blocks, quiet
from bot.chat.telegram.links import is_link
from bot.domain.deliveries import Form
from bot.domain.messages import NO_FILE, Block, Gap, Line, Message, Moment, Quote, Span, Text, link_of, plain_text

# Weekday, date and time, in the reader's own zone: telegram.constants.MessageEntityDateTimeFormats
_TIME_FORMAT = "wDt"
_LAST_SECOND = 2**31 - 1
# The server counts a text of nothing but these, and of white space, as empty.
_INVISIBLE = "\u200b\u200c\u200d\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
_NO_TEXT = "(no text)"
_MINIMAL_TITLE = 1000


@dataclass(frozen=True, slots=True)
class Rendered:
    """What sendMessage is given. `has_times` says whether the text holds `tg-time` tags, which old servers refuse."""

    text: str
    parse_mode: ParseMode | None
    keyboard: InlineKeyboardMarkup | None
    has_times: bool = False


def render(message: Message, form: Form = Form.RICH, *, plain_times: bool = False) -> Rendered:
    """The message in a form: RICH with markup, PLAIN without but with its buttons, MINIMAL title and link alone.

    What stands under a file is a caption and has less room. MINIMAL leaves the file out and says so.
    `plain_times` writes times as text, for servers that do not know the `tg-time` tag (Bot API before 9.5).
    """
    if form is Form.MINIMAL:
        return Rendered(_minimal_text(message), None, None)
    keyboard = build_keyboard(message.buttons)
    budget = TEXT_BUDGET if message.attachment is None else CAPTION_BUDGET
    blocks = fit_blocks(message.blocks, budget)
    if not _is_visible(blocks):
        blocks = _summary_blocks(message, budget)
    if form is Form.PLAIN:
        plain = plain_text(Message(tuple(_without_live_links(block) for block in blocks), message.summary))
        return Rendered(cut(plain, budget), None, keyboard)
    html = "\n".join(_block_html(block, plain_times=plain_times) for block in blocks)
    return Rendered(html, ParseMode.HTML, keyboard, has_times="<tg-time " in html)


def _without_live_links(block: Block) -> Block:
    """The words that were a link are a source's, and nothing else keeps them from coming alive in plain text."""
    if isinstance(block, Gap):
        return block
    spans = (quiet([span])[0] if isinstance(span, Text) and span.url else span for span in block.spans)
    return replace(block, spans=tuple(spans))


def _is_visible(blocks: Sequence[Block]) -> bool:
    text = "".join(span.text for block in blocks if not isinstance(block, Gap) for span in block.spans)
    return bool(text.translate(dict.fromkeys(map(ord, _INVISIBLE))).strip())


def _summary_blocks(message: Message, budget: int) -> tuple[Block, ...]:
    return fit_blocks([Line((Text(message.summary if message.summary.strip() else _NO_TEXT),))], budget)


def _block_html(block: Block, *, plain_times: bool) -> str:
    if isinstance(block, Gap):
        return ""
    if isinstance(block, Quote) and block.code:
        return f"<pre>{escape(''.join(span.text for span in block.spans), quote=False)}</pre>"
    inner = "".join(
        _run_html(url, tuple(run), plain_times=plain_times) for url, run in groupby(block.spans, key=_live_link)
    )
    if isinstance(block, Quote):
        return f"<blockquote{' expandable' if block.expandable else ''}>{inner}</blockquote>" if inner else ""
    return inner.rstrip(" ")


def _live_link(span: Span) -> str:
    """Code and calls cannot be links."""
    return "" if isinstance(span, Text) and (span.code or span.mention) else link_of(span)


def _run_html(url: str, run: tuple[Span, ...], *, plain_times: bool) -> str:
    """Neighbours that share a link, whatever stands out among them, are one: a screen reader reads it out once."""
    if not url or len(run) == 1:
        return "".join(_span_html(span, plain_times=plain_times) for span in run)
    bare = (replace(span, url="") if isinstance(span, Text) else span for span in run)
    inner = "".join(_span_html(span, plain_times=plain_times) for span in bare)
    return f'<a href="{escape(url)}">{inner}</a>'


def _span_html(span: Span, *, plain_times: bool) -> str:
    inner = escape(span.text, quote=False)
    if isinstance(span, Moment):
        seconds = int(span.at.timestamp())
        if plain_times or not 0 < seconds <= _LAST_SECOND:
            return inner
        return f'<tg-time unix="{seconds}" format="{_TIME_FORMAT}">{inner}</tg-time>'
    if span.code:  # nothing else may stand inside or around code
        return f"<code>{inner}</code>"
    if span.mention.isdecimal():  # https://core.telegram.org/bots/api#html-style
        return f'<a href="tg://user?id={span.mention}">{inner}</a>'
    if span.url:
        inner = f'<a href="{escape(span.url)}">{inner}</a>'
    return f"<b>{inner}</b>" if span.bold else inner


def _minimal_text(message: Message) -> str:
    title = next((block for block in message.blocks if isinstance(block, Line) and block.style == "title"), None)
    words = "".join(span.text for span in title.spans) if title else ""
    addresses = [span.url for span in title.spans if isinstance(span, Text)] if title else []
    addresses += [button.url for row in message.buttons for button in row]
    link = next((address for address in addresses if is_link(address)), "")
    (said,) = quiet([Text(" ".join(clean(words if words.strip() else message.summary).split()))])
    heading = cut(said.text, _MINIMAL_TITLE)
    missing = NO_FILE.format(name=message.attachment.name) if message.attachment else ""
    return "\n".join(part for part in (heading, link, missing) if part) or _NO_TEXT
