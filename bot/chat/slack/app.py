"""Updates in from Slack over Socket Mode, and what else belongs to hearing people: notices and who is an admin.

Slack forgets a payload once it is acknowledged, so each is stored first. That takes milliseconds; Slack waits three
seconds, and delivers an event again if it waited in vain.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import answer_of
from bot.chat.slack.messenger import SlackMessenger
from bot.chat.slack.socket_mode import keep_connected
from bot.chat.slack.updates import find_answer_address, read_update, update_key
from bot.commands.chat_app import Membership, Received, StoreUpdate
from bot.commands.invocation import Invocation
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Platform, ReplyAddress
from bot.domain.deliveries import Form
from bot.domain.messages import plain_message
from bot.errors import SendError, StoreError
from bot.ports.clock import Clock

_NOTICE_SECONDS = 5.0
_ADMIN_SECONDS = 60.0
_MOST_ADMINS = 10_000

log = structlog.get_logger(__name__)


class SlackApp:
    """The inbound half of the Slack adapter. Connects when `receive` runs, not before."""

    def __init__(self, client: AsyncWebClient, app_token: str, clock: Clock, command: str) -> None:
        self._client = client
        self._app_token = app_token
        self._clock = clock
        self._command = command
        self._messenger = SlackMessenger(client)
        self._admins: dict[str, tuple[float, bool]] = {}

    @property
    def platform(self) -> Platform:
        """Slack."""
        return Platform.SLACK

    async def receive(self, store_update: StoreUpdate) -> None:
        """Listens until cancelled; every payload is stored before it is acknowledged to Slack.

        Whatever passes is waited out; raises SendError (UNAUTHORISED) if the app token is refused.
        """

        async def store(body: Mapping[str, Any]) -> BoltResponse:
            payload = json.dumps(body, ensure_ascii=False)
            update = InboundUpdate(Platform.SLACK, update_key(body), payload, self._clock.now())
            try:
                await store_update(update)
            except StoreError as error:
                log.warning("slack_update_not_stored", reason=str(error))
                return BoltResponse(status=500)  # not acknowledged: Slack delivers an event again
            return BoltResponse(status=200)

        # Storing stands in for Bolt's authorisation and everything behind it: handling happens from the store.
        bolt = AsyncApp(client=self._client, before_authorize=store, name="tocsin")
        await keep_connected(bolt, self._client, self._app_token, self._clock)

    def read(self, update: InboundUpdate) -> Received | Membership | None:
        """What a payload asks for; None for payloads that ask nothing."""
        return read_update(update, self._command)

    async def show_notice(self, update: InboundUpdate, notice: str) -> None:
        """Shows a notice to the person who pressed a button, as a message for them alone. Never raises."""
        channel, user, response_url = find_answer_address(update)
        if not notice or not channel:
            return
        destination, address = Destination(Platform.SLACK, channel), ReplyAddress("", user, response_url)
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                await self._messenger.send(
                    destination, plain_message(notice), form=Form.MINIMAL, reply_to=address, silent=True
                )
        except (SendError, TimeoutError) as error:
            log.info("slack_notice_not_shown", reason=str(error) or "timeout")

    async def is_admin(self, invocation: Invocation) -> bool:
        """Whether the person administers the workspace, as Slack said within the last minute.

        Always true in a direct message. False when Slack cannot be asked.
        """
        if invocation.destination.kind is ChatKind.PRIVATE:
            return True
        person, now = invocation.person.id, self._clock.monotonic()
        known_at, known = self._admins.get(person, (float("-inf"), False))
        if now - known_at < _ADMIN_SECONDS:
            return known
        try:
            answer = await answer_of(self._client.users_info(user=person))
        except SendError as error:
            log.warning("slack_admin_not_known", reason=str(error))
            return False
        if len(self._admins) >= _MOST_ADMINS:
            self._admins.clear()
        user = answer.get("user") or {}
        self._admins[person] = now, bool(user.get("is_admin") or user.get("is_owner"))
        return self._admins[person][1]
