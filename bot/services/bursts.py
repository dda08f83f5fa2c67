"""Puts what is too much for a chat into one rolling message, and says what that stands for."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.bursts import BUSY, COUNTED, build_burst, choose_covered, find_room
from bot.domain.chats import Platform
from bot.domain.deliveries import Delivery, OutgoingMessage, Urgency, withdraw
from bot.domain.language import speaking
from bot.domain.messages import Message
from bot.ports.chat_store import SubscriptionStore
from bot.ports.outbox_store import BurstStore, DeliveryStore
from bot.services.catalog import Catalog
from bot.services.routing import find_watcher

log = structlog.get_logger(__name__)


class BurstingStore(BurstStore, DeliveryStore, SubscriptionStore, Protocol):
    """The part of the store that bursts need."""


async def is_covered(store: BurstingStore, delivery: Delivery, now: datetime) -> bool:
    """Whether a claimed delivery is dealt with because its chat is busy. Raises StoreError.

    A card then stands in the chat's rolling message, and an update is left to the edit of its card. Critical alerts,
    answers and notices are never covered, and nothing is in a terminal, which cannot edit.
    """
    is_alert = delivery.alert_id and delivery.edits is None and delivery.urgency is Urgency.ALERT
    if not is_alert or delivery.destination.platform is Platform.CONSOLE:
        return False
    load = await store.read_load(delivery.destination.key, now - COUNTED)
    if delivery.message is not None:
        busy = load.burst is not None or not find_room(load.sent, now)
        if busy:
            await store.record_failure(delivery.id, withdraw(delivery, BUSY), now)
        return busy
    covered = choose_covered(load, now)
    if not covered:
        return False
    if load.burst is not None:
        await store.grow_burst(load.burst.id, covered, delivery.id, now)
    else:
        key = f"burst:{delivery.destination.key}:{delivery.id}:{now.timestamp():.0f}"
        # What it says is put together when it goes out, after the cards that stay cards.
        rolling = Message((), "", silent=True)
        message = OutgoingMessage(key, delivery.destination, rolling, urgency=Urgency.NOTICE)
        await store.open_burst(covered, message, delivery.id, now)
        log.info("burst_opened", destination=delivery.destination.key, alerts=len(covered))
    return any(card.id == delivery.id for card in covered)


async def compose_burst(store: BurstingStore, catalog: Catalog, delivery: Delivery, now: datetime) -> Message:
    """What a rolling message says now; after ten calm minutes, for the last time. Raises StoreError."""
    contents = await store.read_burst(delivery.burst)
    watcher = await find_watcher(store, catalog, delivery.destination)
    await store.settle_burst(delivery.burst, now)
    with speaking(watcher.language):
        message = build_burst(
            contents, delivery.destination, frozenset(watcher.least), calm=contents.burst.is_calm(now)
        )
    if watcher.attention.settings.discreet:  # no list and no headline where a screen is looked at by others
        return replace(message, blocks=message.blocks[:1])
    return message
