"""Requests in: each line typed is an update; words are commands, `+` and `-` press the buttons of a card."""

import contextlib
import json
import uuid

from rich.text import Text

from bot.chat.console.clean import clean_line
from bot.chat.console.terminal import Terminal
from bot.commands.chat_app import Received, StoreUpdate
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import NO_REPLY_ADDRESS, ChatKind, Destination, InboundUpdate, Person, Platform
from bot.ports.clock import Clock

LOCAL_DESTINATION = Destination(Platform.CONSOLE, "local", kind=ChatKind.PRIVATE, title="this terminal")
LOCAL_PERSON = Person(Platform.CONSOLE, "local", "you")

_LEAVING = frozenset({"quit", "exit"})
_PRESSED = {"+": "up", "-": "dn"}


class ConsoleApp:
    """The inbound half of the console."""

    def __init__(self, terminal: Terminal, clock: Clock) -> None:
        self._terminal = terminal
        self._clock = clock

    @property
    def platform(self) -> Platform:
        """The console."""
        return Platform.CONSOLE

    async def receive(self, store_update: StoreUpdate) -> None:
        """Hands over each line typed. Returns when the person leaves with `quit` or `exit` or the input ends."""
        async with contextlib.aclosing(self._terminal.read_lines()) as lines:
            async for typed in lines:
                line = clean_line(typed).strip()
                if line.removeprefix("/").lower() in _LEAVING:
                    return
                if line:
                    await store_update(self._build_update(line))

    def _build_update(self, line: str) -> InboundUpdate:
        payload = json.dumps({"text": line}, ensure_ascii=False)
        return InboundUpdate(Platform.CONSOLE, uuid.uuid4().hex, payload, self._clock.now())

    def read(self, update: InboundUpdate) -> Received | None:
        """The command or pressed button in a line; None for a payload that holds no words."""
        words = _find_text(update.payload).split(maxsplit=1)
        if not words:
            return None
        word = words[0].removeprefix("/").lower()
        rest = words[1].strip() if len(words) > 1 else ""
        pressed = _PRESSED.get(word)
        invocation = Invocation(
            LOCAL_DESTINATION,
            LOCAL_PERSON,
            verb=pressed or word,
            argument="" if pressed else rest,
            via=Via.BUTTON if pressed else Via.COMMAND,
            at=update.received_at,
            subject=rest if pressed else "",
        )
        return Received(invocation, NO_REPLY_ADDRESS)

    async def show_notice(self, update: InboundUpdate, notice: str) -> None:
        """Prints the notice of a pressed button."""
        del update
        if notice:
            with contextlib.suppress(OSError, ValueError):  # nobody is reading any more
                self._terminal.show(Text(clean_line(notice), style="green"), "")

    async def is_admin(self, invocation: Invocation) -> bool:
        """Whoever sits at the terminal runs the service."""
        del invocation
        return True


def _find_text(payload: str) -> str:
    try:
        parsed = json.loads(payload)
    except ValueError:
        return ""
    text = parsed.get("text") if isinstance(parsed, dict) else None
    return text if isinstance(text, str) else ""
