"""Updates in from Slack, and what else belongs to hearing people: notices, dialogs, who is an admin.

Slack forgets a payload once it is acknowledged, so each is stored first. That takes milliseconds; Slack waits three
seconds, and delivers an event again if it waited in vain.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from bot.chat.slack.admins import Admins
from bot.chat.slack.calls import answer_of
from bot.chat.slack.failures import find_error_word
from bot.chat.slack.languages import Languages
from bot.chat.slack.messenger import SlackMessenger
from bot.chat.slack.places import slack_id
from bot.chat.slack.screens import Screens
from bot.chat.slack.updates import Reading, find_answer_address, read_update
from bot.chat.slack.workspaces import Workspaces, team_of
from bot.commands.bare_chat import BareChat
from bot.commands.chat_app import Departure, Membership, Received, ReceivedFile, StoreUpdate
from bot.commands.invocation import Invocation
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Platform, ReplyAddress
from bot.domain.deliveries import Form
from bot.domain.dialogs import Dialog
from bot.domain.language import tr
from bot.domain.messages import plain_message
from bot.errors import SendError, SettingsError

_NOTICE_SECONDS = 5.0
_NOT_THERE = frozenset({"channel_not_found", "not_in_channel"})

log = structlog.get_logger(__name__)


class Source(Protocol):
    """One way in which payloads come."""

    async def receive(self, store_update: StoreUpdate) -> None:
        """Listens until cancelled. Raises SendError (UNAUTHORISED) where Slack refuses us."""
        ...


class SlackApp(BareChat):
    """The inbound half of the Slack adapter. Connects when `receive` runs, not before.

    Slack lets apps change messages as a whole only, show no typing, and leave no channel by themselves. Files are not
    asked for: that would take the right to read all of them. Whoever administers a channel gives commands there.
    """

    def __init__(self, workspaces: Workspaces, sources: Sequence[Source], reading: Reading, admins: Admins) -> None:
        self._workspaces = workspaces
        self._sources = sources
        self._reading = reading
        self._admins = admins
        self._languages = Languages(workspaces)
        self._messenger = SlackMessenger(workspaces)
        self._screens = Screens(workspaces)

    @property
    def platform(self) -> Platform:
        """Slack."""
        return Platform.SLACK

    async def receive(self, store_update: StoreUpdate) -> None:
        """Listens until cancelled; every payload is stored before it is acknowledged to Slack.

        Whatever passes is waited out; raises SendError (UNAUTHORISED) if the app token is refused.
        """
        tasks = [asyncio.create_task(source.receive(store_update)) for source in self._sources]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in tasks:  # once only: the second time would break off their goodbyes
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in ended:
            task.result()

    def read(self, update: InboundUpdate) -> Received | Membership | Departure | None:
        """What a payload asks for; None for payloads that ask nothing."""
        return read_update(update, self._reading)

    async def show_notice(self, update: InboundUpdate, notice: str) -> None:
        """Shows a notice to the person who pressed a button, as a message for them alone. Never raises."""
        channel, workspace, user, response_url = find_answer_address(update)
        if not notice or not channel:
            return
        destination = self._reading.destination(channel, workspace)
        address = ReplyAddress("", user, response_url)
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                await self._messenger.send(
                    destination, plain_message(notice), form=Form.MINIMAL, reply_to=address, silent=True
                )
        except (SendError, TimeoutError) as error:
            log.info("slack_notice_not_shown", reason=str(error) or "timeout")

    async def find_language(self, invocation: Invocation) -> str:
        """The locale that the person has chosen in Slack; empty when Slack cannot be asked."""
        return await self._languages.find(invocation.person.id, team_of(invocation.destination))

    async def is_admin(self, invocation: Invocation) -> bool:
        """Whether the person administers the workspace or is in the group of admins, as Slack said in five minutes.

        Always true in a direct message. False when Slack cannot be asked.
        """
        if invocation.destination.kind is ChatKind.PRIVATE:
            return True
        return await self._admins.knows(invocation.person.id, team_of(invocation.destination))

    async def show_dialog(self, update: InboundUpdate, destination: Destination, dialog: Dialog) -> bool:
        """Shows a dialog as a modal, or as the home tab; false where the person waited for too long. Never raises."""
        return await self._screens.show(update, destination, dialog)

    async def read_file(self, file: ReceivedFile) -> str:
        """Files are not read. Raises SettingsError."""
        del file
        raise SettingsError(
            tr("In Slack I read no files: that would take the right to read all of them."),
            tr("Write /edit with the name of the list, or send its text as a message."),
        )

    async def find_obstacle(self, destination: Destination) -> str:
        """Why the bot cannot post to a channel, with the cure; empty where it can or Slack does not say."""
        if destination.kind is ChatKind.PRIVATE:
            return ""
        try:
            client = await self._workspaces.client_for(team_of(destination))
            async with asyncio.timeout(_NOTICE_SECONDS):
                answer = await answer_of(client.conversations_info(channel=slack_id(destination.address)))
        except (SendError, TimeoutError) as error:
            if isinstance(error, SendError) and find_error_word(error) in _NOT_THERE:
                return _not_a_member()
            log.info("slack_channel_not_known", reason=str(error) or "timeout")
            return ""
        channel = answer.get("channel") or {}
        if channel.get("is_archived"):
            return tr("This channel is archived, so I cannot post to it. Watch from another one.")
        return "" if channel.get("is_member", True) else _not_a_member()


def _not_a_member() -> str:
    return tr("I am not in this channel, so I cannot post here. Write /invite @tocsin here, then do this again.")
