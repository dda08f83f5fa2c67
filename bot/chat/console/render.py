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

_COLOURS = {
    DISCS[Priority.CRITICAL]: "bright_red",
    DISCS[Priority.HIGH]: "dark_orange",
    DISCS[Priority.MEDIUM]: "yellow",
    DISCS[Priority.LOW]: "bright_white",
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
    parts: list[RenderableType] = [_rich_block(block, colour) for block in _shown_blocks(message)]
    parts += [RichText(url, style="blue", no_wrap=True, overflow="ignore") for url in _urls(message)]
    hint = build_hint(message)
    if hint:
        parts.append(RichText(hint, style="dim"))
    return Group(*parts)


def render_plain(message: Message) -> str:
    """The message for a pipe: no markup, no wrapping, each address on its own line, no newline at the end."""
    rows = [_plain_block(block) for block in _shown_blocks(message)]
    rows += _urls(message)
    hint = build_hint(message)
    if hint:
        rows.append(hint)
    return "\n".join(rows)


def _shown_blocks(message: Message) -> list[Block]:
    """Every block but tags, which only help where a platform searches by them, and no gap at the end."""
    blocks = [block for block in message.blocks if not (isinstance(block, Line) and block.style == "tags")]
    while blocks and isinstance(blocks[-1], Gap):
        blocks.pop()
    return blocks


def _urls(message: Message) -> list[str]:
    """The addresses of links and buttons, each once, in reading order."""
    found = [span.url for span in _spans(message) if isinstance(span, Text)]
    found += [button.url for row in message.buttons for button in row]
    return list(dict.fromkeys(clean_url(url) for url in found if url))


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
        return _Barred(_rich_text([(span, clean_text(span.text)) for span in block.spans], "", "bold bright_white"))
    styles = {"head": colour, "title": "bold", "context": "dim"}
    return _rich_text([(span, clean_line(span.text)) for span in block.spans], styles.get(block.style, ""), "bold")


def _rich_text(runs: list[tuple[Span, str]], style: str, strong: str) -> RichText:
    """The runs joined; `strong` is the style of bold ones."""
    joined = RichText(style=style)
    for span, text in runs:
        marks = (strong if span.bold else "", "cyan" if span.code else "") if isinstance(span, Text) else ()
        joined.append(text, style=" ".join(filter(None, marks)) or None)
    return joined


def _plain_block(block: Block) -> str:
    if isinstance(block, Gap):
        return ""
    if isinstance(block, Line):
        return "".join(clean_line(span.text) for span in block.spans)
    words = "".join(clean_text(span.text) for span in block.spans)
    return "\n".join(f"> {row}" for row in words.split("\n"))
