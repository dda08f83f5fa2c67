"""The terminal's seat: lines typed into a pipe, and what is printed into another."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console

from bot.chat.console.app import LOCAL_DESTINATION
from bot.chat.console.buttons import typed_words
from bot.chat.console.connect import ConsoleChat, open_console
from bot.chat.console.messenger import ConsoleMessenger
from bot.commands.inbox import Inbox
from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Button, Message
from bot.ports.clock import Clock
from tests.conformance.cases import How, Place, Step, Who
from tests.conformance.voices import Voice


class _Remembering:
    """The real messenger; what it printed last is known, so that a button is pressed by what stands on it."""

    def __init__(self, messenger: ConsoleMessenger) -> None:
        self._messenger = messenger
        self.buttons: list[Button] = []

    @property
    def platform(self) -> Platform:
        """The console."""
        return self._messenger.platform

    async def send(
        self,
        destination: Destination,
        message: Message,
        *,
        form: Form,
        reply_to: ReplyAddress,
        silent: bool,
        marker: str = "",
    ) -> Receipt:
        """Prints."""
        self.buttons += [button for row in message.buttons for button in row]
        return await self._messenger.send(destination, message, form=form, reply_to=reply_to, silent=silent)

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Prints what is new."""
        await self._messenger.edit(destination, message_id, message, form=form)

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """Raises SendError."""
        return await self._messenger.find_sent(destination, marker, since)

    async def check(self) -> None:
        """It always answers."""


class ConsoleSeat:
    """One person at a terminal."""

    name = "console"

    def __init__(self, chat: ConsoleChat, typed: io.StringIO, printed: io.StringIO, folder: Path, voice: Voice) -> None:
        self.app = chat.app
        self.messenger = _Remembering(chat.messenger)
        self._voice = voice
        self._typed = typed
        self._printed = printed
        self._folder = folder
        self._seen = 0

    def destination(self, place: Place) -> Destination | None:
        """The terminal; it has no groups."""
        return LOCAL_DESTINATION if place is Place.PRIVATE else None

    async def act(self, step: Step, inbox: Inbox) -> bool:
        """Types a line; answers to cards, groups, and other people's chats there are none."""
        if step.place is Place.GROUP or step.who is not Who.DANA or step.how in {How.ANSWER, How.FILE, How.LOCATE}:
            return False
        typed = step.text
        if step.how is How.PRESS:
            shown = reversed(self.messenger.buttons)
            button = next((one for one in shown if self._voice.says(one.text, step.text)), None)
            if button is None:
                return False
            typed = typed_words(button)
        begin = self._typed.tell()
        # A line break would end the line; a terminal knows no other way.
        self._typed.write(typed.replace("\n", " ") + "\n")
        self._typed.seek(begin)
        await self.app.receive(inbox.store_update)
        return True

    def take(self) -> list[str]:
        """What was printed."""
        printed = self._printed.getvalue()[self._seen :].strip()
        self._seen = len(self._printed.getvalue())
        return [printed.replace(str(self._folder.absolute()), "…")] if printed else []

    def check(self) -> None:
        """A terminal refuses nothing."""


@asynccontextmanager
async def open_console_seat(clock: Clock, folder: Path, voice: Voice) -> AsyncIterator[ConsoleSeat]:
    """The seat; files that are sent are written into `folder`."""
    typed, printed = io.StringIO(), io.StringIO()
    chat = open_console(Console(file=printed, width=100), typed, clock=clock, folder=folder)
    yield ConsoleSeat(chat, typed, printed, folder, voice)
