"""A Slack workspace on 127.0.0.1, Web API and Socket Mode, that holds a bot to the platform's rules and lets a test
play the people.

    async with SlackFake() as fake:
        client = AsyncWebClient(fake.bot_token, base_url=fake.api_url)
        fake.add_channel("C0SECURITY", members=["U0DANA"])
        fake.user_commands("U0DANA", "C0SECURITY", "/tocsin", "watch csto")
        answer = await fake.wait_for_ephemeral("C0SECURITY", "U0DANA")
        card = await fake.wait_for_message("C0SECURITY", lambda message: "CSTO" in message.visible)
        fake.user_presses(card, "why", "U0DANA")

Sources: docs.slack.dev and slack_sdk's models of Block Kit.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.chat.slack.setup import SlackSetup
from tests.fakes.server import JSON, FakeServer, Fault, T
from tests.fakes.slack_methods import SlackLimits, WebApi
from tests.fakes.slack_oauth import Installations
from tests.fakes.slack_people import People
from tests.fakes.slack_socket import Delivery, SocketMode, check_app_token
from tests.fakes.slack_views import View
from tests.fakes.slack_world import SlackError, SlackMessage, Workspace

BOT_TOKEN = "xoxb-700-fakefakefake"
APP_TOKEN = "xapp-1-A0TOCSIN-fakefakefake"
SCOPES = frozenset(
    {
        "commands",
        "chat:write",
        "app_mentions:read",
        "im:history",
        "files:write",
        "users:read",
        "channels:read",
        "groups:read",
    }
)
NOT_CONTENT = {"expired_url", "used_url"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived; `error` is Slack's word for why it was refused, empty if it was not."""

    method: str
    parameters: JSON
    status: int
    error: str
    at: float
    token: str = ""


