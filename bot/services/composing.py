"""What a delivery says at the moment when it goes out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import AlertView
from bot.domain.cards import all_matches, build_card
from bot.domain.deliveries import Delivery
from bot.domain.discreet import hide_card
from bot.domain.language import speaking
from bot.domain.lateness import Sending, explain_delay
from bot.domain.messages import Message
from bot.domain.policy import NO_LONGER_WATCHED, ringing
from bot.matching.records import Priority
from bot.ports.alert_store import AlertStore
from bot.ports.attention_store import SoundStore
from bot.ports.feed_store import FeedStore
from bot.services.bursts import BurstingStore, compose_burst
from bot.services.catalog import Catalog
from bot.services.chat_settings import get_settings
from bot.services.routing import find_watcher
from bot.services.sounding import settle_sound
from bot.services.veiling import veil_for

_NEVER_SENT = "the message it was to change was never sent"


class ComposingStore(AlertStore, BurstingStore, SoundStore, FeedStore, Protocol):
    """The part of the store that composing needs."""

    async def find_story_alert(self, story_id: int, destination_key: str) -> str | None:
        """The first alert of a story that was shown at a destination."""
        ...


@dataclass(frozen=True, slots=True)
class Composed:
    """A delivery and its message as they go out."""

    delivery: Delivery
    message: Message


async def compose(
    store: ComposingStore, catalog: Catalog, delivery: Delivery, sending: Sending, now: datetime
) -> Composed | str:
    """The delivery and its message as they go out now, or why it is not needed any more. Raises StoreError.

    A card is built from what is known by now, and an edit puts the same card into the place of an earlier one. What the
    chat does not want to have named is left out of every message.
    """
    if delivery.edits == "":
        return _NEVER_SENT
    if delivery.burst:
        message = await compose_burst(store, catalog, delivery, now)
    elif delivery.message is not None:
        message = delivery.message
    else:
        return await _compose_card(store, catalog, delivery, sending, now)
    return Composed(delivery, await veil_for(store, await get_settings(store, delivery.destination), message))


async def _compose_card(
    store: ComposingStore, catalog: Catalog, delivery: Delivery, sending: Sending, now: datetime
) -> Composed | str:
    watcher = await find_watcher(store, catalog, delivery.destination)
    settings = watcher.attention.settings
    view = await store.get_alert(delivery.alert_id, delivery.destination.key)
    watched = watcher.heard_lists(all_matches(view)) & catalog.sending
    lists = ringing(all_matches(view), watched)
    if not lists:
        return NO_LONGER_WATCHED
    is_edit = delivery.edits is not None
    first = await _find_first(store, view, delivery.destination.key) if is_edit else ""
    with speaking(settings.language):
        card = build_card(view, delivery.destination, watched, repeat=delivery.possible_duplicate, first=first)
        if not is_edit:
            card = explain_delay(card, delivery.due_at or delivery.created_at, sending, now)
            delivery, card = await settle_sound(store, watcher, delivery, card, now)
        if settings.discreet and not (is_edit and delivery.opened):
            card = hide_card(card, view)
    is_alarm = not is_edit and lists[0].priority is Priority.CRITICAL and not (card.silent or delivery.silent)
    card = replace(card, here=is_alarm and settings.here)
    return Composed(delivery, await veil_for(store, settings, card))


async def _find_first(store: ComposingStore, view: AlertView, destination_key: str) -> str:
    """The alert of the card that stands for a story where two of its cards do; empty for that card itself."""
    first = await store.find_story_alert(view.story.id, destination_key) if view.story.id is not None else None
    return first if first is not None and first != view.alert.id else ""
