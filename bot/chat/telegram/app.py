"""Updates in from Telegram by long polling, and what else belongs to hearing people: notices and who is an admin.

The library's Updater confirms updates before they are handled, so a crash loses them; here an update is stored first
and confirmed by the next request.
"""

import asyncio
import json
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.chat.telegram.failures import RefusedRequest, build_send_error
from bot.chat.telegram.fitting import cut
from bot.chat.telegram.transport import ANSWER_SECONDS, ApiRequest
from bot.chat.telegram.updates import find_press_id, read_update
from bot.commands.chat_app import Membership, Received, StoreUpdate
from bot.commands.invocation import Invocation
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Platform
from bot.domain.dialogs import Dialog
from bot.errors import SendOutcome, StoreError
from bot.ports.clock import Clock

_POLL_SECONDS = 30  # the server allows 50
_BATCH = 100
_KINDS_OF_UPDATES = ("message", "callback_query", "my_chat_member", "channel_post")
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_STORE_WAIT = 5.0
_NOTICE_LIMIT = 200  # telegram.constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
_NOTICE_SECONDS = 5.0
_ADMIN_SECONDS = 60.0
_MOST_ADMINS = 10_000
_ADMIN_STATUS = {"creator", "administrator"}

log = structlog.get_logger(__name__)


class TelegramApp:
    """The inbound half of the Telegram adapter. Connects when `receive` runs, not before."""

    def __init__(
        self,
        telegram_bot: Bot,
        polling: ApiRequest,
        clock: Clock,
        commands: Sequence[tuple[str, str]],
        *,
        chance: random.Random,
    ) -> None:
        self._bot = telegram_bot
        self._polling = polling
        self._clock = clock
        self._commands = tuple(commands)
        self._chance = chance
        self._id = bot_id(telegram_bot.token)
        self._name = ""
        self._failures = 0
        self._admins: dict[tuple[str, str], tuple[float, bool]] = {}

    @property
    def platform(self) -> Platform:
        """Telegram."""
        return Platform.TELEGRAM

    async def receive(self, store_update: StoreUpdate) -> None:
        """Polls until cancelled; every update is stored before it is confirmed to Telegram.

        Updates that were stored but not confirmed when the process died come again. Whatever passes is waited out;
        raises SendError (UNAUTHORISED) if the token is refused.
        """
        offset = 0
        while True:
            try:
                if not self._name:
                    await self._introduce()
                offset = await self._receive_batch(offset, store_update)
                self._failures = 0
            except TelegramError as problem:
                await self._wait_out(problem)
            except StoreError as problem:
                # Nothing was confirmed, so Telegram keeps it and sends it again.
                log.warning("telegram_update_not_stored", reason=str(problem))
                await self._clock.sleep(_STORE_WAIT)

    async def _introduce(self) -> None:
        me = await self._bot.get_me()
        self._name = me.username or ""
        log.info("telegram_connected", bot=f"@{self._name}")
        try:
            await self._publish_commands()
        except TelegramError as problem:
            log.warning("telegram_commands_not_set", reason=str(build_send_error(problem)))

    async def _publish_commands(self) -> None:
        wanted = [BotCommand(name, description) for name, description in self._commands]
        if wanted and list(await self._bot.get_my_commands()) != wanted:
            await self._bot.set_my_commands(wanted)

    async def _receive_batch(self, offset: int, store_update: StoreUpdate) -> int:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        batch = await self._fetch(offset)
        for content in batch:
            key = int(content["update_id"])
            await store_update(InboundUpdate(Platform.TELEGRAM, str(key), json.dumps(content), self._clock.now()))
            offset = key + 1
        if not batch and loop.time() - asked_at < 1:
            await self._clock.sleep(_FIRST_WAIT)  # the server does not hold the request, so the pace is ours
        return offset

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        """Raw updates: the library would refuse a whole batch for one update it cannot read."""
        asked = {
            "offset": offset,
            "limit": _BATCH,
            "timeout": _POLL_SECONDS,
            "allowed_updates": json.dumps(_KINDS_OF_UPDATES),
        }
        body = await self._polling.retrieve(
            f"{self._bot.base_url}/getUpdates?{urlencode(asked)}", read_timeout=_POLL_SECONDS + ANSWER_SECONDS
        )
        result = json.loads(body)["result"]
        updates = result if isinstance(result, list) else []
        return [update for update in updates if isinstance(update, dict) and isinstance(update.get("update_id"), int)]

    async def _wait_out(self, problem: TelegramError) -> None:
        error = build_send_error(problem)
        if error.outcome is SendOutcome.UNAUTHORISED:
            log.error("telegram_token_refused", reason=str(error))
            raise error from problem
        if isinstance(problem, RefusedRequest) and problem.is_about_webhook:
            await self._leave_webhook()
        log.warning("telegram_not_reached", reason=str(error), failures=self._failures + 1)
        await self._back_off(error.retry_after)

    async def _leave_webhook(self) -> None:
        log.warning("telegram_webhook_removed", reason="It was set for this token, and polling needs it gone.")
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramError as problem:
            log.warning("telegram_webhook_not_removed", reason=str(build_send_error(problem)))

    async def _back_off(self, at_least: timedelta | None = None) -> None:
        wait = min(_FIRST_WAIT * 2 ** min(self._failures, 10), _LONGEST_WAIT) * (0.75 + self._chance.random() / 2)
        self._failures += 1
        await self._clock.sleep(max(wait, at_least.total_seconds() if at_least else 0.0))

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
        """Whether the person administers the chat, as Telegram said within the last minute.

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

    async def show_dialog(self, update: InboundUpdate, destination: Destination, dialog: Dialog) -> bool:
        """Telegram has no screens to fill in; the messages and buttons of the same answers do it."""
        del update, destination, dialog
        return False

    async def find_obstacle(self, destination: Destination) -> str:
        """A bot that hears a chat may write there; where an admin forbade it, sending says so."""
        del destination
        return ""


def bot_id(token: str) -> int:
    """The bot's own user id, which its token begins with; 0 if the token has not that form."""
    number = token.partition(":")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0
