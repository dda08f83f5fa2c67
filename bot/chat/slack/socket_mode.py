"""One Socket Mode connection after the other: opened, watched, and built anew when it stays dead.

The library reconnects by itself, but once Slack refuses a socket it tries that single-use address for ever
(github.com/slackapi/python-slack-sdk/issues/1446), deaf and without a word. So nothing that is not connected for a
minute is kept.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
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

_LOOK_SECONDS = 1.0
_CLOSING_SECONDS = 3.0

log = structlog.get_logger(__name__)


class SocketIntake:
    """Payloads over Socket Mode."""

    def __init__(self, client: AsyncWebClient, app_token: str, clock: Clock) -> None:
        self._client = client
        self._app_token = app_token
        self._clock = clock

    async def receive(self, store_update: StoreUpdate) -> None:
        """Listens until cancelled; every payload is stored before it is acknowledged.

        Whatever passes is waited out; raises SendError (UNAUTHORISED) if the app token is refused.
        """

        async def take(body: Mapping[str, Any]) -> BoltResponse:
            answer = await take_payload(body, store_update, self._clock)
            return BoltResponse(status=200 if answer.taken else 500, body=answer.body or "")

        # Storing stands in for Bolt's authorisation and everything behind it: handling happens from the store.
        bolt = AsyncApp(client=self._client, before_authorize=take, name="tocsin")
        await keep_connected(bolt, self._client, self._app_token, self._clock)


async def keep_connected(bolt: AsyncApp, client: AsyncWebClient, app_token: str, clock: Clock) -> None:
    """Feeds `bolt` from Slack until cancelled. Raises SendError (UNAUTHORISED) when Slack refuses the app token."""
    failures = 0
    while True:
        try:
            failures = 0 if await _connect_once(bolt, client, app_token, clock) else failures + 1
            log.warning("slack_socket_lost", failures=failures)
        except SendError as error:
            if error.outcome is SendOutcome.UNAUTHORISED:
                raise
            failures += 1
            log.warning("slack_not_connected", reason=str(error), failures=failures)
        await clock.sleep(min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT))


async def _connect_once(bolt: AsyncApp, client: AsyncWebClient, app_token: str, clock: Clock) -> bool:
    """Returns when the connection is to be given up; whether it ever stood. Raises SendError if none is to be had."""
    address = await _open_address(client, app_token)
    handler = AsyncSocketModeHandler(bolt, app_token, web_client=client, logger=_library_logger())
    handler.client.proxy = client.proxy
    handler.client.wss_uri = address
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]  # as the library has it
    try:
        return await _watch(handler, clock)
    finally:
        connecting.cancel()
        await asyncio.wait([connecting])
        await _close(handler)


async def _open_address(client: AsyncWebClient, app_token: str) -> str:
    answer = await answer_of(client.apps_connections_open(app_token=app_token))
    return str(answer["url"])


async def _watch(handler: AsyncSocketModeHandler, clock: Clock) -> bool:
    """Returns once the library has had no connection for too long; whether it ever had one."""
    was_connected = False
    last_seen = clock.monotonic()
    while clock.monotonic() - last_seen < (WATCHDOG_SECONDS if was_connected else HANDSHAKE_SECONDS):
        await clock.sleep(_LOOK_SECONDS)
        if await handler.client.is_connected():
            if not was_connected:
                log.info("slack_connected")
            was_connected = True
            last_seen = clock.monotonic()
    return was_connected


async def _close(handler: AsyncSocketModeHandler) -> None:
    client = handler.client
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await handler.close_async()  # type: ignore[no-untyped-call]  # as above
    except TimeoutError:  # the other side does not say goodbye
        for task in (client.message_processor, client.current_session_monitor, client.message_receiver):
            if task is not None:
                task.cancel()
        await client.aiohttp_client_session.close()


def _library_logger() -> logging.Logger:
    """The library formats every message for its log unless a level is set on the very logger it was given."""
    logger = logging.getLogger("slack_sdk.socket_mode")
    logger.setLevel(logging.WARNING)
    return logger
