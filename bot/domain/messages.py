"""What a chat message says, before any platform's markup. Commands and cards build it; adapters render it.

Text in here is never escaped: each renderer escapes for its own platform, in one place.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal

from bot.domain.directions import (
    FIRST_STRONG_ISOLATE,
    POP_DIRECTIONAL_ISOLATE,
    has_foreign,
    isolate_outside,
    isolated,
    runs_from_right,
)
from bot.domain.language import RIGHT_TO_LEFT, spoken

# Half of what Telegram takes as a photo (telegram.constants.FileSizeLimit.PHOTOSIZE_UPLOAD); the outbox keeps it.
MOST_ATTACHED = 5_000_000
NO_FILE = "({name} could not be sent here.)"
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text with one style; `url` makes it a link, `mention` calls the person with that id on the platform."""

    text: str
    bold: bool = False
    code: bool = False
    url: str = ""
    mention: str = ""
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time. Platforms that can show it in the reader's zone do so; `text` stands elsewhere."""

    at: datetime
    text: str
    kind: Literal["moment"] = "moment"


Span = Text | Moment


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `title` is the headline, `context` small print, `tags` exist only where a platform searches by them."""

    spans: tuple[Span, ...]
    style: Literal["normal", "head", "title", "context", "tags"] = "normal"
    kind: Literal["line"] = "line"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source; `expandable` quotes may be folded by the platform.

    `code` is a text to be copied, shown letter by letter as it is.
    """

    spans: tuple[Span, ...]
    expandable: bool = False
    code: bool = False
    kind: Literal["quote"] = "quote"


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line between parts."""

    kind: Literal["gap"] = "gap"


Block = Line | Quote | Gap


@dataclass(frozen=True, slots=True)
class Button:
    """A button: either opens `url`, or performs `action` on `subject` (an alert or list id) with `argument`.

    `label` is what a screen reader says in the place of `text`, where the platform can tell it.
    """

    text: str
    action: str = ""
    subject: str = ""
    argument: str = ""
    url: str = ""
    primary: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. `alt` says in words what a picture shows; a document needs none.

    Raises ValueError for more than `MOST_ATTACHED` bytes, for none, and for a name that is not a plain file name.
    """

    name: str
    media_type: str
    content: bytes
    alt: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.content) <= MOST_ATTACHED:
            raise ValueError(f"an attachment of {len(self.content)} bytes")
        if not _FILE_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name for an attachment")

    @property
    def is_picture(self) -> bool:
        """Whether chats can show it as it is."""
        return self.media_type in {"image/png", "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `summary` is a full plain sentence for notifications and screen readers.

    The text of a message with an `attachment` stands under the file and has to be short: Telegram shows 1,024
    characters there. What is longer is cut. The buttons of `menu`, five at most, are folded up where a platform can do
    that; elsewhere whoever builds the message offers them in another way. Where a language from right to left is
    spoken, what runs against it in a line of the message is isolated. `here` calls everybody in the chat who is at a
    screen, where the platform can do that; no words of a message ever do.
    """

    blocks: tuple[Block, ...]
    summary: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    silent: bool = False
    attachment: Attachment | None = None
    menu: tuple[Button, ...] = ()
    here: bool = False

    def __post_init__(self) -> None:
        if spoken() in RIGHT_TO_LEFT:
            object.__setattr__(self, "blocks", tuple(map(_directed, self.blocks)))
            if runs_from_right(self.summary):
                object.__setattr__(self, "summary", isolate_outside(self.summary, 0)[0])


def _directed(block: Block) -> Block:
    """A line or quote in two directions with what runs from left to right isolated; any other as it is."""
    if isinstance(block, Gap) or (isinstance(block, Quote) and block.code):
        return block
    if not runs_from_right("".join(span.text for span in block.spans)):
        return block
    spans: list[Span] = []
    depth = 0
    for span in block.spans:
        if isinstance(span, Text) and span.code:
            loose = depth == 0 and has_foreign(span.text)
            spans += [Text(FIRST_STRONG_ISOLATE), span, Text(POP_DIRECTIONAL_ISOLATE)] if loose else [span]
            continue
        text, depth = isolate_outside(span.text, depth)
        spans.append(replace(span, text=text))
    return replace(block, spans=tuple(spans))


def bold(text: str) -> Text:
    """A bold run."""
    return Text(text, bold=True)


def line(*parts: str | Span, style: Literal["normal", "head", "title", "context", "tags"] = "normal") -> Line:
    """A line from strings and spans."""
    return Line(tuple(Text(part) if isinstance(part, str) else part for part in parts), style)


def plain_message(text: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> Message:
    """A message without markup; every newline starts a line and an empty line is a gap."""
    blocks: tuple[Block, ...] = tuple(line(row) if row else Gap() for row in text.split("\n"))
    return Message(blocks, summary=" ".join(text.split()), buttons=buttons)


def plain_text(message: Message) -> str:
    """The message as bare text, one line per block; the last resort when a platform refuses its markup."""
    return "\n".join(_block_text(block) for block in message.blocks)


def _block_text(block: Block) -> str:
    if isinstance(block, Gap):
        return ""
    runs = ((url, "".join(span.text for span in run)) for url, run in groupby(block.spans, key=link_of))
    words = "".join(f"{text} ({url})" if url else text for url, text in runs)
    return f"> {words}" if isinstance(block, Quote) and not block.code else words


def link_of(span: Span) -> str:
    """Where a span leads, empty for nowhere. Neighbours that lead to the same place are one link."""
    return span.url if isinstance(span, Text) else ""


def isolate(text: str) -> str:
    """`text` wrapped in directional isolates if it runs against the language spoken, so that it keeps its place.

    Right-to-left letters always count as running against it: feeds mix them with others.
    """
    if runs_from_right(text) or (spoken() in RIGHT_TO_LEFT and any(char.isalpha() for char in text)):
        return isolated(text)
    return text
