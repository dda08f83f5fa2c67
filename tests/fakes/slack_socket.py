"""Socket Mode of the fake Slack: single-use addresses, envelopes out, acknowledgements back within three seconds."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Literal

from aiohttp import WSMsgType, web

from tests.fakes.server import JSON, Signal
from tests.fakes.slack_world import APP_ID, SlackError

ACK_SECONDS = 3.0
SOCKETS_MAX = 10
EnvelopeKind = Literal["slash_commands", "interactive", "events_api"]
DisconnectReason = Literal["warning", "refresh_requested", "too_many_websockets", "link_disabled"]


@dataclass(slots=True)
class Delivery:
    """One envelope and what became of it; times are platform seconds. `ack_payload` is what came with the ack."""

    envelope_id: str
    kind: EnvelopeKind
    payload: JSON
    made_at: float
    accepts_payload: bool = False
    retry_attempt: int = 0
    sent_at: float | None = None
    acked_at: float | None = None
    ack_payload: JSON | None = None

    @property
    def latency(self) -> float | None:
        """Seconds from sending to acknowledgement."""
        return None if self.sent_at is None or self.acked_at is None else self.acked_at - self.sent_at

    def seconds_unanswered(self, now: float) -> float:
        """How long the sender waited: since it was sent, or since it was made if no socket took it."""
        start = self.made_at if self.sent_at is None else self.sent_at
        return (now if self.acked_at is None else self.acked_at) - start

    def envelope(self) -> str:
        """What goes over the socket."""
        body: JSON = {
            "envelope_id": self.envelope_id,
            "type": self.kind,
            "accepts_response_payload": self.accepts_payload,
            "payload": self.payload,
        }
        if self.kind == "events_api":
            body |= {"retry_attempt": self.retry_attempt, "retry_reason": "timeout" if self.retry_attempt else ""}
        return json.dumps(body)


class SocketMode:
    """The app's open sockets; each envelope goes to one of them, in turn."""

    def __init__(self, signal: Signal, now: Callable[[], float], on_ack: Callable[[Delivery], None]) -> None:
        self._signal = signal
        self._now = now
        self._on_ack = on_ack
        self._tickets: set[str] = set()
        self._serial = count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._writes: set[asyncio.Task[None]] = set()
        self.deliveries: list[Delivery] = []
        self.handshakes_to_refuse = 0
        self.refused_handshakes = 0
        self.answers_pings = True

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    @property
    def late(self) -> list[Delivery]:
        """Envelopes that were not acknowledged within three seconds, or never reached a socket in that time."""
        now = self._now()
        return [d for d in self.deliveries if d.seconds_unanswered(now) > ACK_SECONDS]

    def issue_address(self, origin: str) -> str:
        """An address for one connection."""
        ticket = f"ticket-{next(self._serial)}"
        self._tickets.add(ticket)
        return f"{origin.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"

    def deliver(
        self, kind: EnvelopeKind, payload: JSON, *, accepts_payload: bool = False, retry_attempt: int = 0
    ) -> Delivery:
        """Sends an envelope now; an event waits for a socket if there is none, a press or a command is lost."""
        delivery = Delivery(f"env-{next(self._serial)}", kind, payload, self._now(), accepts_payload, retry_attempt)
        self.deliveries.append(delivery)
        if self._sockets:
            self._send(delivery)
        return delivery

    def _send(self, delivery: Delivery) -> None:
        delivery.sent_at = self._now()
        self._sockets.append(self._sockets.pop(0))
        self._write(self._sockets[-1], delivery.envelope())

    def _write(self, socket: web.WebSocketResponse, text: str) -> None:
        task = asyncio.ensure_future(_send_quietly(socket, text))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def disconnect(self, reason: DisconnectReason = "refresh_requested") -> None:
        """Tells every socket to go; all but a warning also close it."""
        for socket in list(self._sockets):
            await _send_quietly(
                socket, json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            )
            if reason != "warning":
                await socket.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serves one socket until it closes."""
        ticket = request.query.get("ticket", "")
        if self.handshakes_to_refuse or ticket not in self._tickets:
            self.handshakes_to_refuse = max(self.handshakes_to_refuse - 1, 0)
            self._tickets.discard(
                ticket
            )  # a refused address stays dead: https://github.com/slackapi/python-slack-sdk/issues/1446
            self.refused_handshakes += 1
            self._signal.fire()
            return web.Response(status=403)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        try:
            await self._serve(socket)
        finally:
            if socket in self._sockets:
                self._sockets.remove(socket)
            self._signal.fire()
        return socket

    async def _serve(self, socket: web.WebSocketResponse) -> None:
        if len(self._sockets) >= SOCKETS_MAX:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        self._sockets.append(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._sockets),
                "connection_info": {"app_id": APP_ID},
                "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
            }
        )
        self._signal.fire()
        for delivery in self.deliveries:
            if delivery.kind == "events_api" and delivery.sent_at is None:
                delivery.retry_attempt = 1
                self._send(delivery)
        async for message in socket:
            if message.type == WSMsgType.PING and self.answers_pings:
                await socket.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._acknowledge(json.loads(message.data))

    def _acknowledge(self, answer: JSON) -> None:
        for delivery in self.deliveries:
            if delivery.envelope_id == answer.get("envelope_id") and delivery.acked_at is None:
                delivery.acked_at = self._now()
                delivery.ack_payload = answer.get("payload")
                self._on_ack(delivery)
        self._signal.fire()

    async def close(self) -> None:
        """Drops every socket."""
        for socket in list(self._sockets):
            await socket.close()


async def _send_quietly(socket: web.WebSocketResponse, text: str) -> None:
    """A socket that is just going away takes nothing; Slack does not notice either."""
    if not socket.closed:
        try:
            await socket.send_str(text)
        except ConnectionError:
            return


def check_app_token(token: str, app_token: str) -> None:
    """Only the app-level token opens connections.

    Raises:
        SlackError: it is missing, wrong, or a bot token.
    """
    if not token:
        raise SlackError("not_authed")
    if token.startswith("xoxb-"):
        raise SlackError("not_allowed_token_type")
    if token != app_token:
        raise SlackError("invalid_auth")
