"""What anybody may send to our web server, and what a caller that knows the secrets may send that is no sense."""

import asyncio
import copy
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import pytest

from bot.chat.slack.http import EVENTS_PATH
from bot.chat.slack.oauth import INSTALL_PATH, REDIRECT_PATH
from bot.chat.telegram.connect import TelegramChat, open_telegram
from bot.chat.telegram.webhook import WebhookAddress
from bot.domain.chats import InboundUpdate, Platform
from bot.services.health import Health
from bot.services.hubs import PATH as HUB_PATH
from bot.services.hubs import Hubs
from bot.web.server import open_web
from tests.factories import build_watchlist
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake
from tests.integration.slack_desk import SlackDesk, open_desk

SIGNING, WEBHOOK = "8f742231b10e8888abcd99yyyzzz85a5", "s" * 32
TELEGRAM_PATH = "/hooks/telegram"
PATHS = (EVENTS_PATH, TELEGRAM_PATH, INSTALL_PATH, REDIRECT_PATH, f"{HUB_PATH}guess", HUB_PATH, "/metrics", "/", "/%00")
PATIENCE = 3.3
BODIES: tuple[bytes, ...] = (
    b"", b"{", b"[" * 200_000, b'{"a":' * 50_000, b"null", b'"x"', b"1e999", b"NaN", b"\xff\xfe\x00", b"<x/>",
    b"\0" * 1_000, b"payload=%7B%7D", b"payload=%FF", b"payload=" + b"%5B" * 20_000, b"&" * 100_000, b"a=b;" * 20_000,
    b'{"update_id": 1e400}', b'{"update_id": -1}', b'{"update_id": ' + b"9" * 5_000 + b"}", b'{"update_id": true}',
    b'{"type": "event_callback", "event_id": "\\ud800", "event": {}}', b'{"type":"url_verification","challenge":{}}',
    b"x" * 1_100_000,
)  # fmt: skip
QUERIES = (
    "", "state=x", "code=x&state=" + "s" * 5_000, "error=%3Cscript%3E",
    "hub.mode=subscribe&hub.topic=x&hub.challenge=y", "code[]=1&state[]=2", "state=%00&code=%FF",
    "hub.lease_seconds=9e9&hub.mode=denied", "&" * 2_000,
)  # fmt: skip
JUNK: tuple[Any, ...] = (None, True, -1, 10**30, "", "\0\u202e<!channel>" * 200, "\ud800", [], {}, [[]], {"a": {}})

VIEW = {
    "type": "view_submission",
    "team": {"id": "T0TOCSIN"},
    "user": {"id": "U0DANA"},
    "trigger_id": "1.2",
    "view": {
        "id": "V1", "hash": "1", "type": "modal", "callback_id": "a1:watch",
        "private_metadata": '{"channel": "C0DESK", "action": "watch", "subject": "", "argument": ""}',
        "state": {"values": {"field:title": {"field": {"type": "plain_text_input", "value": "Border"}}}},
    },
}  # fmt: skip
PRESS = {
    "type": "block_actions",
    "team": {"id": "T0TOCSIN"},
    "user": {"id": "U0DANA"},
    "channel": {"id": "C0DESK"},
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C0DESK"},
    "trigger_id": "1.3",
    "actions": [{"action_id": "why", "block_id": "b", "type": "button", "value": "a1:7KD4:why"}],
}
UPDATE = {
    "update_id": 7,
    "message": {
        "message_id": 5, "date": 1764000000, "chat": {"id": 100, "type": "private"},
        "from": {"id": 100, "is_bot": False, "first_name": "Dana", "language_code": "en"}, "text": "/watch csto",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
        "document": {"file_id": "f", "file_unique_id": "u", "file_name": "list.yaml", "file_size": 10},
        "reply_to_message": {"message_id": 4, "date": 1, "chat": {"id": 100, "type": "private"}},
    },
}  # fmt: skip
CALLBACK = {
    "update_id": 8,
    "callback_query": {
        "id": "1", "from": {"id": 100, "is_bot": False, "first_name": "Dana"}, "chat_instance": "1",
        "data": "a1:7KD4:why", "message": {"message_id": 5, "date": 1, "chat": {"id": 100, "type": "private"}},
    },
}  # fmt: skip


