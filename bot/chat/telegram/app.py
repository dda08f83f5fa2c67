"""Updates in from Telegram, and what else belongs to hearing people: notices and who is an admin."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import structlog
from telegram import Bot
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot.chat.telegram.buttons import build_keyboard
from bot.chat.telegram.downloads import Downloads
from bot.chat.telegram.failures import build_send_error
from bot.chat.telegram.fitting import cut
from bot.chat.telegram.menus import publish_menus
from bot.chat.telegram.messenger import TelegramMessenger
from bot.chat.telegram.patience import Patience
from bot.chat.telegram.polling import LongPolling
from bot.chat.telegram.updates import find_press_id, read_update
from bot.chat.telegram.webhook import Webhook
from bot.chat.telegram.working import TelegramWorking, show_working
from bot.commands.bare_chat import BareChat
from bot.commands.chat_app import Membership, Received, ReceivedFile, StoreUpdate, Working
from bot.commands.invocation import Invocation
from bot.commands.menus import Menu
from bot.domain.chats import NO_REPLY_ADDRESS, ChatKind, Destination, InboundUpdate, Platform, ReplyAddress
from bot.domain.deliveries import Form
from bot.domain.messages import Button, Message
from bot.errors import SendError
from bot.ports.clock import Clock

_NOTICE_LIMIT = 200  # telegram.constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
_NOTICE_SECONDS = 5.0
_ADMIN_SECONDS = 300.0
_MOST_ADMINS = 10_000
# https://core.telegram.org/method/account.checkUsername; groups and channels have negative numbers.
_CHAT_NAME = re.compile(r"@[A-Za-z0-9_]{4,32}|-[0-9]{5,20}")
_ADMIN_STATUS = {"creator", "administrator"}

log = structlog.get_logger(__name__)


class TelegramApp(BareChat):
    """The inbound half of the Telegram adapter. Connects when `receive` runs, not before."""

    def __init__(
        self,
        telegram_bot: Bot,
        messenger: TelegramMessenger,
        downloads: Downloads,
        source: LongPolling | Webhook,
        *,
        clock: Clock,
        patience: Patience,
        menus: Sequence[Menu],
    ) -> None:
        self._bot = telegram_bot
        self._messenger = messenger
        self._downloads = downloads
        self._source = source
        self._clock = clock
        self._menus = tuple(menus)
        self._patience = patience
        self._id = bot_id(telegram_bot.token)
        self._name = ""
        self._admins: dict[tuple[str, str], tuple[float, bool]] = {}

    @property
    def platform(self) -> Platform:
        """Telegram."""
        return Platform.TELEGRAM

    async def receive(self, store_update: StoreUpdate) -> None:
        """Listens until cancelled; every update is stored before it is confirmed to Telegram.

        Whatever passes is waited out; raises SendError (UNAUTHORISED) if the token is refused.
        """
        while not self._name:
            try:
                await self._introduce()
            except TelegramError as problem:
                await self._patience.wait_out(problem)
        self._patience.restore()
        await self._source.receive(store_update)

    async def _introduce(self) -> None:
        me = await self._bot.get_me()
        self._name = me.username or str(self._id)
        log.info("telegram_connected", bot=f"@{self._name}")
        await publish_menus(self._bot, self._menus)

    def read(self, update: InboundUpdate) -> Received | Membership | None:
        """What an update asks for; None for updates that ask nothing."""
        return read_update(update, self._id, self._name)

    async def show_notice(self, update: InboundUpdate, notice: str) -> None:
        """Ends the waiting state of a pressed button, with at most 200 characters of `notice`. Never raises."""
        press = find_press_id(update)
        if not press:
            return
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                await self._bot.answer_callback_query(press, text=cut(notice, _NOTICE_LIMIT) or None)
        except (TelegramError, TimeoutError) as problem:
            log.info("telegram_notice_not_shown", reason=type(problem).__name__)

    async def is_admin(self, invocation: Invocation) -> bool:
        """Whether the person administers the chat, as Telegram said within the last five minutes.

        An anonymous admin speaks in the chat's own name, so the person is the chat. Other channels that speak in a
        group are nobody's admin. False when Telegram cannot be asked.
        """
        chat, person = invocation.destination.address, invocation.person.id
        if invocation.destination.kind is ChatKind.PRIVATE or person == chat:
            return True
        if not person.isdecimal():
            return False
        now = self._clock.monotonic()
        known_at, known = self._admins.get((chat, person), (float("-inf"), False))
        if now - known_at < _ADMIN_SECONDS:
            return known
        try:
            member = await self._bot.get_chat_member(chat, int(person))
        except TelegramError as problem:
            log.warning("telegram_admin_not_known", reason=str(build_send_error(problem)))
            return False
        if len(self._admins) >= _MOST_ADMINS:
            self._admins.clear()
        self._admins[chat, person] = now, member.status in _ADMIN_STATUS
        return member.status in _ADMIN_STATUS

    async def show_buttons(self, update: InboundUpdate, buttons: Sequence[Sequence[Button]]) -> bool:
        """Puts other buttons under the pressed message. False where Telegram does not let us. Never raises."""
        content = self.read(update)
        if not isinstance(content, Received) or not content.invocation.replied_message:
            return False
        invocation = content.invocation
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                await self._bot.edit_message_reply_markup(
                    chat_id=invocation.destination.address,
                    message_id=int(invocation.replied_message),
                    reply_markup=build_keyboard(buttons),
                )
        except (TelegramError, TimeoutError) as problem:
            is_same = isinstance(problem, BadRequest) and "not modified" in problem.message.lower()
            if not is_same:
                log.info("telegram_buttons_not_shown", reason=type(problem).__name__)
            return is_same
        return True

    async def show_in_place(self, update: InboundUpdate, destination: Destination, message: Message) -> bool:
        """Edits the pressed message. False where Telegram does not let us. Never raises."""
        content = self.read(update)
        pressed = content.invocation.replied_message if isinstance(content, Received) else ""
        if not pressed:
            return False
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                await self._messenger.edit(destination, pressed, message, form=Form.RICH)
        except (SendError, TimeoutError) as problem:
            log.info("telegram_message_not_edited", reason=str(problem) or "timeout")
            return False
        return True

    async def find_chat(self, name: str) -> Destination | None:
        """A group or channel by `@name` or number. Never raises."""
        if not _CHAT_NAME.fullmatch(name):
            return None
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                chat = await self._bot.get_chat(name)
        except (TelegramError, TimeoutError) as problem:
            log.info("telegram_chat_not_found", reason=type(problem).__name__)
            return None
        kind = ChatKind.CHANNEL if chat.type == ChatType.CHANNEL else ChatKind.GROUP
        return Destination(Platform.TELEGRAM, str(chat.id), kind=kind, title=chat.title or "")

    async def read_file(self, file: ReceivedFile) -> str:
        """The text of a file, at most 100,000 bytes. Raises NotFound and SettingsError."""
        return await self._downloads.read_text(file)

    def show_working(self, destination: Destination, reply_to: ReplyAddress) -> AbstractAsyncContextManager[Working]:
        """Typing after a second, `Working…` after five."""
        return show_working(TelegramWorking(self._bot, self._messenger, self._clock, destination, reply_to))

    async def leave(self, destination: Destination, farewell: Message) -> None:
        """Says a last word in a chat and leaves it. Never raises."""
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                await self._messenger.send(
                    destination, farewell, form=Form.RICH, reply_to=NO_REPLY_ADDRESS, silent=True
                )
        except (SendError, TimeoutError) as problem:
            log.info("telegram_farewell_not_said", reason=str(problem) or "timeout")
        try:
            async with asyncio.timeout(_NOTICE_SECONDS):
                await self._bot.leave_chat(destination.address)
        except (TelegramError, TimeoutError) as problem:
            log.info("telegram_chat_not_left", reason=type(problem).__name__)


def bot_id(token: str) -> int:
    """The bot's own user id, which its token begins with; 0 if the token has not that form."""
    number = token.partition(":")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0
