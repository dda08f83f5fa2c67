"""Messages out: cards and replies printed on the terminal."""

import secrets
from dataclasses import replace
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from bot.chat.console.buttons import ShownButtons
from bot.chat.console.render import READABLE_WIDTH, render_plain, render_rich
from bot.chat.console.terminal import Terminal
from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import NO_FILE, Attachment, Block, Gap, Message, Span, line
from bot.errors import SendError, SendOutcome

# Messages further up the screen than that are not looked at any more.
_MOST_REMEMBERED = 200


class ConsoleMessenger:
    """Prints messages: in colour on a terminal, as bare text in a pipe or when a simpler form is asked for.

    What was printed stays as it is, so that an edit prints the lines that are new, below the message's first.
    What is attached to a message is written into `folder`, under a new name each time, and its path is printed.
    """

    def __init__(self, terminal: Terminal, shown: ShownButtons, folder: Path) -> None:
        self._terminal = terminal
        self._shown = shown
        self._folder = folder
        # Numbers begin anew with every run; what another run printed is out of reach.
        self._run = secrets.token_hex(4)
        self._count = count(1)
        self._printed: dict[str, frozenset[str]] = {}

    @property
    def platform(self) -> Platform:
        """The console."""
        return Platform.CONSOLE

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
        """Prints one message and an empty line. Raises SendError when nobody can read it, or no file can be written."""
        del destination, reply_to, silent, marker  # there is one screen, nothing to answer under, and no sound
        if message.attachment:
            message = replace(message, blocks=(*message.blocks, line(self._keep(message.attachment, form))))
        self._print(message, form)
        receipt = f"{self._run}-{next(self._count)}"
        self._remember(receipt, message)
        return Receipt(receipt)

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Prints what is new in a message. Raises SendError for one that another run printed, or long ago."""
        del destination
        if message_id not in self._printed:
            raise SendError(SendOutcome.MESSAGE_GONE, "The message is not on this screen.")
        head, *others = message.blocks
        new = [block for block in others if render_plain(Message((block,), "")) not in self._printed[message_id]]
        if new:
            self._print(replace(message, blocks=(line("↻ ", *_spans(head)), *new), buttons=()), form)
        self._remember(message_id, message)

    def _print(self, message: Message, form: Form) -> None:
        console = self._terminal.console
        try:
            if form is Form.RICH and console.is_terminal:
                self._terminal.show(render_rich(message), "", width=min(console.width, READABLE_WIDTH))
            else:
                self._terminal.show(render_plain(message), "", soft_wrap=True)
        except (OSError, ValueError) as error:  # a closed pipe; a closed file
            raise SendError(
                SendOutcome.DESTINATION_GONE,
                f"The terminal takes no more text ({error}).",
                "Start Tocsin again in a terminal that stays open.",
            ) from error

    def _remember(self, receipt: str, message: Message) -> None:
        self._shown.remember(message)
        self._printed[receipt] = frozenset(render_plain(Message((block,), "")) for block in message.blocks)
        while len(self._printed) > _MOST_REMEMBERED:
            del self._printed[next(iter(self._printed))]

    def _keep(self, attachment: Attachment, form: Form) -> str:
        """Writes the file; where it is, behind what a picture shows. Raises SendError (BAD_MESSAGE)."""
        if form is Form.MINIMAL:
            return NO_FILE.format(name=attachment.name)
        first = self._folder / attachment.name
        others = (first.with_stem(f"{first.stem}-{number}") for number in count(2))
        path = next(path for path in chain([first], others) if not path.exists())
        try:
            path.write_bytes(attachment.content)
        except OSError as error:
            raise SendError(SendOutcome.BAD_MESSAGE, f"{path} cannot be written: {error}.") from error
        return f"{attachment.alt} [{path.absolute()}]".strip()

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """Raises SendError: a screen keeps nothing."""
        del destination, marker, since
        raise SendError(SendOutcome.UNKNOWN, "A terminal keeps no history.")

    async def check(self) -> None:
        """A terminal always answers."""


def _spans(block: Block) -> tuple[Span, ...]:
    return () if isinstance(block, Gap) else block.spans
