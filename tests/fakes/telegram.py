"""A Telegram Bot API server on 127.0.0.1 that holds a bot to the platform's rules and lets a test play the people.

    async with TelegramFake() as fake:
        telegram_bot = telegram.Bot(fake.token, base_url=fake.base_url)
        fake.user_says(100, 100, "/start")
        card = await fake.wait_for_message(100, lambda message: "CSTO" in message.text)
        press = fake.user_presses(card, "a1:7Q2M:why", 100)
        answer = await fake.wait_for_answer(press)

Only HTML markup is understood. Sources: the Bot API documentation, tdlib/telegram-bot-api and tdlib/td.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.server import JSON, FakeServer, Fault, T
from tests.fakes.telegram_methods import Answer, BotApi, error_json
from tests.fakes.telegram_parameters import Parameters
from tests.fakes.telegram_people import People
from tests.fakes.telegram_rules import ApiError, FloodGate, SentFile, TelegramLimits
from tests.fakes.telegram_updates import UpdateQueue
from tests.fakes.telegram_world import BOT_ID, SentMessage, User, World

TOKEN = f"{BOT_ID}:AAHfakefakefakefakefakefakefakefakefa"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived, and the status it was answered with."""

    method: str
    parameters: JSON
    status: int
    at: float


class TelegramFake(People, FakeServer):
    """The server; `People` has what a test does as a user."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        limits: TelegramLimits | None = None,
        time_scale: float = 1.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        FakeServer.__init__(self, time_scale=time_scale, now=now)
        self.token = token
        bot = User(int(token.partition(":")[0]), "Tocsin", "tocsin_test_bot", is_bot=True)
        updates = UpdateQueue(self.signal, self.platform_time)
        gate = FloodGate(limits or TelegramLimits(), self.platform_time)
        self.api = BotApi(World(bot), updates, gate, self.signal)
        People.__init__(self, self.api)
        self.calls: list[Call] = []

    @property
    def base_url(self) -> str:
        """For `telegram.Bot(base_url=...)`: the token follows it."""
        return f"{self.origin}/bot"

    @property
    def sent(self) -> list[SentMessage]:
        """Every message the bot sent, in order, as it was then."""
        return self.api.sent

    @property
    def edits(self) -> list[SentMessage]:
        """Every edit the bot made, in order."""
        return self.api.edits

    @property
    def too_many_requests(self) -> int:
        """How often the answer was 429."""
        return sum(call.status == 429 for call in self.calls)

    def messages(self, chat_id: int) -> list[SentMessage]:
        """The bot's messages in a chat, as they read now."""
        return [message for _, message in sorted(self.api.world.chats[chat_id].sent.items())]

    def current(self, message: SentMessage) -> SentMessage:
        """The message as it reads now, after edits."""
        return self.api.world.chats[message.chat_id].sent[message.message_id]

    async def wait_for_message(
        self,
        chat_id: int,
        predicate: Callable[[SentMessage], bool] = lambda _: True,
        *,
        after: int = 0,
        timeout: float = 15.0,  # noqa: ASYNC109  the caller says how long; the waiting is a timeout block
    ) -> SentMessage:
        """The first message to the chat that fits, sent already or yet to come; `after` is a message id in the chat.

        Raises:
            AssertionError: none came within `timeout` seconds.
        """

        def find() -> SentMessage | None:
            fitting = (m for m in self.sent if m.chat_id == chat_id and m.message_id > after and predicate(m))
            return next(fitting, None)

        return await self._wait(find, f"a message to chat {chat_id}", timeout)

    async def wait_for_edit(
        self,
        message: SentMessage,
        predicate: Callable[[SentMessage], bool] = lambda _: True,
        *,
        timeout: float = 15.0,  # noqa: ASYNC109  as above
    ) -> SentMessage:
        """The first edit of this message that fits, made already or yet to come.

        Raises:
            AssertionError: none came within `timeout` seconds.
        """
        place = (message.chat_id, message.message_id)

        def find() -> SentMessage | None:
            return next((m for m in self.edits if (m.chat_id, m.message_id) == place and predicate(m)), None)

        return await self._wait(find, f"an edit of message {message.message_id}", timeout)

    async def wait_for_answer(self, query_id: str, *, timeout: float = 15.0) -> Answer:  # noqa: ASYNC109  as above
        """The bot's answer to a button press.

        Raises:
            AssertionError: none came within `timeout` seconds.
        """
        return await self._wait(lambda: self.api.answers.get(query_id), f"an answer to press {query_id}", timeout)

    async def wait_for_poll(self, *, timeout: float = 15.0) -> None:  # noqa: ASYNC109  as above
        """Returns once the bot waits in getUpdates.

        Raises:
            AssertionError: it did not within `timeout` seconds.
        """
        await self._wait(lambda: self.api.updates.is_polled or None, "a long poll", timeout)

    async def _wait(self, find: Callable[[], T | None], what: str, seconds: float) -> T:
        try:
            return await self.wait_until(find, what, seconds)
        except AssertionError as error:
            seen = "\n".join(f"  {m.method} to {m.chat_id}: {m.text[:100]!r}" for m in [*self.sent, *self.edits])
            failed = "\n".join(f"  {c.method}: {c.status}" for c in self.calls if c.status != 200)
            raise AssertionError(f"{error}; sent so far:\n{seen or '  nothing'}\nfailed calls:\n{failed}") from None

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        app.router.add_get(f"/file/bot{self.token}/{{path:.+}}", self.api.files.serve)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["method"].lower()
        method = next((name for name in self.api.methods if name.lower() == wanted), request.match_info["method"])
        values = await _read_parameters(request)

        async def do() -> web.StreamResponse:
            return await self._answer(request.match_info["token"], method, values)

        fault = self.take_fault(method)
        if fault is None:
            return await do()
        response = await self.misbehave(request, fault, do)
        return response or self._respond(method, values, _fault_error(fault))

    async def _answer(self, token: str, method: str, values: JSON) -> web.Response:
        try:
            self._check_address(token, method)
            result = await self.api.methods[method](Parameters(values))
        except ApiError as error:
            return self._respond(method, values, error)
        return self._respond(method, values, result)

    def _check_address(self, token: str, method: str) -> None:
        if token != self.token:
            is_well_formed = token.partition(":")[0].isdecimal() and ":" in token
            raise ApiError(401, "Unauthorized") if is_well_formed else ApiError(404, "Not Found")
        if method not in self.api.methods:
            raise ApiError(404, "Not Found: method not found")

    def _respond(self, method: str, values: JSON, outcome: Any) -> web.Response:
        error = outcome if isinstance(outcome, ApiError) else None
        status = error.code if error else 200
        self.calls.append(Call(method, values, status, time.time()))
        self.signal.fire()
        retry_after = error.parameters.get("retry_after") if error else None
        return web.json_response(
            error_json(error) if error else {"ok": True, "result": outcome},
            status=status,
            headers={"Retry-After": str(retry_after)} if retry_after else None,
        )


def _fault_error(fault: Fault) -> ApiError:
    match fault.kind:
        case "429":
            return ApiError(
                429, f"Too Many Requests: retry after {fault.retry_after}", {"retry_after": fault.retry_after}
            )
        case "403":
            return ApiError(403, fault.detail or "Forbidden: bot was blocked by the user")
        case "400":
            return ApiError(400, fault.detail or "Bad Request: can't parse entities: ordered by the test")
        case _:
            return ApiError(500, "Internal Server Error")


async def _read_parameters(request: web.Request) -> JSON:
    values: JSON = dict(request.query)
    if request.content_type == "application/json":
        body: JSON = await request.json()
        return values | body
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            values[name] = SentFile(name, value.filename, value.content_type, value.file.read())
        else:
            values[name] = value
    return values
