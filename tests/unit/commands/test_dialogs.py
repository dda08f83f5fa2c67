"""Dialogs: shown where a platform can, kept only without mistakes, and never behind what takes its time."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.commands.chat_app import DialogRefused, Received
from bot.commands.inbox import Inbox
from bot.commands.invocation import Invocation, Reply, Via
from bot.commands.registry import Command, Registry, Request
from bot.domain.chats import NO_REPLY_ADDRESS, InboundUpdate, Platform
from bot.domain.dialogs import Dialog, Field
from bot.domain.messages import plain_message
from bot.ports.store import Store
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of

FORM = Dialog("Form", (Field("name", "Name"),), "form", submit="Send")


class Slow:
    """A command that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def handle(self, request: Request) -> Reply:
        """Waits."""
        del request
        self.begun.set()
        await self.may_end.wait()
        return Reply(plain_message("Done."))


async def ask(request: Request) -> Reply:
    """Asks, or thanks for what was filled in."""
    if request.invocation.via is Via.DIALOG:
        return Reply(plain_message(f"Thanks, {request.invocation.fields['name']}."))
    return Reply(plain_message("Write your name."), dialog=FORM)


async def check(request: Request) -> Mapping[str, str]:
    """Names have no digits."""
    return {"name": "No digits."} if request.invocation.fields["name"].isdigit() else {}


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def desk(store: Store, slow: Slow) -> Desk:
    desk = Desk(store)
    commands = (Command("form", "", ask, check=check, asks=True), Command("slow", "", slow.handle))
    desk.inbox = Inbox(desk.services, Registry(commands))
    return desk


def asked(desk: Desk, verb: str, *, can_ask: bool = True, **fields: str) -> InboundUpdate:
    """A command of somebody who can be asked at once, or what they filled in."""
    via = Via.DIALOG if fields else Via.COMMAND
    invocation = Invocation(PRIVATE, NILUFAR, verb, "", via, desk.clock.now(), fields=fields)
    return desk.app.update(Received(invocation, NO_REPLY_ADDRESS, can_ask=can_ask))


async def test_a_dialog_takes_the_place_of_the_message(desk: Desk) -> None:
    assert await desk.handle(asked(desk, "form")) is None
    assert desk.app.dialogs == [(PRIVATE.key, FORM)]


async def test_where_nobody_can_be_asked_or_it_is_too_late_the_message_is_sent(desk: Desk) -> None:
    assert text_of(await desk.handle(asked(desk, "form", can_ask=False))) == "Write your name."
    desk.app.is_slow = True
    assert text_of(await desk.handle(asked(desk, "form"))) == "Write your name."
    assert desk.app.dialogs == []


async def test_a_dialog_with_mistakes_is_not_kept(desk: Desk) -> None:
    with pytest.raises(DialogRefused) as refused:
        await desk.inbox.take(desk.app, asked(desk, "form", name="7"))
    assert refused.value.mistakes == {"name": "No digits."}
    assert await desk.store.list_unhandled_updates(Platform.TELEGRAM, 5) == []
    await desk.inbox.take(desk.app, asked(desk, "form", name="Dana"))
    await handle_pending(desk.inbox, desk.app)
    assert [text_of(one.message) for one in await desk.take_messages()] == ["Thanks, Dana."]


async def test_what_is_asked_on_a_screen_is_answered_there(desk: Desk, slow: Slow) -> None:
    content = desk.app.read(asked(desk, "slow"))
    assert isinstance(content, Received)
    slow.may_end.set()
    assert await desk.handle(desk.app.update(replace(content, on_screen=True))) is None
    ((_, shown),) = desk.app.dialogs
    assert [part.summary for part in shown.parts] == ["Done."]


async def test_a_dialog_waits_for_nothing_else_in_its_chat(desk: Desk, slow: Slow) -> None:
    running = asyncio.create_task(desk.inbox.run(desk.app))
    await desk.inbox.store_update(asked(desk, "slow"))
    await slow.begun.wait()
    await desk.inbox.store_update(asked(desk, "form"))
    async with asyncio.timeout(5):
        await desk.app.has_asked.wait()
    slow.may_end.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
