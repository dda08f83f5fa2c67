"""Watches whether the database takes writes; while it does not, polling waits, and the owner is told once it does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import speaking
from bot.domain.messages import plain_message
from bot.domain.recovery import Recovery, recovery_words, refusal_words
from bot.errors import StoreDamaged, StoreError, Superseded
from bot.ports.attention_store import AttentionReader
from bot.ports.clock import Clock
from bot.ports.outbox_store import DeliveryStore
from bot.ports.store import UpkeepStore
from bot.services.chat_settings import find_chat_language
from bot.services.health import Health

_LOOK_SECONDS = 10.0
# Recovery within 30 s of the cure is promised; sending has waits of its own behind this.
_LOOK_AGAIN_SECONDS = 2.0
# Shorter troubles are waited out without a word.
_WORTH_A_NOTICE = timedelta(seconds=20)

FindOwner = Callable[[], Destination | None]

log = structlog.get_logger(__name__)


class WatchedStore(UpkeepStore, DeliveryStore, AttentionReader, Protocol):
    """The part of the store that is needed here."""


class StoreWatch:
    """Tries a small write every ten seconds, every two while that fails.

    Whom `find_owner` names gets the notices, which the log has as well.
    """

    def __init__(self, store: WatchedStore, health: Health, clock: Clock, find_owner: FindOwner) -> None:
        self._store = store
        self._health = health
        self._clock = clock
        self._find_owner = find_owner
        self._refused_since: float | None = None
        self._reason = ""

    @property
    def is_writable(self) -> bool:
        """Whether the last write succeeded."""
        return self._refused_since is None

    def record_refusal(self, error: StoreError) -> None:
        """A write failed: nothing is polled until one succeeds."""
        if self._refused_since is None:
            self._refused_since = self._clock.monotonic()
            self._health.pauses += 1
            log.error("database_refuses", reason=str(error))
        self._reason = self._health.store_problem = str(error)

    async def run(self) -> None:
        """Looks until cancelled. Raises StoreDamaged or Superseded: then this store is of no more use."""
        while True:
            await self.look()
            self._health.beat("database")
            await self._clock.sleep(_LOOK_SECONDS if self.is_writable else _LOOK_AGAIN_SECONDS)

    async def look(self) -> None:
        """Tries to write once."""
        try:
            await self._store.check_writable(self._clock.now())
            await self._tell_that_it_is_over()
        except (StoreDamaged, Superseded):
            raise
        except StoreError as error:
            self.record_refusal(error)

    async def _tell_that_it_is_over(self) -> None:
        if self._refused_since is None:
            return
        lasted = timedelta(seconds=self._clock.monotonic() - self._refused_since)
        if lasted >= _WORTH_A_NOTICE:
            await self._tell_owner(partial(refusal_words, self._reason, lasted), "refused")
        self._refused_since = None
        self._health.store_problem = ""
        log.info("database_writable", after_seconds=round(lasted.total_seconds()))

    async def tell_recovery(self, recovery: Recovery) -> None:
        """Tells the owner that the database is another one than before."""
        await self._tell_owner(partial(recovery_words, recovery), "recovered")

    async def _tell_owner(self, words: Callable[[], str], kind: str) -> None:
        """One notice, in the log and to the owner in the language of that chat. Raises StoreError."""
        log.warning("notice", text=words())
        owner = self._find_owner()
        if owner:
            now: datetime = self._clock.now()
            key = f"notice:{kind}:{now:%Y%m%dT%H%M%S}"
            with speaking(await find_chat_language(self._store, owner.key)):
                text = words()
            notice = OutgoingMessage(key, owner, plain_message(text), urgency=Urgency.NOTICE)
            await self._store.enqueue([notice], now)
