"""One Socket Mode connection after the other: opened, watched, and built anew when it stays dead.

The library reconnects by itself, but once Slack refuses a socket it tries that single-use address for ever
(github.com/slackapi/python-slack-sdk/issues/1446), deaf and without a word. So nothing that is not connected for a
minute is kept. A connection that answers no ping counts as none.
"""

import asyncio
import logging

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
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
        failures = 0
        while True:
            try:
                failures = 0 if await self._connect_once(store_update) else failures + 1
                log.warning("slack_socket_lost", failures=failures)
            except SendError as error:
                if error.outcome is SendOutcome.UNAUTHORISED:
                    raise
                failures += 1
                log.warning("slack_not_connected", reason=str(error), failures=failures)
            await self._clock.sleep(min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT))

    async def _connect_once(self, store_update: StoreUpdate) -> bool:
        """Returns when the connection is to be given up; whether it ever stood. Raises SendError if there is none."""

        async def take(socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
            answer = await take_payload(request.payload, store_update, self._clock)
            if answer.taken:
                await socket.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer.body))

        address = await answer_of(self._client.apps_connections_open(app_token=self._app_token))
        socket = SocketModeClient(
            self._app_token,
            logger=_library_logger(),
            web_client=self._client,
            proxy=self._client.proxy,
            ping_interval=self._ping_seconds,
        )
        socket.wss_uri = str(address["url"])
        socket.socket_mode_request_listeners.append(take)
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
