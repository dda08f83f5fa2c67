"""A neutral message as text: coloured for a terminal, bare for a pipe. Pure; foreign text is cleaned here."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text as RichText

from bot.chat.console.buttons import build_hint
from bot.chat.console.clean import clean_line, clean_text, clean_url
from bot.domain.messages import Block, Gap, Line, Message, Quote, Span, Text
from bot.domain.wording import DISCS
from bot.matching.records import Priority

# Longer lines are hard to read however wide the window is.
READABLE_WIDTH = 100

# Colours that can be read on a dark and on a light background; low priority has none.
_COLOURS = {
    DISCS[Priority.CRITICAL]: "bright_red",
    DISCS[Priority.HIGH]: "dark_orange",
    DISCS[Priority.MEDIUM]: "yellow",
}


@dataclass(frozen=True, slots=True)
class _Barred:
    """A quote with a bar at its left on every wrapped line."""

    text: RichText

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for row in self.text.wrap(console, max(options.max_width - 2, 10)):
            yield RichText.assemble(("│ ", "cyan"), row)


def render_rich(message: Message) -> RenderableType:
    """The message for a terminal. It wraps to the width it is printed with; addresses stay whole, to be clicked."""
    colour = _head_colour(message)
    parts: list[RenderableType] = [
        RichText(row, style="blue", no_wrap=True, overflow="ignore")
        if isinstance(row, str)
        else _rich_block(row, colour)
        for row in _rows(message)
    ]
    hint = build_hint(message)
    if hint:
        parts.append(RichText(hint, style="dim"))
    return Group(*parts)


def render_plain(message: Message) -> str:
    """The message for a pipe: no markup, no wrapping, each address on its own line, no newline at the end."""
    rows = [row if isinstance(row, str) else _plain_block(row) for row in _rows(message)]
    hint = build_hint(message)
    if hint:
        rows.append(hint)
    return "\n".join(rows)


def _rows(message: Message) -> list[Block | str]:
    """The blocks with the addresses of links and buttons between or behind them, each once.

    One address stands behind everything, as on a card; of several each stands below the block it belongs to.
    """
    blocks = _shown_blocks(message)
    words = "\n".join(_plain_block(block) for block in blocks)
    end = len(blocks) - 1
    places: dict[str, int] = {}
    for place, block in enumerate(blocks):
        for url in _block_urls(block):
            places.setdefault(url, place)
    for button in (button for row in message.buttons for button in row if button.url):
        places.setdefault(clean_url(button.url), end)
    places = {url: place for url, place in places.items() if url not in words}
    if len(places) == 1:
        places = dict.fromkeys(places, end)
    rows: list[Block | str] = []
    for place, block in enumerate(blocks):
        rows.append(block)
        rows += [url for url, below in places.items() if below == place]
    return rows


def _block_urls(block: Block) -> list[str]:
    if isinstance(block, Gap):
        return []
    return [clean_url(span.url) for span in block.spans if isinstance(span, Text) and span.url]


def _shown_blocks(message: Message) -> list[Block]:
    """Every block but tags, which only help where a platform searches by them, and no gap at the end."""
    blocks = [block for block in message.blocks if not (isinstance(block, Line) and block.style == "tags")]
    while blocks and isinstance(blocks[-1], Gap):
        blocks.pop()
    return blocks


def _spans(message: Message) -> Iterator[Span]:
    for block in message.blocks:
        if not isinstance(block, Gap):
            yield from block.spans


def _head_colour(message: Message) -> str:
    """The colour of the priority whose disc opens the message, or none."""
    first = next(_spans(message), None)
    return _COLOURS.get(first.text.strip(), "") if first else ""


def _rich_block(block: Block, colour: str) -> RenderableType:
    if isinstance(block, Gap):
        return RichText("")
    if isinstance(block, Quote):
        quoted = _rich_text([(span, clean_text(span.text)) for span in block.spans], "")
        return quoted if block.code else _Barred(quoted)
    styles = {"head": colour, "title": "bold", "context": "dim"}
    return _rich_text([(span, clean_line(span.text)) for span in block.spans], styles.get(block.style, ""))


def _rich_text(runs: list[tuple[Span, str]], style: str) -> RichText:
    joined = RichText(style=style)
    for span, text in runs:
        marks = ("bold" if span.bold else "", "cyan" if span.code else "") if isinstance(span, Text) else ()
        joined.append(text, style=" ".join(filter(None, marks)) or None)
    return joined


def _plain_block(block: Block) -> str:
    if isinstance(block, Gap):
        return ""
    if isinstance(block, Line):
        return "".join(clean_line(span.text) for span in block.spans)
    words = "".join(clean_text(span.text) for span in block.spans)
    if block.code:
        return words
    return "\n".join(f"> {row}" for row in words.split("\n"))
