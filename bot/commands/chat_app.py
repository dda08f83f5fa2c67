"""What the commands need of a chat platform: updates in, each stored before it is acknowledged."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.commands.invocation import Invocation
from bot.domain.chats import Destination, InboundUpdate, Platform, ReplyAddress
from bot.domain.dialogs import Dialog
from bot.domain.messages import Button, Message
from bot.errors import TocsinError

# Keeps an update. Raises StoreError where that failed, and DialogRefused for a dialog to be filled in again.
StoreUpdate = Callable[[InboundUpdate], Awaitable[None]]


class DialogRefused(TocsinError):
    """A dialog with mistakes, which was not kept; `mistakes` says by field what is wrong."""

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        super().__init__(" ".join(mistakes.values()))
        self.mistakes = dict(mistakes)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A text file that came with a request: the platform's id of it, its name, and its size in bytes as it was told."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """A request read from an update, and where its answer goes.

    `can_ask` says that a dialog may be shown in answer to it, `on_screen` that its answer for the asker's eyes takes
    the place of what the asker looks at rather than being sent. What stands in `file` is what was meant to be written.
    """

    invocation: Invocation
    reply_to: ReplyAddress
    can_ask: bool = False
    on_screen: bool = False
    file: ReceivedFile | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot was added to a chat, or lost it for `reason`; `moved_to` is the chat's new address if it has one now."""

    destination: Destination
    present: bool
    reason: str = ""
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """The bot lost a whole workspace, with all its chats, for `reason`."""

    workspace: str
    reason: str


class Working(Protocol):
    """A request that is being worked on, as its chat sees it."""

    async def finish(self, message: Message) -> bool:
        """Puts the answer into the place of what was shown meanwhile; False where nothing was. Never raises."""
        ...


class ChatApp(Protocol):
    """The inbound half of a platform's adapter."""

    @property
    def platform(self) -> Platform:
        """The platform it listens to."""
        ...

    async def receive(self, store_update: StoreUpdate) -> None:
        """Listens until cancelled. Each update is handed to `store_update` and acknowledged only after that returned.

        A lost connection is re-established here with back-off; a refused token raises SendError (UNAUTHORISED).
        """
        ...

    def read(self, update: InboundUpdate) -> Received | Membership | Departure | None:
        """What an update asks for; None for updates that ask nothing. Pure; never raises on hostile payloads."""
        ...

    async def show_notice(self, update: InboundUpdate, notice: str) -> None:
        """Ends the waiting state of a pressed button, with a short notice if not empty. Best effort, never raises."""
        ...

    async def find_language(self, invocation: Invocation) -> str:
        """The language of a person's app, where that has to be asked for; empty for none. Never raises."""
        ...

    async def is_admin(self, invocation: Invocation) -> bool:
        """Whether the person administers the chat (always true in a private chat). False when it cannot be known."""
        ...

    async def show_dialog(self, update: InboundUpdate, destination: Destination, dialog: Dialog) -> bool:
        """Shows a dialog about a chat to the person whose update this is; False where that cannot be. Never raises."""
        ...

    async def show_buttons(self, update: InboundUpdate, buttons: Sequence[Sequence[Button]]) -> bool:
        """Puts other buttons under the message whose button was pressed; False where that cannot be. Never raises."""
        ...

    async def show_in_place(self, update: InboundUpdate, destination: Destination, message: Message) -> bool:
        """Puts a message in the place of the one whose button was pressed; False where that cannot be. Never raises."""
        ...

    async def find_chat(self, name: str) -> Destination | None:
        """A group or channel that the bot is in, by its public name or its id; None if it finds none. Never raises."""
        ...

    async def read_file(self, file: ReceivedFile) -> str:
        """The text of a file. Raises NotFound for one that is lost, SettingsError for one that is no short text."""
        ...

    def show_working(self, destination: Destination, reply_to: ReplyAddress) -> AbstractAsyncContextManager[Working]:
        """Lets a chat see that its request takes a while, until the block ends."""
        ...

    async def leave(self, destination: Destination, farewell: Message) -> None:
        """Says a last word in a chat and leaves it, where a bot can do that by itself. Best effort, never raises."""
        ...

    async def find_obstacle(self, destination: Destination) -> str:
        """Why the bot cannot write to a chat, with the cure; empty where it can or that is not known. Never raises."""
        ...
