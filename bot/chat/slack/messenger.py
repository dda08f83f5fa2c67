"""Messages out: to a channel, into a thread, or to one person's eyes only."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from bot.chat.slack.calls import answer_of
from bot.chat.slack.failures import classify_refusal, is_refused_for
from bot.chat.slack.files import share_file
from bot.chat.slack.places import slack_id
from bot.chat.slack.render import Payload, render
from bot.chat.slack.workspaces import Workspaces, team_of
from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.language import later, tr
from bot.domain.messages import Attachment, Message
from bot.errors import SendError, SendOutcome

_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
# A response address works five times within 30 minutes: docs.slack.dev/interactivity/handling-user-interaction.
# Metadata is kept with a message and not shown: docs.slack.dev/messaging/message-metadata.
_EVENT, _MARKER = "tocsin_delivery", "delivery"
_HISTORY_PAGE = 200
_IN_DIRECT_MESSAGES = later("{name} is in your direct messages with me.")
_RESPONSE_URL_IS_OVER = frozenset({"expired_url", "used_url"})
_THREAD_IS_GONE = frozenset({"thread_not_found", "invalid_thread_ts", "message_not_found", "cannot_reply_to_message"})


class SlackMessenger:
    """The outbound half of Slack. It neither retries nor waits."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    @property
    def platform(self) -> Platform:
        """Slack."""
        return Platform.SLACK

    async def send(
        self,
        destination: Destination,
        message: Message,
        *,
        form: Form,
        reply_to: ReplyAddress,
        silent: bool,
        marker: str = "",
    ) -> Receipt:
        """Sends one message; the receipt holds its timestamp, which is empty for an answer to a response address.

        `marker` is kept in the metadata of lasting messages without a file. A file for one person's eyes goes to them
        as a direct message, as Slack knows none that only they see in a channel. Raises SendError when it did not
        provably arrive.
        """
        del silent  # Slack leaves that to each reader's own notification settings
        with self._judged():
            return await self._send(destination, message, form, reply_to, marker)

    async def _send(
        self, destination: Destination, message: Message, form: Form, reply_to: ReplyAddress, marker: str
    ) -> Receipt:
        payload = render(message, form)
        if message.attachment and form is not Form.MINIMAL:
            return await self._share(destination, message.attachment, payload, reply_to)
        if not reply_to.only_for:
            return await self._post(destination, payload, reply_to, marker)
        client = await self._workspaces.client_for(team_of(destination))
        if reply_to.response_url and await _respond(client, reply_to.response_url, payload):
            return Receipt("")
        arguments = {"channel": slack_id(destination.address), "user": reply_to.only_for, **_content(payload)}
        answer = await answer_of(client.api_call("chat.postEphemeral", json=arguments))
        return Receipt(str(answer.get("message_ts") or ""))

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Puts new content into a message of the bot. Raises SendError."""
        payload = render(message, form)
        # What is left out stays as it was (slackapi/python-slack-sdk#523), so that no blocks are named too.
        channel = slack_id(destination.address)
        arguments = {"channel": channel, "ts": message_id, "blocks": [], **_content(payload)}
        with self._judged():
            client = await self._workspaces.client_for(team_of(destination))
            await answer_of(client.api_call("chat.update", json=arguments))

    @contextmanager
    def _judged(self) -> Iterator[None]:
        try:
            yield
        except SendError as error:
            judged = self._workspaces.judge(error)
            if judged is error:
                raise
            raise judged from error.__cause__

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """The message with this marker in the channel's history; None if it is not there.

        Raises SendError where Slack does not tell: the token may lack channels:history or groups:history, and
        answers under a message or to one person stand in no history.
        """
        client = await self._workspaces.client_for(team_of(destination))
        answer = await answer_of(
            client.conversations_history(
                channel=slack_id(destination.address),
                oldest=f"{since.timestamp():.6f}",
                limit=_HISTORY_PAGE,
                include_all_metadata=True,
            )
        )
        for message in answer.get("messages") or ():
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == _EVENT and payload.get(_MARKER) == marker:
                return Receipt(str(message.get("ts") or ""))
        if answer.get("has_more"):
            raise SendError(SendOutcome.UNKNOWN, "The channel's history since then is too long to look through.")
        return None

    async def check(self) -> None:
        """Raises SendError if Slack does not answer."""
        await self._workspaces.check()

    async def _post(self, destination: Destination, payload: Payload, reply_to: ReplyAddress, marker: str) -> Receipt:
        client = await self._workspaces.client_for(team_of(destination))
        arguments = {"channel": slack_id(destination.address), **_content(payload), **_NO_PREVIEWS}
        if marker:
            arguments["metadata"] = {"event_type": _EVENT, "event_payload": {_MARKER: marker}}
        place: dict[str, Any] = {"thread_ts": reply_to.message} if reply_to.message else {}
        if place and reply_to.broadcast:
            place["reply_broadcast"] = True
        try:
            answer = await answer_of(client.api_call("chat.postMessage", json=arguments | place))
        except SendError as error:
            if not place or not is_refused_for(error, _THREAD_IS_GONE):
                raise
            # The message to answer under was deleted: what was to be said there is said in the channel.
            answer = await answer_of(client.api_call("chat.postMessage", json=arguments))
        return Receipt(str(answer.get("ts") or ""))

    async def _share(
        self, destination: Destination, attachment: Attachment, payload: Payload, reply_to: ReplyAddress
    ) -> Receipt:
        client = await self._workspaces.client_for(team_of(destination))
        channel, thread = slack_id(destination.address), reply_to.message
        if reply_to.only_for:
            channel, thread = reply_to.only_for, ""
        try:
            await share_file(client, attachment, payload, channel=channel, thread=thread)
        except SendError as error:
            if not thread or not is_refused_for(error, _THREAD_IS_GONE):
                raise
            await share_file(client, attachment, payload, channel=channel, thread="")
        if reply_to.response_url:
            with suppress(SendError):  # it only says where the file is
                await _respond(client, reply_to.response_url, Payload(tr(_IN_DIRECT_MESSAGES, name=attachment.name)))
        return Receipt("")


async def _respond(client: AsyncWebClient, response_url: str, payload: Payload) -> bool:
    """Answers a command or a press where it was made, to that person alone. False where the address is used up.

    Raises SendError when the answer did not provably arrive.
    """
    hook = AsyncWebhookClient(response_url, session=client.session, retry_handlers=[])
    hook.proxy = client.proxy  # left to itself it takes the environment's, even for this machine
    body = {"response_type": "ephemeral", "replace_original": False, **_content(payload), **_NO_PREVIEWS}
    answer = await answer_of(hook.send_dict(body))
    word = _error_word(answer)
    if word in _RESPONSE_URL_IS_OVER:
        return False
    if word is None:
        return True
    raise classify_refusal(answer.status_code, word, answer.headers)


def _content(payload: Payload) -> dict[str, Any]:
    """`parse` none: without it Slack makes links of bare addresses in a text without blocks."""
    shown = {"blocks": list(payload.blocks)} if payload.blocks else {"parse": "none"}
    return {"text": payload.text, **shown}


def _error_word(answer: WebhookResponse) -> str | None:
    """Slack's error word in the answer of a response address; empty for a failure without one, None for success."""
    try:
        data = json.loads(answer.body)
    except ValueError:
        is_done = answer.status_code == 200 and answer.body.strip().lower() == "ok"  # noqa: PLR2004  HTTP's OK
        return None if is_done else ""
    if not isinstance(data, dict):
        return ""
    return None if data.get("ok") is True and answer.status_code == 200 else str(data.get("error") or "")  # noqa: PLR2004  as above
