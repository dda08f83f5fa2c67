"""Lets out what quiet hours held, as one message, as soon as they are over or switched off."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import speaking
from bot.domain.mornings import HeldCard, build_summary
from bot.domain.routing import Watcher
from bot.ports.attention_store import HoldingStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.clock import Clock
from bot.ports.outbox_store import CoverStore
from bot.services.catalog import Catalog
from bot.services.rounds import look_every
from bot.services.routing import find_watcher

_EVERY_SECONDS = 10.0

log = structlog.get_logger(__name__)


class MorningStore(HoldingStore, CoverStore, SubscriptionStore, Protocol):
    """The part of the store that held cards need."""


async def list_held_for(store: HoldingStore, destination: Destination) -> list[HeldCard]:
    """The cards that quiet hours or a pause hold back from one chat, oldest first."""
    return [card for card in await store.list_held() if card.destination.key == destination.key]


class HeldCards:
    """Looks after the cards that quiet hours hold. `on_messages` is called after some were let out."""

    def __init__(
        self, store: MorningStore, catalog: Catalog, clock: Clock, *, on_messages: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._on_messages = on_messages

    async def run(self) -> None:
        """Looks every ten seconds until cancelled."""
        await look_every(_EVERY_SECONDS, self.release_due, self._on_messages, self._clock, failed="held_cards_failed")

    async def release_due(self) -> int:
        """Lets out what no quiet hours and no pause hold any more; in how many chats. Raises StoreError."""
        now = self._clock.now()
        held: dict[Destination, list[HeldCard]] = defaultdict(list)
        for card in await self._store.list_held():
            held[card.destination].append(card)
        released = 0
        for destination, cards in held.items():
            watcher = await find_watcher(self._store, self._catalog, destination)
            if not watcher.is_quiet(now) and not watcher.is_paused(now):
                await self._release(watcher, cards, now)
                released += 1
        return released

    async def _release(self, watcher: Watcher, cards: Sequence[HeldCard], now: datetime) -> None:
        destination = watcher.destination
        critical: list[datetime] = []
        if watcher.quiet:
            began = watcher.quiet.find_begin(cards[0].created_at, watcher.zone)
            critical = await self._store.list_critical(destination.key, began)
        ids = [card.id for card in cards]
        if len(cards) + len(critical) > 1:  # a single alert is better shown than summed up
            key = f"quiet:{destination.key}:{cards[-1].id}"
            with speaking(watcher.language):
                message = build_summary(cards, critical, destination)
            summary = OutgoingMessage(key, destination, message, urgency=Urgency.NOTICE)
            await self._store.cover_cards(ids, summary, now)
        else:
            await self._store.release_held(ids, now)
        log.info("held_cards_released", destination=destination.key, alerts=len(cards))