@dataclass(slots=True)
class World:
    """Everything that can be called from outside, behind one web server."""

    origin: str
    session: aiohttp.ClientSession
    desk: SlackDesk
    telegram: TelegramChat
    updates: list[InboundUpdate]

    async def call(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, query: str = ""
    ) -> int:
        """POSTs a body, or GETs without one; the status, which came in time."""
        url = f"{self.origin}{path}?{query}" if query else self.origin + path
        began = time.perf_counter()
        async with self.session.request(
            "GET" if body is None else "POST", url, data=body and BytesIO(body), headers=headers, allow_redirects=False
        ) as answer:
            await answer.read()
        assert time.perf_counter() - began < PATIENCE, (path, body)
        return answer.status

    async def call_as_slack(self, body: bytes, kind: str) -> int:
        """A body that is signed as Slack signs."""
        stamp = str(int(time.time()))
        signature = hmac.new(SIGNING.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
        return await self.call(EVENTS_PATH, body, headers)

    async def call_as_telegram(self, body: bytes) -> int:
        """A body with the secret that only Telegram knows."""
        return await self.call(TELEGRAM_PATH, body, {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK})


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    updates: list[InboundUpdate] = []

    async def keep(update: InboundUpdate) -> None:
        updates.append(update)

    async with AsyncExitStack() as stack:
        fake, telegram_fake = SlackFake(), TelegramFake()
        for server in (fake, telegram_fake):
            await stack.enter_async_context(server)
        fake.add_user("U0DANA", "dana")
        fake.add_channel("C0DESK", "desk", members=["U0DANA"])
        setup = replace(
            fake.setup, app_token="", signing_secret=SIGNING, client_id="1.2", client_secret="x" * 32, bot_token=""
        )
        desk = await stack.enter_async_context(open_desk(fake, tmp_path, build_watchlist(), setup=setup))
        clock, fetcher = desk.services.clock, desk.services.fetcher
        Hubs(desk.store, fetcher, clock, "https://tocsin.example").open(desk.hooks)  # type: ignore[arg-type]
        address = WebhookAddress(f"https://tocsin.example{TELEGRAM_PATH}", WEBHOOK)
        telegram = await stack.enter_async_context(
            open_telegram(telegram_fake.token, telegram_fake.origin, clock, hooks=desk.hooks, webhook=address)
        )
        port = await stack.enter_async_context(open_web(0, Health(clock), clock, "1.0", desk.hooks))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        receiving = asyncio.create_task(telegram.app.receive(keep))
        stack.callback(receiving.cancel)
        await telegram_fake.wait_until(lambda: telegram_fake.api.setup.webhook or None, "a webhook", 5.0)
        yield World(f"http://127.0.0.1:{port}", session, desk, telegram, updates)


def damage(whole: Any) -> Iterator[Any]:
    """The document with each of its parts in turn replaced by something else, or left out."""
    for path in list(_paths(whole)):
        for junk in JUNK:
            damaged = copy.deepcopy(whole)
            _parent(damaged, path)[path[-1]] = junk
            yield damaged
        damaged = copy.deepcopy(whole)
        del _parent(damaged, path)[path[-1]]
        yield damaged


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield (*path, key)
        yield from _paths(part, (*path, key))


def _parent(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


async def test_whatever_a_stranger_sends_is_refused_and_stores_nothing(world: World) -> None:
    for path in PATHS:
        for body in BODIES:
            for headers in ({}, {"Content-Type": "application/x-www-form-urlencoded", "X-Hub-Signature": "sha1=\xff"}):
                status = await world.call(path, body, headers)
                assert 400 <= status < 500, (path, body[:40], status)
        for query in QUERIES:
            assert await world.call(path, query=query) < 500, (path, query)
    assert world.updates == []
    assert await world.desk.store.list_unhandled_updates(Platform.SLACK, 10) == []
    assert await world.desk.store.list_workspaces() == []


async def test_signed_nonsense_is_refused_or_asks_for_nothing(world: World) -> None:
    form, written = "application/x-www-form-urlencoded", "application/json"
    for body in BODIES:
        for kind in (form, written):
            assert await world.call_as_slack(body, kind) < 500, body[:40]
        assert await world.call_as_telegram(body) < 500, body[:40]


@pytest.mark.parametrize("whole", [VIEW, PRESS], ids=["view", "press"])
async def test_a_damaged_payload_of_slack_is_refused_or_asks_for_nothing(world: World, whole: dict[str, Any]) -> None:
    tried = 0
    for payload in damage(whole):
        body = urlencode({"payload": json.dumps(payload)}, quote_via=quote).encode()
        status = await world.call_as_slack(body, "application/x-www-form-urlencoded")
        assert status < 500, payload
        tried += 1
    assert tried > 100
    assert await world.desk.store.list_subscriptions() == []


@pytest.mark.parametrize("whole", [UPDATE, CALLBACK], ids=["message", "press"])
async def test_a_damaged_update_of_telegram_is_refused_or_asks_for_nothing(world: World, whole: dict[str, Any]) -> None:
    for payload in damage(whole):
        assert await world.call_as_telegram(json.dumps(payload).encode()) < 500, payload
    assert len(world.updates) > 100
    for update in world.updates:
        world.telegram.app.read(update)  # raises nothing
