"""What a chat sees while its request takes a while: typing after a second, `Working…` after five."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.chat.telegram.messenger import TelegramMessenger
from bot.domain.chats import Destination, ReplyAddress
from bot.domain.deliveries import Form
from bot.domain.language import tr
from bot.domain.messages import Message, plain_message
from bot.errors import SendError
from bot.ports.clock import Clock

_TYPING_AFTER = 1.0
_WORKING_AFTER = 5.0
# The app shows it for five seconds: https://core.telegram.org/bots/api#sendchataction
_TYPING_AGAIN = 4.0
_CALL_SECONDS = 5.0

log = structlog.get_logger(__name__)


class TelegramWorking:
    """One request that is being worked on."""

    def __init__(
        self,
        telegram_bot: Bot,
        messenger: TelegramMessenger,
        clock: Clock,
        destination: Destination,
        reply_to: ReplyAddress,
    ) -> None:
        self._bot = telegram_bot
        self._messenger = messenger
        self._clock = clock
        self._destination = destination
        self._reply_to = reply_to
        self._shown = ""

    async def finish(self, message: Message) -> bool:
        """Puts the answer into the place of `Working…`; False where that was not shown or cannot be changed."""
        if not self._shown or message.attachment is not None:
            return False
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await self._messenger.edit(self._destination, self._shown, message, form=Form.RICH)
        except (SendError, TimeoutError) as problem:
            log.info("telegram_answer_not_put_in_place", reason=str(problem) or "timeout")
            return False
        self._shown = ""
        return True

    async def clear(self) -> None:
        """Takes `Working…` away, where no answer took its place. Never raises."""
        if self._shown:
            with contextlib.suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(_CALL_SECONDS):
                    await self._bot.delete_message(self._destination.address, int(self._shown))

    async def show(self) -> None:
        """Shows what it may until cancelled. Never raises anything else: it is a courtesy."""
        await self._clock.sleep(_TYPING_AFTER)
        await self._type()
        await self._clock.sleep(_WORKING_AFTER - _TYPING_AFTER)
        with contextlib.suppress(SendError, TimeoutError):
            async with asyncio.timeout(_CALL_SECONDS):
                sent = await self._messenger.send(
                    self._destination,
                    plain_message(tr("Working…")),
                    form=Form.RICH,
                    reply_to=self._reply_to,
                    silent=True,
                )
                self._shown = sent.message
        while True:
            await self._type()
            await self._clock.sleep(_TYPING_AGAIN)

    async def _type(self) -> None:
        thread = self._destination.thread
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(_CALL_SECONDS):
                await self._bot.send_chat_action(
                    self._destination.address, ChatAction.TYPING, message_thread_id=int(thread) if thread else None
                )


@asynccontextmanager
async def show_working(working: TelegramWorking) -> AsyncIterator[TelegramWorking]:
    """Shows that a request is worked on until the block ends."""
    showing = asyncio.create_task(working.show())
    try:
        yield working
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        await working.clear()
