"""A chat platform that is only what a test says it is: people write and press, and see short notices."""

import asyncio
import itertools
from collections.abc import Sequence

from bot.commands.bare_chat import BareChat
from bot.commands.chat_app import Membership, Received, ReceivedFile, StoreUpdate
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Person, Platform, ReplyAddress
from bot.domain.dialogs import Dialog
from bot.domain.messages import Button, Message
from bot.errors import NotFound
from tests.fakes.clock import FakeClock


class FakeChatApp(BareChat):
    """The inbound half of a platform. `admins` are the keys of people who administer its groups."""

    def __init__(self, clock: FakeClock, platform: Platform = Platform.TELEGRAM) -> None:
        self.admins: set[str] = set()
        self.notices: list[str] = []
        self.edits_in_place = False
        self.in_place: list[Message] = []
        self.files: dict[str, str] = {}
        self.chats: dict[str, Destination] = {}
        self.left: list[tuple[str, Message]] = []
        self.keyboards: list[tuple[tuple[Button, ...], ...]] = []
        self.dialogs: list[tuple[str, Dialog]] = []
        self.has_asked = asyncio.Event()
        self.obstacles: dict[str, str] = {}
        self.locales: dict[str, str] = {}
        self.is_slow = False
        self._clock = clock
        self._platform = platform
        self._keys = itertools.count(1)
        self._contents: dict[str, Received | Membership | None] = {}

    @property
    def platform(self) -> Platform:
        """The platform it plays."""
        return self._platform

    async def receive(self, store_update: StoreUpdate) -> None:
        """Nothing arrives by itself; tests hand updates to the inbox."""

    def read(self, update: InboundUpdate) -> Received | Membership | None:
        """What the test said this update asks for."""
        return self._contents.get(update.key)

    async def show_notice(self, update: InboundUpdate, notice: str) -> None:
        """Remembers the notice."""
        self.notices.append(notice)

    async def is_admin(self, invocation: Invocation) -> bool:
        """Whether the person is one of the `admins`, or the chat is private."""
        return invocation.destination.kind is ChatKind.PRIVATE or invocation.person.key in self.admins

    async def show_dialog(self, update: InboundUpdate, destination: Destination, dialog: Dialog) -> bool:
        """Remembers the dialog; false while `is_slow`, as when the person was kept waiting for too long."""
        if self.is_slow:
            return False
        self.dialogs.append((destination.key, dialog))
        self.has_asked.set()
        return True

    async def show_buttons(self, update: InboundUpdate, buttons: Sequence[Sequence[Button]]) -> bool:
        """Remembers the buttons where the platform it plays can change them."""
        if self._platform is Platform.TELEGRAM:
            self.keyboards.append(tuple(tuple(row) for row in buttons))
        return self._platform is Platform.TELEGRAM

    async def show_in_place(self, update: InboundUpdate, destination: Destination, message: Message) -> bool:
        """Remembers what took the place of a pressed message, if it plays a platform that can do that."""
        if self.edits_in_place:
            self.in_place.append(message)
        return self.edits_in_place

    async def find_chat(self, name: str) -> Destination | None:
        """One of the chats that the test named."""
        return self.chats.get(name)

    async def read_file(self, file: ReceivedFile) -> str:
        """The text that the test gave the file."""
        if file.id not in self.files:
            raise NotFound("I could not fetch that file.", "Send it again.")
        return self.files[file.id]

    async def leave(self, destination: Destination, farewell: Message) -> None:
        """Remembers the last word, and where it was said."""
        self.left.append((destination.key, farewell))

    async def find_language(self, invocation: Invocation) -> str:
        """What the test says the person has chosen in the app."""
        return self.locales.get(invocation.person.key, "")

    async def find_obstacle(self, destination: Destination) -> str:
        """What the test says stands in the way there."""
        return self.obstacles.get(destination.key, "")

    def write(
        self, text: str, destination: Destination, person: Person, *, answering: str = "", via: Via = Via.COMMAND
    ) -> InboundUpdate:
        """A person writes a command, or answers a message of the bot."""
        verb, _, argument = text.removeprefix("/").partition(" ")
        invocation = Invocation(
            destination, person, verb.lower(), argument, via, self._clock.now(), replied_message=answering
        )
        return self.update(Received(invocation, ReplyAddress("500", person.id, "https://hooks.example/1")))

    def press(
        self, action: str, subject: str, argument: str, destination: Destination, person: Person, *, on: str = "600"
    ) -> InboundUpdate:
        """A person presses a button on a message."""
        invocation = Invocation(
            destination, person, action, argument, Via.BUTTON, self._clock.now(), subject, replied_message=on
        )
        return self.update(Received(invocation, ReplyAddress(on)))

    def update(self, content: Received | Membership | None) -> InboundUpdate:
        """An update that asks for this."""
        key = str(next(self._keys))
        self._contents[key] = content
        return InboundUpdate(self._platform, key, "{}", self._clock.now())
