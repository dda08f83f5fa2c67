"""A place at a platform: people there write and press through its fake, and what they are shown is written down."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from bot.commands.chat_app import ChatApp
from bot.commands.inbox import Inbox
from bot.domain.chats import Destination
from bot.ports.messenger import Messenger
from tests.conformance.cases import Place, Step

# What was sent before the suite begins has receipts from here on, and is on no screen.
LOST_RECEIPT = 90_000
_MOST_FILE_LINES = 12


class Seat(Protocol):
    """One platform as the suite sees it."""

    @property
    def name(self) -> str:
        """Its name in golden files."""
        ...

    @property
    def app(self) -> ChatApp:
        """The real inbound half of its adapter."""
        ...

    @property
    def messenger(self) -> Messenger:
        """The real outbound half of its adapter."""
        ...

    def destination(self, place: Place) -> Destination | None:
        """Dana's private chat or the group, as stored; None for a group where the platform has none."""
        ...

    async def act(self, step: Step, inbox: Inbox) -> bool:
        """Lets somebody do something, which the inbox then holds; false where that cannot be done here."""
        ...

    def take(self) -> list[str]:
        """What people were shown since it was asked last, one text for each message, edit, toast and dialog."""
        ...

    def check(self) -> None:
        """Raises AssertionError if the platform refused anything."""
        ...


def file_words(name: str, content: bytes, alt: str = "") -> str:
    """A file as a line, and the beginning of its text if it is one."""
    head = f"[file {name}{f': {alt}' if alt else ''}]"
    if Path(name).suffix == ".png":
        return head
    lines = content.decode("utf-8").removeprefix("\ufeff").splitlines()
    shown = [f"| {line}" for line in lines[:_MOST_FILE_LINES]]
    more = [f"| … {len(lines) - _MOST_FILE_LINES} more lines"] if len(lines) > _MOST_FILE_LINES else []
    return "\n".join([head, *shown, *more])


def button_rows(rows: Sequence[Sequence[str]]) -> str:
    """Rows of buttons, a line for each."""
    return "\n".join(" ".join(f"[{button}]" for button in row) for row in rows if row)
