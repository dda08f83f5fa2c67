"""Messages out to Telegram. Neither retries nor waits for rate limits: the outbox does both."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict, TypeVar

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.chat.telegram.failures import RefusedRequest, build_send_error
from bot.chat.telegram.render import Rendered, render
from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Attachment, Message, line
from bot.errors import SendError, SendOutcome

T = TypeVar("T")

# Less than the lanes allow an adapter, so that the outcome is told and not guessed.
_SEND_SECONDS = 30.0
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_TOPIC_GONE = "⚠️ The topic for these messages is closed or deleted, so they come here. /start in a topic moves them."


class _Shared(TypedDict):
    chat_id: str
    parse_mode: ParseMode | None
    reply_markup: InlineKeyboardMarkup | None
    message_thread_id: int | None
    disable_notification: bool
    reply_parameters: ReplyParameters | None


class TelegramMessenger:
    """Sends messages through a Bot that neither retries nor limits."""

    def __init__(self, telegram_bot: Bot) -> None:
        self._bot = telegram_bot
        self._plain_times = False
        self._gone_topics: set[str] = set()

    @property
    def platform(self) -> Platform:
        """Telegram."""
        return Platform.TELEGRAM

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
        """Sends one message; the receipt holds its number in the chat. Telegram keeps no `marker`.

        A topic that is gone is replaced by its chat, whose first message from there says so, and a server that does not
        know `tg-time` gets plain times from then on; both are known not to have been sent before. Raises SendError.
        """
        del marker
        return await _in_time(
            self._send_somewhere(destination, message, form, reply_to, silent=silent or message.silent)
        )

    async def _send_somewhere(
        self, destination: Destination, message: Message, form: Form, reply_to: ReplyAddress, *, silent: bool
    ) -> Receipt:
        try:
            return await self._send(destination, message, form, reply_to, silent=silent)
        except RefusedRequest as refusal:
            if not (destination.thread and refusal.is_topic_gone):
                raise
        explained = self._explain_topic(destination, message)
        receipt = await self._send(replace(destination, thread=""), explained, form, reply_to, silent=silent)
        self._gone_topics.add(destination.key)
        return receipt

    def _explain_topic(self, destination: Destination, message: Message) -> Message:
        if destination.key in self._gone_topics:
            return message
        return replace(message, blocks=(line(_TOPIC_GONE, style="context"), *message.blocks))

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Edits text and keyboard together. That nothing changed is no failure. Raises SendError."""
        await _in_time(self._edit_if_changed(destination, message_id, message, form))

    async def _edit_if_changed(self, destination: Destination, message_id: str, message: Message, form: Form) -> None:
        try:
            await self._edit(destination, message_id, message, form)
        except RefusedRequest as refusal:
            if not refusal.is_not_modified:
                raise

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """Raises SendError: a bot cannot read what it wrote."""
        del destination, marker, since
        raise SendError(SendOutcome.UNKNOWN, "Telegram shows a bot no history.")

    async def check(self) -> None:
        """Raises SendError if Telegram does not answer."""
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await self._bot.get_me()
        except TimeoutError as late:
            raise SendError(SendOutcome.UNKNOWN, "Telegram does not answer.") from late
        except TelegramError as problem:
            raise build_send_error(problem) from problem

    async def _send(
        self, destination: Destination, message: Message, form: Form, reply_to: ReplyAddress, *, silent: bool
    ) -> Receipt:
        file = None if form is Form.MINIMAL else message.attachment
        as_photo = form is Form.RICH
        rendered = render(message, form, plain_times=self._plain_times)
        try:
            return await self._post(destination, rendered, reply_to, silent=silent, file=file, as_photo=as_photo)
        except RefusedRequest as refusal:
            if not (rendered.has_times and refusal.is_about_times):
                raise
            self._plain_times = True
        rendered = render(message, form, plain_times=True)
        return await self._post(destination, rendered, reply_to, silent=silent, file=file, as_photo=as_photo)

    async def _edit(self, destination: Destination, message_id: str, message: Message, form: Form) -> None:
        rendered = render(message, form, plain_times=self._plain_times)
        try:
            await self._replace(destination, message_id, rendered)
        except RefusedRequest as refusal:
            if not (rendered.has_times and refusal.is_about_times):
                raise
            self._plain_times = True
            await self._replace(destination, message_id, render(message, form, plain_times=True))

    async def _replace(self, destination: Destination, message_id: str, rendered: Rendered) -> None:
        await self._bot.edit_message_text(
            chat_id=destination.address,
            message_id=_number(message_id),
            text=rendered.text,
            parse_mode=rendered.parse_mode,
            reply_markup=rendered.keyboard,
            link_preview_options=_NO_PREVIEW,
        )

    async def _post(
        self,
        destination: Destination,
        rendered: Rendered,
        reply_to: ReplyAddress,
        *,
        silent: bool,
        file: Attachment | None,
        as_photo: bool,
    ) -> Receipt:
        """A text, a photo, or a document; a picture that is refused as a photo may still go as a document."""
        answered = _number(reply_to.message)
        shared: _Shared = {
            "chat_id": destination.address,
            "parse_mode": rendered.parse_mode,
            "reply_markup": rendered.keyboard,
            "message_thread_id": _number(destination.thread),
            "disable_notification": silent,
            "reply_parameters": ReplyParameters(answered, allow_sending_without_reply=True) if answered else None,
        }
        if file is None:
            sent = await self._bot.send_message(text=rendered.text, link_preview_options=_NO_PREVIEW, **shared)
        elif file.is_picture and as_photo:
            sent = await self._bot.send_photo(photo=file.content, filename=file.name, caption=rendered.text, **shared)
        else:
            sent = await self._bot.send_document(
                document=InputFile(file.content, file.name),
                caption=rendered.text,
                disable_content_type_detection=True,
                **shared,
            )
        return Receipt(str(sent.message_id))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


async def _in_time(work: Coroutine[Any, Any, T]) -> T:
    """What Telegram answers. Raises SendError where it refuses, takes too long, or answers what cannot be read."""
    try:
        async with asyncio.timeout(_SEND_SECONDS):
            return await work
    except TimeoutError as late:
        cause = f"Telegram did not answer within {_SEND_SECONDS:.0f} s."
        raise SendError(SendOutcome.UNKNOWN, cause) from late
    except (KeyError, TypeError, ValueError, AttributeError) as odd:
        cause = f"Telegram's answer cannot be read ({type(odd).__name__})."
        raise SendError(SendOutcome.UNKNOWN, cause) from odd
    except TelegramError as problem:
        raise build_send_error(problem) from problem
