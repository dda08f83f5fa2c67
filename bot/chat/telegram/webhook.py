"""Updates by webhook: Telegram calls an https address of ours, and keeps what we could not store for a day."""

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.chat.telegram.patience import Patience
from bot.chat.telegram.updates import KINDS_OF_UPDATES
from bot.commands.chat_app import StoreUpdate
from bot.domain.chats import InboundUpdate, Platform
from bot.errors import StoreError
from bot.ports.clock import Clock
from bot.services.hooks import LATER, Hook, HookAnswer, HookCall, Hooks

# https://core.telegram.org/bots/api#setwebhook
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  the name of a header
_LOOK_SECONDS = 600.0
_LONGEST_REASON = 200
_STORED = HookAnswer()
_FORBIDDEN = HookAnswer(403)
_UNREADABLE = HookAnswer(400)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """The https address that Telegram calls, and the secret (1 to 256 of `A-Za-z0-9_-`) that it shows there.

    An empty `secret` is made from the token, so that it is the same after every start and nobody has to keep it.
    """

    url: str
    secret: str = ""

    @property
    def path(self) -> str:
        """Where our own server is called."""
        return urlsplit(self.url).path

    def secret_for(self, token: str) -> str:
        """The secret for a bot."""
        return self.secret or hmac.new(token.encode(), b"tocsin webhook", sha256).hexdigest()


class Webhook:
    """Has itself called at an address of `hooks`."""

    def __init__(
        self, telegram_bot: Bot, hooks: Hooks, address: WebhookAddress, clock: Clock, patience: Patience
    ) -> None:
        self._bot = telegram_bot
        self._hooks = hooks
        self._address = address
        self._clock = clock
        self._patience = patience
        self._secret = address.secret_for(telegram_bot.token)

    async def receive(self, store_update: StoreUpdate) -> None:
        """Answers calls until cancelled, each after its update was stored.

        Looks every ten minutes whether the webhook still is what was set. It stays set when this ends: Telegram keeps
        what happens meanwhile. Raises SendError (UNAUTHORISED) if the token is refused.
        """
        self._hooks.open(self._address.path, self._build_hook(store_update))
        try:
            is_set = False
            while True:
                try:
                    is_set = is_set and await self._is_in_place()
                    if not is_set:
                        await self._set()
                        is_set = True
                    self._patience.restore()
                except TelegramError as problem:
                    await self._patience.wait_out(problem)
                    continue
                await self._clock.sleep(_LOOK_SECONDS)
        finally:
            self._hooks.close(self._address.path)

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._address.url,
            allowed_updates=KINDS_OF_UPDATES,
            drop_pending_updates=False,
            secret_token=self._secret,
        )
        log.info("telegram_webhook_set", address=self._address.url)

    async def _is_in_place(self) -> bool:
        """Whether Telegram still calls our address; tells what it complained of."""
        info = await self._bot.get_webhook_info()
        if info.url != self._address.url:
            log.warning("telegram_webhook_lost", reason="Another process with this token took it away.")
            return False
        if info.last_error_message and info.pending_update_count:
            reason = info.last_error_message[:_LONGEST_REASON]
            log.warning("telegram_webhook_troubled", reason=reason, waiting=info.pending_update_count)
        return True

    def _build_hook(self, store_update: StoreUpdate) -> Hook:
        async def answer(call: HookCall) -> HookAnswer:
            shown = call.headers.get(_SECRET_HEADER, "")
            if not hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), self._secret.encode()):
                return _FORBIDDEN
            key = _find_key(call.body)
            if key is None:
                return _UNREADABLE
            payload = call.body.decode("utf-8", "replace")
            try:
                await store_update(InboundUpdate(Platform.TELEGRAM, key, payload, self._clock.now()))
            except StoreError as problem:
                log.warning("telegram_update_not_stored", reason=str(problem))
                return LATER
            return _STORED

        return answer


def _find_key(body: bytes) -> str | None:
    """The number of the update; None for a body that is none."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = content.get("update_id") if isinstance(content, dict) else None
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else None
