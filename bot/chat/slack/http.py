"""Payloads over HTTP: Slack calls an https address of ours and signs what it says.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import structlog
from slack_sdk.signature import SignatureVerifier

from bot.chat.slack.intake import take_payload
from bot.commands.chat_app import StoreUpdate
from bot.ports.clock import Clock
from bot.services.hooks import LATER, HookAnswer, HookCall, Hooks

# The one address of the manifest for events, interactivity and the slash command.
EVENTS_PATH = "/slack/events"
_MOST_DIGITS = 12
_MOST_FIELDS = 100
_FORBIDDEN = HookAnswer(403)
_UNREADABLE = HookAnswer(400)
_JSON = "application/json"

log = structlog.get_logger(__name__)


class _Time:
    """Our clock as the library's verifier asks it. It takes what was signed within five minutes of that."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()


class HttpIntake:
    """Is called at `/slack/events` of our web server."""

    def __init__(self, hooks: Hooks, signing_secret: str, clock: Clock) -> None:
        self._hooks = hooks
        self._clock = clock
        self._verifier = SignatureVerifier(signing_secret, _Time(clock))  # type: ignore[arg-type]  # it only asks now()

    async def receive(self, store_update: StoreUpdate) -> None:
        """Answers calls until cancelled, each after its payload was stored."""

        async def answer(call: HookCall) -> HookAnswer:
            return await self._answer(call, store_update)

        self._hooks.open(EVENTS_PATH, answer)
        log.info("slack_called_at", path=EVENTS_PATH)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._hooks.close(EVENTS_PATH)

    async def _answer(self, call: HookCall, store_update: StoreUpdate) -> HookAnswer:
        if not self._is_signed(call):
            return _FORBIDDEN
        body = read_body(call)
        if body is None:
            return _UNREADABLE
        if body.get("type") == "url_verification":
            return HookAnswer(body=str(body.get("challenge") or "").encode())
        if "ssl_check" in body:
            return HookAnswer()
        answer = await take_payload(body, store_update, self._clock)
        if not answer.taken:
            return LATER
        return HookAnswer(body=json.dumps(answer.body).encode(), content_type=_JSON) if answer.body else HookAnswer()

    def _is_signed(self, call: HookCall) -> bool:
        """Whether Slack signed exactly these bytes within the last five minutes. Compared in constant time."""
        timestamp = call.headers.get("x-slack-request-timestamp", "")
        signature = call.headers.get("x-slack-signature", "")
        # The library raises on a time that is no number, and on text that is no UTF-8.
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _MOST_DIGITS):
            return False
        if not signature.isascii():
            return False
        try:
            return bool(self._verifier.is_valid(call.body.decode(), timestamp, signature))
        except UnicodeDecodeError:
            return False


def read_body(call: HookCall) -> dict[str, Any] | None:
    """The payload of a call: JSON, or a form with the payload in it, or a form that is the payload."""
    try:
        text = call.body.decode()
        if not call.headers.get("content-type", "").startswith(_JSON):
            form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
            if "payload" not in form:
                return dict(form) or None
            text = form["payload"]
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
