"""Updates by webhook: our own web server on loopback, called by the fake as Telegram calls it."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import structlog

from bot.chat.telegram.connect import TelegramChat, open_telegram
from bot.chat.telegram.webhook import WebhookAddress
from bot.domain.chats import InboundUpdate
from bot.errors import StoreError
from bot.services.health import Health
from bot.services.hooks import Hooks
from bot.web.server import open_web
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TelegramFake

DANA = 100
ADDRESS = WebhookAddress("https://tocsin.example.org/hooks/telegram", "s" * 32)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Stored:
    """What the store would hold."""

    def __init__(self, fake: TelegramFake) -> None:
        self._fake = fake
        self.updates: list[InboundUpdate] = []
        self.problems: list[Exception] = []

    async def store(self, update: InboundUpdate) -> None:
        if self.problems:
            raise self.problems.pop(0)
        pending = [str(waiting["update_id"]) for waiting in self._fake.api.updates.pending]
        assert update.key in pending, "confirmed to Telegram before it was stored"
        self.updates.append(update)


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as server:
        server.add_user(DANA, "Dana")
        yield server


@pytest.fixture
async def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def hooks() -> Hooks:
    return Hooks()


@pytest.fixture
async def origin(hooks: Hooks, clock: FakeClock) -> AsyncIterator[str]:
    async with open_web(0, Health(clock), clock, "1.0", hooks) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
async def telegram(fake: TelegramFake, clock: FakeClock, hooks: Hooks) -> AsyncIterator[TelegramChat]:
    async with open_telegram(fake.token, fake.origin, clock, hooks=hooks, webhook=ADDRESS) as opened:
        yield opened


@asynccontextmanager
async def receiving(telegram: TelegramChat, fake: TelegramFake, stored: Stored) -> AsyncIterator[None]:
    task = asyncio.create_task(telegram.app.receive(stored.store))
    try:
        await fake.wait_until(lambda: fake.api.setup.webhook or None, "a webhook", 5.0)
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _wait_for_calls(fake: TelegramFake, method: str, count: int) -> None:
    await fake.wait_until(lambda: sum(c.method == method for c in fake.calls) >= count or None, method, 5.0)


async def post(address: str, body: bytes, secret: str) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=io.BytesIO(body), headers={SECRET_HEADER: secret}) as answer,
    ):
        return answer.status, await answer.read()


async def test_updates_are_stored_before_the_call_is_answered(
    fake: TelegramFake, telegram: TelegramChat, origin: str, clock: FakeClock
) -> None:
    stored = Stored(fake)
    fake.user_says(DANA, DANA, "/start")  # while nothing ran
    async with receiving(telegram, fake, stored):
        fake.user_says(DANA, DANA, "/watch csto")
        assert await fake.api.setup.call_webhook(origin) == 2
    assert [update.received_at for update in stored.updates] == [clock.now()] * 2
    assert telegram.app.read(stored.updates[1]) is not None
    assert fake.api.updates.pending == []


async def test_what_cannot_be_stored_is_kept_by_telegram_and_comes_again(
    fake: TelegramFake, telegram: TelegramChat, origin: str
) -> None:
    stored = Stored(fake)
    stored.problems = [StoreError("The database is locked.")]
    async with receiving(telegram, fake, stored):
        fake.user_says(DANA, DANA, "/start")
        assert await fake.api.setup.call_webhook(origin) == 0
        assert "503" in fake.api.setup.last_webhook_error
        assert await fake.api.setup.call_webhook(origin) == 1
    assert len(stored.updates) == 1


@pytest.mark.parametrize(
    ("path", "secret", "body", "status"),
    [
        ("/hooks/telegram", "", b'{"update_id":1}', 403),
        ("/hooks/telegram", "s" * 31, b'{"update_id":1}', 403),
        ("/hooks/telegram", "\u00e9" * 32, b'{"update_id":1}', 403),
        ("/hooks/telegram", "s" * 32, b"", 400),
        ("/hooks/telegram", "s" * 32, b'{"update_id":"1"}', 400),
        ("/hooks/telegram", "s" * 32, b"[" * 100_000, 400),
        ("/hooks/telegram", "s" * 32, b"[]" * 600_000, 413),
        ("/hooks/", "s" * 32, b'{"update_id":1}', 404),
        ("/telegram", "s" * 32, b'{"update_id":1}', 404),
    ],
)
async def test_whoever_is_not_telegram_learns_nothing(  # noqa: PLR0917  the last four are one case
    fake: TelegramFake, telegram: TelegramChat, origin: str, path: str, secret: str, body: bytes, status: int
) -> None:
    stored = Stored(fake)
    async with receiving(telegram, fake, stored):
        answered, text = await post(f"{origin}{path}", body, secret)
    assert answered == status
    assert stored.updates == []
    assert text == b""


async def test_reading_the_address_with_a_browser_shows_nothing(
    fake: TelegramFake, telegram: TelegramChat, origin: str
) -> None:
    async with (
        receiving(telegram, fake, Stored(fake)),
        aiohttp.ClientSession() as session,
        session.get(f"{origin}/hooks/telegram", headers={SECRET_HEADER: "s" * 32}) as answer,
    ):
        assert (answer.status, await answer.read()) == (404, b"")


async def test_nothing_is_dropped_and_only_what_is_read_is_asked_for(
    fake: TelegramFake, telegram: TelegramChat
) -> None:
    async with receiving(telegram, fake, Stored(fake)):
        asked = next(call.parameters for call in fake.calls if call.method == "setWebhook")
    assert asked["url"] == ADDRESS.url
    assert asked["secret_token"] == ADDRESS.secret
    assert asked.get("drop_pending_updates") in {None, "false"}
    assert asked["allowed_updates"] == '["message", "callback_query", "my_chat_member", "channel_post"]'
    # A new start must not find a gap: what happens meanwhile waits at Telegram.
    assert not any(call.method == "deleteWebhook" for call in fake.calls)


async def test_a_webhook_that_somebody_took_away_is_set_again(
    fake: TelegramFake, telegram: TelegramChat, clock: FakeClock
) -> None:
    async with receiving(telegram, fake, Stored(fake)):
        fake.api.setup.webhook = {}
        with structlog.testing.capture_logs() as logs:
            while not clock.sleepers:  # noqa: ASYNC110  a fake clock tells nobody
                await asyncio.sleep(0.01)
            await clock.advance(600)
            await _wait_for_calls(fake, "setWebhook", 2)
        assert fake.api.setup.webhook["url"] == ADDRESS.url
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["telegram_webhook_lost"]


async def test_without_a_secret_of_the_operator_one_is_made_from_the_token(fake: TelegramFake) -> None:
    address = WebhookAddress(ADDRESS.url)
    assert address.secret_for(fake.token) == address.secret_for(fake.token)
    assert address.secret_for(fake.token) != address.secret_for("7:other")
    assert len(address.secret_for(fake.token)) >= 32


async def test_polling_takes_over_from_a_webhook_and_back(
    fake: TelegramFake, telegram: TelegramChat, origin: str, clock: FakeClock
) -> None:
    stored = Stored(fake)
    async with receiving(telegram, fake, stored):
        fake.user_says(DANA, DANA, "/start")
    polled: list[str] = []

    async def store(update: InboundUpdate) -> None:
        polled.append(update.key)
        fake.signal.fire()

    async with open_telegram(fake.token, fake.origin, clock) as polling:
        task = asyncio.create_task(polling.app.receive(store))
        while not clock.sleepers:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.01)
        await clock.advance(2)
        await fake.wait_until(lambda: polled or None, "an update", 5.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not fake.api.setup.webhook
    fake.user_says(DANA, DANA, "/status")
    async with receiving(telegram, fake, stored):
        await fake.api.setup.call_webhook(origin)
    assert fake.api.updates.pending == []
