"""Typed lines become requests."""

import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from bot.chat.console.app import LOCAL_DESTINATION
from bot.chat.console.connect import ConsoleChat, open_console
from bot.commands.chat_app import Received
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import NO_REPLY_ADDRESS, ChatKind, InboundUpdate, Platform
from bot.domain.deliveries import Form
from bot.domain.messages import Button, plain_message
from tests.fakes.clock import START, FakeClock


def _open(typed: str) -> ConsoleChat:
    return open_console(Console(file=io.StringIO()), io.StringIO(typed), clock=FakeClock())


async def _updates(chat: ConsoleChat) -> list[InboundUpdate]:
    stored: list[InboundUpdate] = []

    async def store(update: InboundUpdate) -> None:
        stored.append(update)

    await chat.app.receive(store)
    return stored


def _update(payload: str) -> InboundUpdate:
    return InboundUpdate(Platform.CONSOLE, "1", payload, START)


def _read(line: str) -> Invocation:
    received = _open("").app.read(_update(json.dumps({"text": line})))
    assert isinstance(received, Received)
    return received.invocation


async def test_every_line_is_stored_as_an_update_of_its_own() -> None:
    updates = await _updates(_open("why 7Q2M\n\n  status  \nstatus\n"))
    assert [json.loads(update.payload)["text"] for update in updates] == ["why 7Q2M", "status", "status"]
    assert len({update.key for update in updates}) == 3
    assert {update.received_at for update in updates} == {START}


@pytest.mark.parametrize("word", ["quit", "exit", "/quit", "EXIT"])
async def test_leaving_ends_the_listening(word: str) -> None:
    updates = await _updates(_open(f"status\n{word}\nhelp\n"))
    assert len(updates) == 1


async def test_the_end_of_a_pipe_ends_the_listening_and_keeps_an_unfinished_line() -> None:
    reading, writing = os.pipe()
    os.write(writing, "status\nпочему 7Q2M".encode())
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stdin:
        updates = await _updates(open_console(Console(file=io.StringIO()), stdin, clock=FakeClock()))
    assert [json.loads(update.payload)["text"] for update in updates] == ["status", "почему 7Q2M"]


async def test_a_process_without_standard_input_hears_nothing() -> None:
    assert await _updates(open_console(Console(file=io.StringIO()), None, clock=FakeClock())) == []


async def test_a_file_can_be_the_input(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("status\nhelp\n", encoding="utf-8")
    with script.open(encoding="utf-8") as stdin:
        updates = await _updates(open_console(Console(file=io.StringIO()), stdin, clock=FakeClock()))
    assert len(updates) == 2


@pytest.mark.parametrize("line", ["why 7Q2M", "/why 7Q2M", "WHY  7Q2M "])
def test_a_word_with_or_without_slash_is_a_command(line: str) -> None:
    invocation = _read(line)
    assert (invocation.verb, invocation.argument, invocation.via) == ("why", "7Q2M", Via.COMMAND)
    assert invocation.at == START


def test_the_argument_keeps_its_spacing_and_case() -> None:
    assert _read('/search "Tajik  Border" -football').argument == '"Tajik  Border" -football'


@pytest.mark.parametrize("line", ["+ 7Q2M", "+  7q2m", "/+ 7Q2M"])
async def test_typing_what_a_card_shows_presses_its_button(line: str) -> None:
    chat = _open(f"{line}\n")
    message = plain_message("A card", ((Button("👍 Useful", "up", "7Q2M"), Button("Day", "mute", "7Q2M", "1d")),))
    await chat.messenger.send(LOCAL_DESTINATION, message, form=Form.RICH, reply_to=NO_REPLY_ADDRESS, silent=False)
    [update] = await _updates(chat)
    received = _open("").app.read(update)
    assert isinstance(received, Received)
    invocation = received.invocation
    assert (invocation.verb, invocation.subject, invocation.argument, invocation.via) == ("up", "7Q2M", "", Via.BUTTON)


def test_a_sign_for_a_card_not_shown_here_is_a_command() -> None:
    invocation = _read("+ 7Q2M")
    assert (invocation.verb, invocation.argument, invocation.via) == ("+", "7Q2M", Via.COMMAND)


def test_the_terminal_is_a_private_chat() -> None:
    destination = _read("status").destination
    assert destination == LOCAL_DESTINATION
    assert (destination.key, destination.kind) == ("console:local", ChatKind.PRIVATE)


@pytest.mark.parametrize(
    "payload",
    ["", "no json", "[]", '{"text": 5}', '{"text": "  "}', "null", '{"button": {"action": 5}}', "[" * 100_000],
)
def test_a_payload_without_words_asks_nothing(payload: str) -> None:
    assert _open("").app.read(_update(payload)) is None


async def test_whoever_sits_at_the_terminal_is_admin() -> None:
    assert await _open("").app.is_admin(_read("watch csto"))


async def test_a_notice_is_printed() -> None:
    out = io.StringIO()
    chat = open_console(Console(file=out), io.StringIO(), clock=FakeClock())
    await chat.app.show_notice(_update("{}"), "Noted.\x1b[2J")
    await chat.app.show_notice(_update("{}"), "")
    assert out.getvalue() == "Noted.\n\n"
