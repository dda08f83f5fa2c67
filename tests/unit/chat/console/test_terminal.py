"""Printing while a person types, on a real pseudo-terminal."""

import asyncio
import io
import logging
import os
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

import pytest
from rich.console import Console

from bot.chat.console.app import LOCAL_DESTINATION
from bot.chat.console.connect import ConsoleChat, open_console
from bot.domain.chats import NO_REPLY_ADDRESS, InboundUpdate
from bot.domain.deliveries import Form
from bot.domain.messages import plain_message
from tests.fakes.clock import FakeClock


@dataclass
class _Person:
    """The other end of the pseudo-terminal."""

    keyboard: int
    stdin: TextIO

    def type(self, keys: str) -> None:
        os.write(self.keyboard, keys.encode())

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.stdin.fileno())[3] & termios.ECHO)


@pytest.fixture
def person() -> Iterator[_Person]:
    keyboard, tty = os.openpty()
    with os.fdopen(tty, encoding="utf-8") as stdin:
        yield _Person(keyboard, stdin)
    os.close(keyboard)


def _capable(out: io.StringIO) -> Console:
    return Console(file=out, force_terminal=True, color_system=None, width=40, _environ={"TERM": "xterm"})


async def _until(condition: "asyncio.Event") -> None:
    async with asyncio.timeout(5):
        await condition.wait()


class _Store:
    def __init__(self) -> None:
        self.updates: list[InboundUpdate] = []
        self.arrived = asyncio.Event()

    async def __call__(self, update: InboundUpdate) -> None:
        self.updates.append(update)
        self.arrived.set()


async def _send(chat: ConsoleChat, text: str) -> None:
    await chat.messenger.send(
        LOCAL_DESTINATION, plain_message(text), form=Form.RICH, reply_to=NO_REPLY_ADDRESS, silent=True
    )


async def _shows(out: io.StringIO, end: str) -> None:
    async with asyncio.timeout(5):
        while not out.getvalue().endswith(end):  # noqa: ASYNC110  the terminal gives no event to wait for
            await asyncio.sleep(0)


async def test_a_card_appears_above_the_line_being_typed_which_comes_back(person: _Person) -> None:
    out, store = io.StringIO(), _Store()
    chat = open_console(_capable(out), person.stdin, clock=FakeClock())
    listening = asyncio.create_task(chat.app.receive(store))
    await _shows(out, "\r\x1b[K> ")
    person.type("wh")
    await _shows(out, "> wh")
    await _send(chat, "A card")
    assert out.getvalue().endswith("> wh\r\x1b[KA card\n\n\r\x1b[K> wh")
    person.type("y 7Q2M\n")
    await _until(store.arrived)
    assert store.updates[0].payload == '{"text": "why 7Q2M"}'
    person.type("quit\n")
    await asyncio.wait_for(listening, 5)


async def test_a_log_on_the_same_screen_appears_above_the_line_being_typed(person: _Person) -> None:
    out = io.StringIO()
    chat = open_console(_capable(out), person.stdin, clock=FakeClock())
    log = logging.StreamHandler(chat.terminal.guard(out))
    log.emit(logging.makeLogRecord({"msg": "before"}))
    listening = asyncio.create_task(chat.app.receive(_Store()))
    await _shows(out, "before\n\r\x1b[K> ")
    person.type("wh")
    await _shows(out, "> wh")
    log.emit(logging.makeLogRecord({"msg": "a feed failed"}))
    assert out.getvalue().endswith("> wh\r\x1b[Ka feed failed\n\r\x1b[K> wh")
    person.type("\x15\x04")
    await asyncio.wait_for(listening, 5)


async def test_the_terminal_gets_its_settings_back_when_the_person_leaves(person: _Person) -> None:
    out = io.StringIO()
    chat = open_console(_capable(out), person.stdin, clock=FakeClock())
    listening = asyncio.create_task(chat.app.receive(_Store()))
    await _shows(out, "> ")
    assert not person.echoes
    person.type("\x04")
    await asyncio.wait_for(listening, 5)
    assert person.echoes
    assert out.getvalue().endswith("\r\x1b[K")


async def test_the_terminal_gets_its_settings_back_when_listening_is_cancelled(person: _Person) -> None:
    out, never = io.StringIO(), asyncio.Event()
    chat = open_console(_capable(out), person.stdin, clock=FakeClock())

    async def store_forever(update: InboundUpdate) -> None:
        await never.wait()

    listening = asyncio.create_task(chat.app.receive(store_forever))
    person.type("status\n")
    await _shows(out, "> status\n\r\x1b[K> ")
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert person.echoes


async def test_a_dumb_terminal_is_left_as_it_is(person: _Person) -> None:
    out, store = io.StringIO(), _Store()
    dumb = Console(file=out, force_terminal=True, color_system=None, width=40, _environ={"TERM": "dumb"})
    chat = open_console(dumb, person.stdin, clock=FakeClock())
    listening = asyncio.create_task(chat.app.receive(store))
    person.type("status\n")
    await _until(store.arrived)
    assert person.echoes
    await _send(chat, "A reply")
    assert out.getvalue() == "A reply\n\n"
    person.type("exit\n")
    await asyncio.wait_for(listening, 5)
