"""Opens the terminal as a chat."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console

from bot.chat.console.app import ConsoleApp
from bot.chat.console.buttons import ShownButtons
from bot.chat.console.messenger import ConsoleMessenger
from bot.chat.console.terminal import Terminal
from bot.ports.clock import Clock

_WORKING_DIRECTORY = Path()


@dataclass(frozen=True, slots=True)
class ConsoleChat:
    """Both halves of the console, and the screen they share for anything else that is printed meanwhile."""

    app: ConsoleApp
    messenger: ConsoleMessenger
    terminal: Terminal


def open_console(
    console: Console, stdin: TextIO | None, *, clock: Clock, folder: Path = _WORKING_DIRECTORY
) -> ConsoleChat:
    """The chat on `console` with the lines of `stdin`, which is None where the process was started without one.

    Files that are sent are written into `folder`. Letters the output cannot encode become question marks.
    """
    if isinstance(console.file, io.TextIOWrapper):
        console.file.reconfigure(errors="replace")
    terminal, shown = Terminal(console, io.StringIO() if stdin is None else stdin), ShownButtons()
    return ConsoleChat(ConsoleApp(terminal, shown, clock), ConsoleMessenger(terminal, shown, folder), terminal)
