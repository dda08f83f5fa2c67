"""Small parts that answers share: words that fit the platform, a toast or a message, pages with their buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.commands.grammar import read_number
from bot.commands.invocation import Invocation, Reply, Via
from bot.commands.registry import Request
from bot.domain.chats import Platform
from bot.domain.command_names import slack_command
from bot.domain.language import later, tr
from bot.domain.messages import Block, Button, Gap, Line, Message, Text, plain_message

STALE_PAGE = later("The list changed. Showing the newest.")
_NO_PAGE = later("There is no page {number}. Showing the newest.")
_TYPED = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"(?<![\w/.])/(?=[a-z]{2})")
# Telegram allows 64 bytes of data in a button: https://core.telegram.org/bots/api#inlinekeyboardbutton
_BUTTON_BYTES = 64
_BUTTON_PREFIX = "a1:"
# A watchlist or alert id never holds a full stop, so a page cannot be taken for one.
_PAGE_MARK = "p."
# Above this a list is offered as a file (UX specification 2.5).
_MOST_PAGED = 40

T = TypeVar("T")


def commands_in(text: str, platform: Platform) -> str:
    """`text` with the commands in it as they are typed on the platform: `/watch`, in Slack `/tocsin watch`.

    For our own sentences only, not for texts of feeds.
    """
    return _COMMAND.sub(f"{slack_command()} ", text) if platform is Platform.SLACK else text


def build_answer(text: str, platform: Platform, buttons: tuple[tuple[Button, ...], ...] = ()) -> Message:
    """Our own sentences as a message: commands as the platform knows them, words between backticks as typed.

    Every newline starts a line and an empty line is a gap.
    """
    said = commands_in(text, platform)
    blocks: tuple[Block, ...] = tuple(_answer_line(row) if row else Gap() for row in said.split("\n"))
    return Message(blocks, " ".join(_TYPED.sub(r"\1", said).split()), buttons)


def _answer_line(row: str) -> Line:
    # Splitting by a pattern with one group gives text and group in turns.
    parts = _TYPED.split(row)
    return Line(tuple(Text(part, code=place % 2 == 1) for place, part in enumerate(parts) if part))


def say(request: Request, text: str, buttons: tuple[tuple[Button, ...], ...] = (), *, private: bool = True) -> Reply:
    """An answer in our own sentences."""
    return Reply(build_answer(text, request.destination.platform, buttons), private=private)


def notice(invocation: Invocation, text: str) -> Reply:
    """A short answer: shown over a pressed button, as a message otherwise."""
    return Reply(notice=text) if invocation.via is Via.BUTTON else Reply(plain_message(text))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a longer list. `number` counts from 1; `moved` says that a later page was asked for in vain."""

    rows: tuple[T, ...]
    number: int
    pages: int
    moved: bool


def cut_page(rows: Sequence[T], number: int, size: int, *, newest_last: bool = False) -> Page[T]:
    """One page of `rows`; the one with the newest, which is the first or the last, if that page is not there."""
    pages = max(-(-len(rows) // size), 1)
    moved = number > pages
    newest = pages if newest_last else 1
    shown = newest if moved else max(number, 1)
    return Page(tuple(rows[(shown - 1) * size : shown * size]), shown, pages, moved)


def read_typed_page(request: Request) -> tuple[int, str]:
    """The page that is asked for, also by its bare number (`/saved 2`), and what is said where it is not there."""
    typed = read_number(request.argument)
    if typed is None:
        return take_page(request)[0], tr(STALE_PAGE)
    return typed, tr(_NO_PAGE, number=typed)


def take_page(request: Request) -> tuple[int, str]:
    """The page that is asked for, and the rest of the argument.

    A pager button names it in its subject; who has no buttons types what the button says: `/feeds p.2 kk`.
    """
    subject = request.invocation.subject
    if subject:
        return _page_number(subject) or 1, request.argument
    first, _, rest = request.argument.partition(" ")
    number = _page_number(first)
    return (number, rest.strip()) if number else (1, request.argument)


def _page_number(word: str) -> int | None:
    return read_number(word.removeprefix(_PAGE_MARK)) if word.startswith(_PAGE_MARK) else None


def is_page(word: str) -> bool:
    """Whether a word stands for a page rather than for an alert or a list."""
    return _page_number(word) is not None


def pager(verb: str, argument: str, number: int, pages: int) -> tuple[tuple[Button, ...], ...]:
    """`‹ 1/4 ›`: a row of buttons, or none where there is one page or `argument` is too long for a button."""
    if pages <= 1 or not fits_button(verb, f"{_PAGE_MARK}{pages}", argument):
        return ()
    previous = Button("‹", verb, f"{_PAGE_MARK}{max(number - 1, 1)}", argument)
    here = Button(f"{number}/{pages}", verb, f"{_PAGE_MARK}{number}", argument)
    following = Button("›", verb, f"{_PAGE_MARK}{min(number + 1, pages)}", argument)
    return (((previous,) if number > 1 else ()) + (here,) + ((following,) if number < pages else ()),)


def offer_export(request: Request, results: int, command: str) -> tuple[Block, ...]:
    """A hint at a file of what takes many pages to read; nothing for fewer."""
    if results <= _MOST_PAGED:
        return ()
    hint = tr("All {count} as a file: {command}", count=results, command=command)
    return (Line((Text(commands_in(hint, request.destination.platform)),), "context"),)


def fits_button(action: str, subject: str, argument: str) -> bool:
    """Whether a button can carry this on every platform."""
    return len(f"{_BUTTON_PREFIX}{subject}:{action}:{argument}".encode()) <= _BUTTON_BYTES
