"""Updates by long polling: no public address is needed.

The library's Updater confirms updates before they are handled, so a crash loses them; here an update is stored first
and confirmed by the next request.
"""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.chat.telegram.failures import RefusedRequest, build_send_error
from bot.chat.telegram.patience import FIRST_WAIT, Patience
from bot.chat.telegram.transport import ANSWER_SECONDS, ApiRequest
from bot.chat.telegram.updates import KINDS_OF_UPDATES
from bot.commands.chat_app import StoreUpdate
from bot.domain.chats import InboundUpdate, Platform
from bot.errors import StoreError
from bot.ports.clock import Clock

_POLL_SECONDS = 30  # the server allows 50
_BATCH = 100
_STORE_WAIT = 5.0

log = structlog.get_logger(__name__)


class LongPolling:
    """Asks for updates, over a connection of its own."""

    def __init__(self, telegram_bot: Bot, polling: ApiRequest, clock: Clock, patience: Patience) -> None:
        self._bot = telegram_bot
        self._polling = polling
        self._clock = clock
        self._patience = patience

    async def receive(self, store_update: StoreUpdate) -> None:
        """Polls until cancelled; every update is stored before it is confirmed to Telegram.

        Updates that were stored but not confirmed when the process died come again. A webhook that was set for the
        token is taken away. Raises SendError (UNAUTHORISED) if the token is refused.
        """
        offset = 0
        while True:
            try:
                offset = await self._receive_batch(offset, store_update)
                self._patience.restore()
            except TelegramError as problem:
                if isinstance(problem, RefusedRequest) and problem.is_about_webhook:
                    await self._leave_webhook()
                await self._patience.wait_out(problem)
            except StoreError as problem:
                # Nothing was confirmed, so Telegram keeps it and sends it again.
                log.warning("telegram_update_not_stored", reason=str(problem))
                await self._clock.sleep(_STORE_WAIT)

    async def _receive_batch(self, offset: int, store_update: StoreUpdate) -> int:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        batch = await self._fetch(offset)
        for content in batch:
            key = int(content["update_id"])
            await store_update(InboundUpdate(Platform.TELEGRAM, str(key), json.dumps(content), self._clock.now()))
            offset = key + 1
        if not batch and loop.time() - asked_at < 1:
            await self._clock.sleep(FIRST_WAIT)  # the server does not hold the request, so the pace is ours
        return offset

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        """Raw updates: the library would refuse a whole batch for one update it cannot read."""
        asked = {
            "offset": offset,
            "limit": _BATCH,
            "timeout": _POLL_SECONDS,
            "allowed_updates": json.dumps(KINDS_OF_UPDATES),
        }
        body = await self._polling.retrieve(
            f"{self._bot.base_url}/getUpdates?{urlencode(asked)}", read_timeout=_POLL_SECONDS + ANSWER_SECONDS
        )
        result = json.loads(body)["result"]
        updates = result if isinstance(result, list) else []
        return [update for update in updates if isinstance(update, dict) and isinstance(update.get("update_id"), int)]

    async def _leave_webhook(self) -> None:
        log.warning("telegram_webhook_removed", reason="It was set for this token, and polling needs it gone.")
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramError as problem:
            log.warning("telegram_webhook_not_removed", reason=str(build_send_error(problem)))
