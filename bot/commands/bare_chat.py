"""A chat platform that can do nothing but take lines and print answers; real ones say what more they can."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext

from bot.commands.chat_app import ReceivedFile, Working
from bot.commands.invocation import Invocation
from bot.domain.chats import Destination, InboundUpdate, ReplyAddress
from bot.domain.dialogs import Dialog
from bot.domain.messages import Button, Message
from bot.errors import NotFound


class NothingShown:
    """The `Working` of platforms where a person waits in silence."""

    async def finish(self, message: Message) -> bool:
        """Nothing was shown."""
        del message
        return False


class BareChat:
    """The parts of a `ChatApp` that not every platform has, as one answers that has none of them."""

    async def find_language(self, invocation: Invocation) -> str:
        """What a platform tells of a person's language, it tells with what the person writes."""
        del invocation
        return ""

    async def show_dialog(self, update: InboundUpdate, destination: Destination, dialog: Dialog) -> bool:
        """There are no screens to fill in; the messages and buttons of the same answers do it."""
        del update, destination, dialog
        return False

    async def show_buttons(self, update: InboundUpdate, buttons: Sequence[Sequence[Button]]) -> bool:
        """What was sent keeps its buttons."""
        del update, buttons
        return False

    async def show_in_place(self, update: InboundUpdate, destination: Destination, message: Message) -> bool:
        """What was sent stays; the answer comes below."""
        del update, destination, message
        return False

    async def find_chat(self, name: str) -> Destination | None:
        """No chat is found by its name."""
        del name
        return None

    async def read_file(self, file: ReceivedFile) -> str:
        """Files are not read. Raises NotFound."""
        raise NotFound(f"I cannot read {file.name} here.")

    def show_working(self, destination: Destination, reply_to: ReplyAddress) -> AbstractAsyncContextManager[Working]:
        """Nothing is shown."""
        del destination, reply_to
        return nullcontext(NothingShown())

    async def leave(self, destination: Destination, farewell: Message) -> None:
        """A bot cannot leave by itself."""
        del destination, farewell

    async def find_obstacle(self, destination: Destination) -> str:
        """Nothing is known to stand in the way; where something does, sending says so."""
        del destination
        return ""
