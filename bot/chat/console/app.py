"""Requests in: each line typed is an update, either a command or the words that press a button shown before."""

import contextlib
import json
import uuid

from rich.text import Text

from bot.chat.console.buttons import ShownButtons
from bot.chat.console.clean import clean_line
from bot.chat.console.terminal import Terminal
from bot.commands.bare_chat import BareChat
from bot.commands.chat_app import Received, StoreUpdate
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import NO_REPLY_ADDRESS, ChatKind, Destination, InboundUpdate, Person, Platform
from bot.ports.clock import Clock

LOCAL_DESTINATION = Destination(Platform.CONSOLE, "local", kind=ChatKind.PRIVATE, title="this terminal")
LOCAL_PERSON = Person(Platform.CONSOLE, "local", "you")

_LEAVING = frozenset({"quit", "exit"})


class ConsoleApp(BareChat):
    """The inbound half of the console."""

    def __init__(self, terminal: Terminal, shown: ShownButtons, clock: Clock) -> None:
        self._terminal = terminal
        self._shown = shown
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
        payload: dict[str, object] = {"text": line}
        button = self._shown.find(line)
        if button is not None:
            payload["button"] = {"action": button.action, "subject": button.subject, "argument": button.argument}
        stored = json.dumps(payload, ensure_ascii=False)
        return InboundUpdate(Platform.CONSOLE, uuid.uuid4().hex, stored, self._clock.now())

    def read(self, update: InboundUpdate) -> Received | None:
        """The pressed button or the command in a line; None for a payload that holds neither."""
        payload = _load(update.payload)
        button = payload.get("button")
        if isinstance(button, dict):
            parts = [button.get(name) for name in ("action", "subject", "argument")]
            action, subject, argument = (part if isinstance(part, str) else "" for part in parts)
            return _received(action, argument, Via.BUTTON, update, subject) if action else None
        text = payload.get("text")
        words = text.split(maxsplit=1) if isinstance(text, str) else []
        if not words:
            return None
        verb = words[0].removeprefix("/").lower()
        return _received(verb, words[1].strip() if len(words) > 1 else "", Via.COMMAND, update)

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


def _load(payload: str) -> dict[str, object]:
    try:
        loaded = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _received(verb: str, argument: str, via: Via, update: InboundUpdate, subject: str = "") -> Received:
    invocation = Invocation(
        LOCAL_DESTINATION, LOCAL_PERSON, verb, argument, via=via, at=update.received_at, subject=subject
    )
    return Received(invocation, NO_REPLY_ADDRESS)
