"""Messages printed."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.chat.console.app import LOCAL_DESTINATION
from bot.chat.console.connect import open_console
from bot.domain.chats import NO_REPLY_ADDRESS, Platform
from bot.domain.deliveries import Form
from bot.domain.messages import Attachment, Line, Message, Text, plain_message
from bot.errors import SendError, SendOutcome
from tests.fakes.clock import FakeClock


async def _send(console: Console, message: Message, form: Form = Form.RICH, folder: Path = Path()) -> None:
    messenger = open_console(console, io.StringIO(), clock=FakeClock(), folder=folder).messenger
    assert messenger.platform is Platform.CONSOLE
    await messenger.send(LOCAL_DESTINATION, message, form=form, reply_to=NO_REPLY_ADDRESS, silent=False)


async def test_a_pipe_gets_bare_text_without_wrapping() -> None:
    out = io.StringIO()
    await _send(Console(file=out, width=20), plain_message("word " * 30 + "end"))
    assert out.getvalue() == "word " * 30 + "end\n\n"


async def test_a_terminal_gets_colours() -> None:
    out = io.StringIO()
    message = Message((Line((Text("Title", bold=True),), "title"),), "Title.")
    await _send(Console(file=out, force_terminal=True, color_system="standard"), message)
    assert "\x1b[1mTitle" in out.getvalue()


@pytest.mark.parametrize("form", [Form.PLAIN, Form.MINIMAL])
async def test_a_simpler_form_is_bare_text_on_a_terminal_too(form: Form) -> None:
    out = io.StringIO()
    message = Message((Line((Text("Title", bold=True),), "title"),), "Title.")
    await _send(Console(file=out, force_terminal=True, color_system="standard"), message, form)
    assert out.getvalue() == "Title\n\n"


async def test_a_closed_output_means_the_destination_is_gone() -> None:
    out = io.StringIO()
    console = Console(file=out)
    out.close()
    with pytest.raises(SendError) as caught:
        await _send(console, plain_message("hello"))
    assert caught.value.outcome is SendOutcome.DESTINATION_GONE


async def test_a_letter_the_output_cannot_write_does_not_lose_the_message() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    await _send(Console(file=out), plain_message("Душанбе: 3 killed"))
    assert raw.getvalue() == b"???????: 3 killed\n\n"


class _ClosedPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(text)

    def fileno(self) -> Any:
        raise OSError


async def test_a_reader_that_left_does_not_end_the_program() -> None:
    console = Console(file=_ClosedPipe())
    with pytest.raises(SendError) as caught:
        await _send(console, plain_message("hello"))
    assert caught.value.outcome is SendOutcome.DESTINATION_GONE


async def test_a_file_is_written_under_a_new_name_and_its_place_is_printed(tmp_path: Path) -> None:
    out = io.StringIO()
    message = replace(plain_message("2 alerts"), attachment=Attachment("alerts.csv", "text/csv", b"id\n"))
    for _ in range(2):
        await _send(Console(file=out), message, folder=tmp_path)
    assert [(tmp_path / name).read_bytes() for name in ("alerts.csv", "alerts-2.csv")] == [b"id\n", b"id\n"]
    assert f"2 alerts\n[{tmp_path / 'alerts.csv'}]\n" in out.getvalue()


async def test_a_file_that_cannot_be_written_is_left_out(tmp_path: Path) -> None:
    out = io.StringIO()
    message = replace(plain_message("2 alerts"), attachment=Attachment("alerts.csv", "text/csv", b"id\n"))
    with pytest.raises(SendError) as caught:
        await _send(Console(file=out), message, folder=tmp_path / "missing")
    assert caught.value.outcome is SendOutcome.BAD_MESSAGE
    await _send(Console(file=out), message, Form.MINIMAL, tmp_path / "missing")
    assert out.getvalue() == "2 alerts\n(alerts.csv could not be sent here.)\n\n"