class SlackFake(People, FakeServer):
    """The server; `People` has what a test does as a person. `scopes` are the bot's; the manifest's by default."""

    def __init__(
        self,
        *,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        limits: SlackLimits | None = None,
        scopes: frozenset[str] = SCOPES,
        time_scale: float = 1.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        FakeServer.__init__(self, time_scale=time_scale, now=now)
        self.bot_token = bot_token
        self.app_token = app_token
        self.api = WebApi(
            Workspace(),
            limits or SlackLimits(),
            now=self.platform_time,
            signal=self.signal,
            scopes=set(scopes),
            on_post=self.hears_itself,
        )
        self.sockets = SocketMode(self.signal, self.platform_time, self._take_answer_in_ack)
        People.__init__(self, self.api, self.sockets)
        self.calls: list[Call] = []
        self.installations = Installations()

    @property
    def api_url(self) -> str:
        """For `AsyncWebClient(base_url=...)`: the method's name follows it."""
        return f"{self.origin}/api/"

    @property
    def setup(self) -> SlackSetup:
        """What an operator sets to use it over Socket Mode."""
        return SlackSetup(self.bot_token, self.app_token, api_url=self.api_url)

    @property
    def sent(self) -> list[SlackMessage]:
        """Every message the bot sent, ephemeral ones too, in order, as it was then."""
        return self.api.sent

    @property
    def edits(self) -> list[SlackMessage]:
        """Every edit the bot made, in order."""
        return self.api.edits

    @property
    def late(self) -> list[Delivery]:
        """What was not acknowledged within three seconds."""
        return self.sockets.late

    @property
    def too_many_requests(self) -> int:
        """How often the answer was 429."""
        return sum(call.status == 429 for call in self.calls)

    def messages(self, channel: str) -> list[SlackMessage]:
        """The bot's lasting messages in a channel, as they read now."""
        return [message for _, message in sorted(self.api.world.conversations[channel].sent.items())]

    def current(self, message: SlackMessage) -> SlackMessage:
        """The message as it reads now, after edits."""
        return self.api.world.conversations[message.channel].sent[message.ts]

    async def wait_for_message(
        self,
        channel: str,
        predicate: Callable[[SlackMessage], bool] = lambda _: True,
        *,
        after: str = "",
        timeout: float = 15.0,  # noqa: ASYNC109  the caller says how long; the waiting is a timeout block
    ) -> SlackMessage:
        """The first lasting message to the channel that fits, sent already or yet to come; `after` is a timestamp.

        Raises:
            AssertionError: none came within `timeout` seconds.
        """

        def find() -> SlackMessage | None:
            fitting = (m for m in self.sent if m.channel == channel and not m.only_for and m.ts > after)
            return next((m for m in fitting if predicate(m)), None)

        return await self._wait(find, f"a message to {channel}", timeout)

    async def wait_for_ephemeral(
        self,
        channel: str,
        user: str,
        predicate: Callable[[SlackMessage], bool] = lambda _: True,
        *,
        after: str = "",
        timeout: float = 15.0,  # noqa: ASYNC109  as above
    ) -> SlackMessage:
        """The first message in the channel that only this person sees and that fits.

        Raises:
            AssertionError: none came within `timeout` seconds.
        """

        def find() -> SlackMessage | None:
            fitting = (m for m in self.sent if m.channel == channel and m.only_for == user and m.ts > after)
            return next((m for m in fitting if predicate(m)), None)

        return await self._wait(find, f"a message to {user} alone in {channel}", timeout)

    async def wait_for_edit(
        self,
        message: SlackMessage,
        predicate: Callable[[SlackMessage], bool] = lambda _: True,
        *,
        timeout: float = 15.0,  # noqa: ASYNC109  as above
    ) -> SlackMessage:
        """The first edit of this message that fits, made already or yet to come.

        Raises:
            AssertionError: none came within `timeout` seconds.
        """
        place = (message.channel, message.ts)

        def find() -> SlackMessage | None:
            return next((m for m in self.edits if (m.channel, m.ts) == place and predicate(m)), None)

        return await self._wait(find, f"an edit of message {message.ts}", timeout)

    async def wait_for_view(
        self,
        user: str,
        predicate: Callable[[View], bool] = lambda _: True,
        *,
        timeout: float = 15.0,  # noqa: ASYNC109  as above
    ) -> View:
        """The modal that the person looks at, once it fits.

        Raises:
            AssertionError: it did not within `timeout` seconds.
        """

        views = self.api.views
        return await self._wait_for_screen(lambda: views.front(user), predicate, f"a modal for {user}", timeout)

    async def wait_for_home(
        self,
        user: str,
        predicate: Callable[[View], bool] = lambda _: True,
        *,
        timeout: float = 15.0,  # noqa: ASYNC109  as above
    ) -> View:
        """The person's home tab, once it fits.

        Raises:
            AssertionError: it did not within `timeout` seconds.
        """

        homes = self.api.views.homes
        return await self._wait_for_screen(lambda: homes.get(user), predicate, f"the home tab of {user}", timeout)

    async def _wait_for_screen(
        self, look: Callable[[], View | None], predicate: Callable[[View], bool], what: str, seconds: float
    ) -> View:
        def find() -> View | None:
            view = look()
            return view if view is not None and predicate(view) else None

        return await self._wait(find, what, seconds)

    async def wait_for_ack(self, delivery: Delivery, *, timeout: float = 15.0) -> Delivery:  # noqa: ASYNC109  as above
        """The delivery once the bot acknowledged it.

        Raises:
            AssertionError: it did not within `timeout` seconds.
        """
        return await self._wait(
            lambda: delivery if delivery.acked_at is not None else None,
            f"an acknowledgement of {delivery.envelope_id}",
            timeout,
        )

    async def wait_for_connection(self, count: int = 1, *, timeout: float = 15.0) -> None:  # noqa: ASYNC109  as above
        """Returns once so many sockets are open.

        Raises:
            AssertionError: they were not within `timeout` seconds.
        """
        await self._wait(lambda: self.sockets.connections >= count or None, f"{count} open sockets", timeout)

    async def _wait(self, find: Callable[[], T | None], what: str, seconds: float) -> T:
        try:
            return await self.wait_until(find, what, seconds)
        except AssertionError as error:
            seen = "\n".join(f"  {m.method} to {m.channel}: {m.visible[:100]!r}" for m in [*self.sent, *self.edits])
            failed = "\n".join(f"  {c.method}: {c.status} {c.error}" for c in self.calls if c.error)
            raise AssertionError(f"{error}; sent so far:\n{seen or '  nothing'}\nfailed calls:\n{failed}") from None

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method}", self._handle_method)
        app.router.add_post("/response/{key}", self._handle_response_url)
        app.router.add_post("/upload/{file_id}", self._handle_upload)
        app.router.add_get("/link/", self.sockets.handle)

    async def stop(self) -> None:
        """Ends every open request and socket and closes the port."""
        await self.sockets.close()
        await super().stop()

    async def _handle_method(self, request: web.Request) -> web.StreamResponse:
        method, values = request.match_info["method"], await _read_parameters(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(values.pop("token", ""))

        async def do() -> web.StreamResponse:
            return self._answer(method, token, values)

        fault = self.take_fault(method)
        if fault is None:
            return await do()
        response = await self.misbehave(request, fault, do)
        return response or self._refuse(method, values, _fault_error(fault), 500 if fault.kind == "500" else 200)

    def _answer(self, method: str, token: str, values: JSON) -> web.Response:
        try:
            result = self._call(method, token, values)
        except SlackError as error:
            return self._refuse(method, values, error, 200)
        self._note(method, values, 200, "", token)
        return web.json_response({"ok": True, **result}, headers={"X-OAuth-Scopes": ",".join(sorted(self.api.scopes))})

    def _call(self, method: str, token: str, values: JSON) -> JSON:
        if method == "apps.connections.open":
            check_app_token(token, self.app_token)
            return {"url": self.sockets.issue_address(self.origin)}
        if method == "oauth.v2.access":
            return self.installations.exchange(values)
        if method == "api.test":
            return {}
        if method not in self.api.methods:
            raise SlackError("unknown_method", [method])
        self._check_bot_token(token)
        result = self.api.methods[method](values)
        return result | ({"upload_url": f"{self.origin}/upload/{result['file_id']}"} if "file_id" in result else {})

    def _check_bot_token(self, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token.startswith("xapp-"):
            raise SlackError("not_allowed_token_type")
        if token != self.bot_token:
            self.installations.check(token)

    def _refuse(self, method: str, values: JSON, error: SlackError, status: int) -> web.Response:
        status = 429 if error.retry_after else status
        self._note(method, values, status, error.error)
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
        return web.json_response(error.json(), status=status, headers=headers)

    def _note(self, method: str, values: JSON, status: int, error: str, token: str = "") -> None:
        self.calls.append(Call(method, values, status, error, time.time(), token))
        self.signal.fire()

    async def _handle_response_url(self, request: web.Request) -> web.StreamResponse:
        values: JSON = await request.json()

        async def do() -> web.StreamResponse:
            try:
                self.api.respond(request.match_info["key"], values)
            except SlackError as error:
                status = 404 if error.error in NOT_CONTENT else 400
                return self._refuse("response_url", values, error, status)
            self._note("response_url", values, 200, "")
            return web.Response(text="ok")

        fault = self.take_fault("response_url")
        if fault is None:
            return await do()
        response = await self.misbehave(request, fault, do)
        return response or self._refuse("response_url", values, _fault_error(fault), 500)

    async def _handle_upload(self, request: web.Request) -> web.StreamResponse:
        file_id = request.match_info["file_id"]
        if file_id not in self.api.uploads:
            return web.Response(status=404, text="no such upload")
        upload = self.api.uploads[file_id]
        upload.data = data = await request.read()
        return web.Response(text=f"OK - {len(data)}")

    def _take_answer_in_ack(self, delivery: Delivery) -> None:
        if delivery.kind == "slash_commands" and delivery.ack_payload:
            key = str(delivery.payload["response_url"]).rpartition("/")[2]
            self.api.answer_in_place(self.api.response_urls[key], delivery.ack_payload, "ack")
        if delivery.payload.get("type") == "view_submission":
            self.api.views.take_answer(delivery.payload["user"]["id"], delivery.ack_payload)


def _fault_error(fault: Fault) -> SlackError:
    match fault.kind:
        case "429":
            return SlackError("ratelimited", retry_after=fault.retry_after)
        case "403":
            return SlackError(fault.detail or "not_in_channel")
        case "400":
            return SlackError(fault.detail or "invalid_blocks", ["[ERROR] ordered by the test"])
        case _:
            return SlackError("internal_error")


async def _read_parameters(request: web.Request) -> JSON:
    values: JSON = {name: _decoded(value) for name, value in request.query.items()}
    if request.content_type == "application/json":
        body: JSON = await request.json()
        return values | body
    return values | {name: _decoded(value) for name, value in (await request.post()).items()}


def _decoded(value: Any) -> Any:
    """A field of a form or query; lists and objects come as JSON text in it."""
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        return json.loads(value)
    return value
