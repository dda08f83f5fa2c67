"""Requests that came as a file."""

import pytest

from bot.commands.chat_app import Received, ReceivedFile
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import ReplyAddress
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of

YAML = "id: csto\ntitle: CSTO\nmatch: {rules: [{id: named, any: [csto]}]}\ngroups: {csto: {en: [CSTO]}}\n"


def received(desk: Desk, verb: str = "", argument: str = "", file_id: str = "f1") -> Received:
    invocation = Invocation(PRIVATE, NILUFAR, verb, argument, Via.COMMAND, desk.clock.now())
    return Received(invocation, ReplyAddress(), file=ReceivedFile(file_id, "csto.yaml", 100))


@pytest.mark.parametrize("verb", ["", "edit"])
async def test_a_watchlist_in_a_file_is_taken_like_one_that_was_typed(desk: Desk, verb: str) -> None:
    desk.app.files["f1"] = YAML
    typed = text_of(await desk.write(f"/edit {YAML}"))
    sent = text_of(await desk.handle(desk.app.update(received(desk, verb, "csto"))))
    assert sent == typed
    assert "I don't know" not in sent


async def test_a_file_of_something_else_is_told_what_files_are_for(desk: Desk) -> None:
    desk.app.files["f1"] = "Dear bot, how are you?"
    answer = await desk.handle(desk.app.update(received(desk)))
    assert text_of(answer) == "Of files I read watchlists, as YAML."


async def test_a_file_that_is_gone_says_what_to_do(desk: Desk) -> None:
    answer = await desk.handle(desk.app.update(received(desk, file_id="gone")))
    assert text_of(answer) == "I could not fetch that file. Send it again."
