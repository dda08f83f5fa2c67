"""One screen shared by what is printed and what is typed, so that neither garbles the other.

On a real terminal the line being typed is drawn by us, which lets a card appear above it and the line come back
unharmed. In a pipe, a file or a dumb terminal nothing is drawn: lines are read and text is written, no more.
"""

import asyncio
import codecs
import contextlib
import io
import os
import termios
from collections.abc import AsyncGenerator, Iterator
from typing import TextIO

from rich.console import Console, RenderableType

from bot.chat.console.line_editor import LineEditor

PROMPT = "> "
_CHUNK = 65536
_CLEAR_ROW = "\r\x1b[K"


class Terminal:
    """A console to print on and the input that belongs to it."""

    def __init__(self, console: Console, stdin: TextIO) -> None:
        self.console = console
        self._stdin = stdin
        self._editor = LineEditor()
        self._drawn = False

    def show(self, *parts: RenderableType, width: int | None = None, soft_wrap: bool = False) -> None:
        """Prints above the line being typed, which is then drawn again. Raises OSError if nobody reads the output."""
        with self.stepping_aside():
            try:
                for part in parts:
                    self.console.print(
                        part, width=width, soft_wrap=soft_wrap, crop=False, markup=False, highlight=False, emoji=False
                    )
            except SystemExit as error:  # rich's answer to a closed pipe
                raise BrokenPipeError("the output is closed") from error

    def guard(self, stream: TextIO) -> io.TextIOBase:
        """A stream that writes to `stream`, such as a log on the same screen, above the line being typed."""
        return _Guarded(self, stream)

    @contextlib.contextmanager
    def stepping_aside(self) -> Iterator[None]:
        """The line being typed is off the screen inside, and drawn again afterwards."""
        self._erase()
        try:
            yield
        finally:
            self._draw()

    async def read_lines(self) -> AsyncGenerator[str, None]:
        """The lines typed, until the input ends. The terminal's own settings are back when this is left."""
        try:
            descriptor = self._stdin.fileno()
        except (OSError, ValueError):  # a stream in memory, which never blocks
            for line in self._stdin:
                yield line
            return
        with self._key_mode(descriptor):
            async with contextlib.aclosing(_read_chunks(descriptor)) as chunks:
                async for keys in chunks:
                    for line in self._take(keys):
                        yield line
                    if self._editor.ended:
                        return
            if self._editor.text:  # a last line without its newline
                for line in self._take("\n"):
                    yield line

    def _take(self, keys: str) -> list[str]:
        lines = self._editor.press(keys)
        if self._drawn:
            for line in lines:
                self._write(f"{_CLEAR_ROW}{PROMPT}{line}\n")
            self._draw()
        return lines

    @contextlib.contextmanager
    def _key_mode(self, descriptor: int) -> Iterator[None]:
        """Key by key input without echo while a person sits at a capable terminal; signals such as Ctrl-C stay."""
        if not (self._stdin.isatty() and self.console.is_terminal and not self.console.is_dumb_terminal):
            yield
            return
        before = termios.tcgetattr(descriptor)
        keys = termios.tcgetattr(descriptor)
        keys[3] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, keys)
        self._drawn = True
        self._draw()
        try:
            yield
        finally:
            self._erase()
            self._drawn = False
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def _draw(self) -> None:
        if self._drawn:
            room = max(self.console.width - len(PROMPT) - 1, 1)
            self._write(f"{_CLEAR_ROW}{PROMPT}{self._editor.tail(room)}")

    def _erase(self) -> None:
        if self._drawn:
            self._write(_CLEAR_ROW)

    def _write(self, text: str) -> None:
        self.console.file.write(text)
        self.console.file.flush()


class _Guarded(io.TextIOBase):
    """Whole lines for another stream, written while the terminal's own line steps aside."""

    def __init__(self, terminal: Terminal, stream: TextIO) -> None:
        self._terminal = terminal
        self._stream = stream

    def write(self, text: str) -> int:
        with self._terminal.stepping_aside():
            self._stream.write(text)
            self._stream.flush()
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


async def _read_chunks(descriptor: int) -> AsyncGenerator[str, None]:
    """What arrives on a descriptor, decoded, until its end. The event loop never waits for it."""
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    while True:
        await _until_readable(descriptor)
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:  # another process set the shared terminal to non-blocking and was quicker
            continue
        except OSError:  # the terminal was hung up
            return
        if not data:
            return
        yield decode(data)


async def _until_readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    try:
        loop.add_reader(descriptor, readable.set)
    except PermissionError:  # epoll takes no regular files, which are always ready
        return
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
