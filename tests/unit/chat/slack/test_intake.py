"""Slack's payloads are stored before they are acknowledged."""

import asyncio

import pytest

from bot.chat.slack import intake
from bot.chat.slack.intake import take_payload
from bot.commands.chat_app import DialogRefused
from bot.domain.chats import InboundUpdate
from bot.errors import StoreError
from tests.fakes.clock import FakeClock

EVENT = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message"}}
SENT = {
    "type": "view_submission",
    "user": {"id": "U0DANA"},
    "view": {"id": "V1", "hash": "h1", "private_metadata": '{"channel": "C0DESK", "wait": "Reading…"}'},
}


async def store(_: InboundUpdate) -> None:
    """Takes everything."""


async def test_what_is_stored_is_taken() -> None:
    answer = await take_payload(EVENT, store, FakeClock())
    assert (answer.taken, answer.body) == (True, None)


async def test_a_store_that_takes_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_: InboundUpdate) -> None:
        await asyncio.get_running_loop().create_future()

    assert intake.STORING_SECONDS < 3
    monkeypatch.setattr(intake, "STORING_SECONDS", 0.01)
    assert not (await take_payload(EVENT, hang, FakeClock())).taken


async def test_what_cannot_be_stored_is_not_taken() -> None:
    async def refuse(_: InboundUpdate) -> None:
        raise StoreError("The disk is full.", "Free some space.")

    assert not (await take_payload(EVENT, refuse, FakeClock())).taken


async def test_a_dialog_stays_open_for_its_mistakes_waits_for_its_answer_or_goes() -> None:
    async def refuse(_: InboundUpdate) -> None:
        raise DialogRefused({"any": "Line 2: too short."})

    refused = await take_payload(SENT, refuse, FakeClock())
    assert refused.taken
    assert refused.body == {"response_action": "errors", "errors": {"field:any": "Line 2: too short."}}
    waiting = (await take_payload(SENT, store, FakeClock())).body
    assert waiting is not None
    assert (waiting["response_action"], waiting["view"]["external_id"]) == ("push", "V1:h1")
    done = {**SENT, "view": {"id": "V1", "hash": "h2", "private_metadata": '{"channel": "C0DESK"}'}}
    assert (await take_payload(done, store, FakeClock())).body == {"response_action": "clear"}
