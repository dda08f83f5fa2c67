"""Messages out: cards and replies printed on the terminal."""

from datetime import datetime

from bot.chat.console.buttons import ShownButtons
from bot.chat.console.render import READABLE_WIDTH, render_plain, render_rich
from bot.chat.console.terminal import Terminal
from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Message
from bot.errors import SendError, SendOutcome


class ConsoleMessenger:
    """Prints messages: in colour on a terminal, as bare text in a pipe or when a simpler form is asked for."""

    def __init__(self, terminal: Terminal, shown: ShownButtons) -> None:
        self._terminal = terminal
        self._shown = shown

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
        """Prints one message and an empty line. Raises SendError when nobody can read it any more."""
        del destination, reply_to, silent, marker  # there is one screen, nothing to answer under, and no sound
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
        self._shown.remember(message)
        return Receipt("")

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """Raises SendError: a screen keeps nothing."""
        del destination, marker, since
        raise SendError(SendOutcome.UNKNOWN, "A terminal keeps no history.")

    async def check(self) -> None:
        """A terminal always answers."""
