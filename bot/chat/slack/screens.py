"""Dialogs on Slack: opened over what somebody did, pushed over another, put in the place of one that waits."""

import asyncio

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import answer_of
from bot.chat.slack.failures import find_error_word
from bot.chat.slack.payloads import Command, EventCallback, Interaction, Payload, read_payload
from bot.chat.slack.views import build_home, build_modal
from bot.chat.slack.workspaces import Workspaces, team_of
from bot.domain.chats import Destination, InboundUpdate
from bot.domain.dialogs import Dialog
from bot.errors import SendError

_SHOWING_SECONDS = 8.0
# A dialog's answer may be ready before Slack has shown what waits for it.
_LOOK_AGAIN_SECONDS = 0.3
_LOOKS = 10

log = structlog.get_logger(__name__)


class Screens:
    """Shows dialogs to the people whose updates they answer."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def show(self, update: InboundUpdate, destination: Destination, dialog: Dialog) -> bool:
        """Whether Slack showed it. It does not if more than three seconds went by, or the limits are exceeded."""
        content = read_payload(update.payload)
        if content is None:
            return False
        try:
            client = await self._workspaces.client_for(team_of(destination))
            async with asyncio.timeout(_SHOWING_SECONDS):
                return await self._show(client, content, update, destination, dialog)
        except (SendError, TimeoutError) as error:
            log.info("slack_dialog_not_shown", reason=str(error) or "timeout")
            return False

    async def _show(
        self,
        client: AsyncWebClient,
        content: Payload,
        update: InboundUpdate,
        destination: Destination,
        dialog: Dialog,
    ) -> bool:
        if isinstance(content, EventCallback):
            return await self._publish(client, content, destination, dialog)
        waits = isinstance(content, Interaction) and content.type == "view_submission"
        modal = build_modal(dialog, destination, update.key if waits else "")
        if modal is None:
            return False
        if waits:
            return await self._replace(client, modal, update.key)
        assert isinstance(content, (Command, Interaction))
        view = content.view if isinstance(content, Interaction) else None
        if view is None or view.type != "modal":
            await answer_of(client.views_open(trigger_id=content.trigger_id, view=modal))
        elif dialog.in_place:
            await answer_of(client.views_update(view_id=view.id, view=modal))
        else:
            await answer_of(client.views_push(trigger_id=content.trigger_id, view=modal))
        return True

    async def _publish(
        self, client: AsyncWebClient, content: EventCallback, destination: Destination, dialog: Dialog
    ) -> bool:
        await answer_of(client.views_publish(user_id=content.user, view=build_home(dialog, destination)))
        return True

    async def _replace(self, client: AsyncWebClient, modal: dict[str, object], name: str) -> bool:
        """False where the person has closed it meanwhile."""
        for _ in range(_LOOKS):
            try:
                await answer_of(client.views_update(external_id=name, view=modal))
            except SendError as error:
                if find_error_word(error) != "not_found":
                    raise
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            else:
                return True
        return False
