"""Reminds groups that asked for it of critical alerts that nobody has taken in hand, once each."""

from collections.abc import Callable
from typing import Protocol

import structlog

from bot.domain.chats import ChatKind
from bot.domain.language import speaking
from bot.domain.reminders import REMIND_AFTER, TOO_LATE, build_reminder, find_admins
from bot.ports.attention_store import AttentionReader
from bot.ports.chat_store import AuditStore
from bot.ports.clock import Clock
from bot.ports.outbox_store import DeliveryStore
from bot.ports.triage_store import TriageStore
from bot.services.rounds import look_every

_EVERY_SECONDS = 20.0
_MOST_READ = 200

log = structlog.get_logger(__name__)


class RemindingStore(TriageStore, AttentionReader, AuditStore, DeliveryStore, Protocol):
    """The part of the store that reminders need."""


class CriticalReminders:
    """Looks after critical cards. `on_messages` is called after reminders were put into the outbox."""

    def __init__(self, store: RemindingStore, clock: Clock, *, on_messages: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._clock = clock
        self._on_messages = on_messages

    async def run(self) -> None:
        """Looks three times a minute until cancelled."""
        await look_every(_EVERY_SECONDS, self.send_due, self._on_messages, self._clock, failed="reminders_failed")

    async def send_due(self) -> int:
        """Queues the reminders that are due; how many. Raises StoreError."""
        now = self._clock.now()
        attention = await self._store.list_attention()
        wanted = sorted(key for key, one in attention.items() if one.settings.reminders)
        found = [await self._store.list_unanswered(key, now - TOO_LATE, now - REMIND_AFTER) for key in wanted]
        due = [card for cards in found for card in cards if card.destination.kind is not ChatKind.PRIVATE]
        for card in due:
            trail = await self._store.list_audit(_MOST_READ, card.destination.key)
            admins = find_admins(trail, card.destination.platform)
            settings = attention[card.destination.key].settings
            with speaking(settings.language):
                reminder = build_reminder(card, admins, discreet=settings.discreet)
            await self._store.enqueue([reminder], now)
            log.info("reminder_queued", destination=card.destination.key, alert=card.alert_id)
        return len(due)
