"""Slack by HTTP: signed within five minutes, stored before the answer, once however often it is delivered."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.slack.http import EVENTS_PATH, read_body
from bot.domain.chats import Platform
from bot.errors import StoreError
from bot.services.health import Health
from bot.services.hooks import HookCall
from bot.web.server import open_web
from tests.factories import build_watchlist
from tests.fakes.slack import SlackFake
from tests.fakes.slack_methods import SlackLimits
from tests.integration.slack_desk import SlackDesk, open_desk

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
DANA = "U0DANA"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Caller:
    """Slack's side of the wire."""

    url: str
    session: aiohttp.ClientSession

    async def post(
        self, body: str, kind: str = "application/json", headers: Mapping[str, str] | None = None, **changed: Any
    ) -> tuple[int, str]:
        """Signs a body as Slack does, with some of it `changed`, and gives the status and text of the answer."""
        stamp = str(changed.get("stamp", int(time.time())))
        secret = changed.get("secret", SECRET)
        base = f"v0:{stamp}:{changed.get('signed', body)}".encode()
        signature = changed.get("signature", "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest())
        sent = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature,
            **(headers or {}),
        }
        async with self.session.post(self.url, data=body.encode(), headers=sent) as answer:
            return answer.status, await answer.text()

    async def event(self, event_id: str, text: str, **headers: str) -> int:
        """A direct message of Dana's."""
        event = {"type": "message", "channel_type": "im", "channel": "D0DANA", "user": DANA, "text": text, "ts": "1.1"}
        body = {"type": "event_callback", "team_id": "T0TOCSIN", "event_id": event_id, "event": event}
        return (await self.post(json.dumps(body), headers=headers))[0]


@pytest.fixture
async def fake() -> AsyncIterator[SlackFake]:
    async with SlackFake(limits=SlackLimits(channel_interval=0.0)) as server:
        server.add_user(DANA, "dana", is_admin=True)
        server.add_channel("C0DESK", "desk", members=[DANA])
        server.opens_dm(DANA)
        yield server


@asynccontextmanager
async def called(desk: SlackDesk) -> AsyncIterator[Caller]:
    clock = desk.services.clock
    async with (
        open_web(0, Health(clock), clock, "0.1.0", desk.hooks) as port,
        aiohttp.ClientSession() as session,
    ):
        yield Caller(f"http://127.0.0.1:{port}{EVENTS_PATH}", session)


@pytest.fixture
async def desk(fake: SlackFake, tmp_path: Path) -> AsyncIterator[SlackDesk]:
    setup = replace(fake.setup, app_token="", signing_secret=SECRET)
    async with open_desk(fake, tmp_path, build_watchlist("csto", "CSTO"), setup=setup) as running:
        yield running


@pytest.fixture
async def slack(desk: SlackDesk) -> AsyncIterator[Caller]:
    async with called(desk) as caller:
        yield caller


async def test_slack_is_proven_that_the_address_is_ours(slack: Caller) -> None:
    body = json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB10"})
    assert await slack.post(body) == (200, "3eZbrw1aB10")


async def test_a_slash_command_is_stored_and_answered(slack: Caller, fake: SlackFake) -> None:
    delivery = fake.user_commands(DANA, "C0DESK", "/tocsin", "lists")
    assert await slack.post(urlencode(delivery.payload), FORM) == (200, "")
    answer = await fake.wait_for_ephemeral("C0DESK", DANA)
    assert "No watchlists yet." in answer.visible


async def test_an_event_delivered_again_is_handled_once(slack: Caller, fake: SlackFake) -> None:
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert await slack.event("Ev1", "watch csto here") == 200
    assert await slack.event("Ev1", "watch csto here", **again) == 200
    await fake.wait_for_message("D0DANA", lambda message: "Watching" in message.visible)
    assert await slack.event("Ev2", "lists") == 200
    await fake.wait_for_message("D0DANA", lambda message: "Watching 1 list" in message.visible)
    assert len([message for message in fake.sent if message.channel == "D0DANA"]) == 2


async def test_the_mistakes_of_a_form_are_in_the_answer(slack: Caller, fake: SlackFake, desk: SlackDesk) -> None:
    command = fake.user_commands(DANA, "C0DESK", "/tocsin")
    await slack.post(urlencode(command.payload), FORM)
    await fake.wait_for_view(DANA)
    sent = fake.submits(DANA, title="Border", any="7", dest="C0DESK")
    status, text = await slack.post(urlencode({"payload": json.dumps(sent.payload)}), FORM)
    answer = json.loads(text)
    assert (status, answer["response_action"], list(answer["errors"])) == (200, "errors", ["field:any"])
    sent = fake.submits(DANA, title="Border", any="border*", dest="C0DESK")
    _, text = await slack.post(urlencode({"payload": json.dumps(sent.payload)}), FORM)
    assert json.loads(text)["response_action"] == "push"
    assert not await desk.store.list_chat_lists()


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "another"},
        {"signed": "{}"},
        {"signature": ""},
        {"signature": "v1=" + "0" * 64},
        {"signature": "v0=é"},
        {"late": 301},
        {"late": -361},
        {"stamp": ""},
        {"stamp": "now"},
        {"stamp": "٣"},
        {"stamp": "9" * 400},
    ],
    ids="-".join,
)
async def test_what_slack_did_not_sign_just_now_is_refused(
    slack: Caller, desk: SlackDesk, changed: dict[str, Any]
) -> None:
    body = json.dumps({"type": "event_callback", "event_id": "Ev9", "team_id": "T1", "event": {"type": "app_mention"}})
    if "late" in changed:  # seconds; the tests are collected minutes before this one runs
        changed = {"stamp": int(time.time()) - changed["late"]}
    assert (await slack.post(body, **changed))[0] == 403
    assert await desk.store.list_unhandled_updates(Platform.SLACK, 10) == []


async def test_bytes_that_are_no_text_are_refused(slack: Caller) -> None:
    async with slack.session.post(
        slack.url,
        data=b"\xff\xfe",
        headers={"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=0"},
    ) as answer:
        assert answer.status == 403


async def test_nonsense_that_is_signed_is_no_payload(slack: Caller) -> None:
    assert (await slack.post("[1]"))[0] == 400
    assert (await slack.post("{"))[0] == 400
    assert (await slack.post("payload=%7B", FORM))[0] == 400
    assert (await slack.post("", FORM))[0] == 400
    assert (await slack.post("ssl_check=1&token=x", FORM))[0] == 200


async def test_nobody_else_answers_there(slack: Caller) -> None:
    async with slack.session.get(slack.url) as answer:
        assert answer.status == 404


async def test_what_cannot_be_stored_is_asked_for_again(
    fake: SlackFake, slack: Caller, desk: SlackDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = desk.store.record_update

    async def refuse(update: object) -> bool:
        raise StoreError("The disk is full.", "Free some space.")

    monkeypatch.setattr(desk.store, "record_update", refuse)
    assert await slack.event("Ev5", "lists") == 503
    monkeypatch.setattr(desk.store, "record_update", record)
    assert await slack.event("Ev5", "lists", **{"X-Slack-Retry-Num": "1"}) == 200
    await fake.wait_for_message("D0DANA", lambda message: "No watchlists yet." in message.visible)


@given(st.binary(max_size=300), st.sampled_from(["application/json", FORM, ""]))
def test_reading_a_body_never_raises(body: bytes, kind: str) -> None:
    found = read_body(HookCall({"content-type": kind}, body))
    assert found is None or isinstance(found, dict)
