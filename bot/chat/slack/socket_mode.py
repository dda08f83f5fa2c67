"""One Socket Mode connection after the other: opened, watched, and built anew when it stays dead.

The library reconnects by itself, but once Slack refuses a socket it tries that single-use address for ever
(github.com/slackapi/python-slack-sdk/issues/1446), deaf and without a word. So nothing that is not connected for a
minute is kept. A connection that answers no ping counts as none.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import answer_of
from bot.chat.slack.intake import take_payload
from bot.commands.chat_app import StoreUpdate
from bot.errors import SendError, SendOutcome
from bot.ports.clock import Clock

WATCHDOG_SECONDS = 60.0
HANDSHAKE_SECONDS = 10.0
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
# The library counts a connection as lost once four pings in a row were not answered.
PING_SECONDS = 10.0

_LOOK_SECONDS = 1.0
_CLOSING_SECONDS = 3.0

log = structlog.get_logger(__name__)


class SocketIntake:
    """Payloads over Socket Mode."""

    def __init__(
        self, client: AsyncWebClient, app_token: str, clock: Clock, *, ping_seconds: float = PING_SECONDS
    ) -> None:
        self._client = client
        self._app_token = app_token
        self._clock = clock
        self._ping_seconds = ping_seconds

    async def receive(self, store_update: StoreUpdate) -> None:
        """Listens until cancelled; every payload is stored before it is acknowledged.

        Whatever passes is waited out; raises SendError (UNAUTHORISED) if the app token is refused.
        """
        bolt = build_bolt(self._client, store_update, self._clock)
        failures = 0
        while True:
            try:
                failures = 0 if await self._connect_once(bolt) else failures + 1
                log.warning("slack_socket_lost", failures=failures)
            except SendError as error:
                if error.outcome is SendOutcome.UNAUTHORISED:
                    raise
                failures += 1
                log.warning("slack_not_connected", reason=str(error), failures=failures)
            await self._clock.sleep(min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT))

    async def _connect_once(self, bolt: AsyncApp) -> bool:
        """Returns when the connection is to be given up; whether it ever stood. Raises SendError if there is none."""
        address = await answer_of(self._client.apps_connections_open(app_token=self._app_token))
        handler = AsyncSocketModeHandler(
            bolt,
            self._app_token,
            logger=_library_logger(),
            web_client=self._client,
            proxy=self._client.proxy,
            ping_interval=self._ping_seconds,
        )
        socket = handler.client
        socket.wss_uri = str(address["url"])
        connecting = asyncio.create_task(socket.connect())  # type: ignore[no-untyped-call]  # as the library has it
        try:
            return await self._watch(socket)
        finally:
            connecting.cancel()
            await asyncio.wait([connecting])
            await _close(socket)

    async def _watch(self, socket: SocketModeClient) -> bool:
        """Returns once the library has had no connection for too long; whether it ever had one."""
        was_connected = False
        last_seen = self._clock.monotonic()
        while self._clock.monotonic() - last_seen < (WATCHDOG_SECONDS if was_connected else HANDSHAKE_SECONDS):
            await self._clock.sleep(_LOOK_SECONDS)
            if await socket.is_connected():
                if not was_connected:
                    log.info("slack_connected")
                was_connected = True
                last_seen = self._clock.monotonic()
        return was_connected


def build_bolt(client: AsyncWebClient, store_update: StoreUpdate, clock: Clock) -> AsyncApp:
    """Slack's own app object, which only stores: whoever sent a payload is looked at when it is handled."""

    async def take(body: Mapping[str, Any]) -> BoltResponse:
        answer = await take_payload(body, store_update, clock)
        return BoltResponse(status=200 if answer.taken else 500, body=answer.body or "")

    async def authorize() -> AuthorizeResult:
        raise AssertionError("what is stored before it is authorised is never authorised")

    # It finds our token in the environment by itself and warns that it needs none.
    logger = logging.getLogger("slack_bolt.tocsin")
    logger.setLevel(logging.ERROR)
    # With several workspaces there is no one token; Bolt starts without one if it is told how to find it.
    return AsyncApp(client=client, before_authorize=take, authorize=authorize, name="tocsin", logger=logger)


async def _close(socket: SocketModeClient) -> None:
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await socket.close()  # type: ignore[no-untyped-call]  # as above
    except TimeoutError:  # the other side does not say goodbye
        for task in (socket.message_processor, socket.current_session_monitor, socket.message_receiver):
            if task is not None:
                task.cancel()
        await socket.aiohttp_client_session.close()


def _library_logger() -> logging.Logger:
    """The library formats every message for its log unless a level is set on the very logger it was given."""
    logger = logging.getLogger("slack_sdk.socket_mode")
    logger.setLevel(logging.WARNING)
    return logger
