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
from bot.services.bursts import BurstingStore, compose_burst
from bot.services.catalog import Catalog
from bot.services.routing import find_watcher
from bot.services.sounding import settle_sound
from bot.services.veiling import VeilingStore, veil_for

_NEVER_SENT = "the message it was to change was never sent"


class ComposingStore(AlertStore, BurstingStore, SoundStore, VeilingStore, Protocol):
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
    composed = await _compose(store, catalog, delivery, sending, now)
    if isinstance(composed, str):
        return composed
    return replace(composed, message=await veil_for(store, delivery.destination.key, composed.message))


async def _compose(
    store: ComposingStore, catalog: Catalog, delivery: Delivery, sending: Sending, now: datetime
) -> Composed | str:
    if delivery.edits == "":
        return _NEVER_SENT
    if delivery.burst:
        return Composed(delivery, await compose_burst(store, catalog, delivery, now))
    if delivery.message is not None:
        return Composed(delivery, delivery.message)
    watcher = await find_watcher(store, catalog, delivery.destination)
    view = await store.get_alert(delivery.alert_id, delivery.destination.key)
    watched = watcher.heard_lists(all_matches(view)) & catalog.sending
    lists = ringing(all_matches(view), watched)
    if not lists:
        return NO_LONGER_WATCHED
    first = "" if delivery.edits is None else await _find_first(store, view, delivery.destination.key)
    with speaking(watcher.language):
        card = build_card(view, delivery.destination, watched, repeat=delivery.possible_duplicate, first=first)
        is_discreet = watcher.attention.settings.discreet
        if delivery.edits is not None:
            return Composed(delivery, hide_card(card, view) if is_discreet and not delivery.opened else card)
        card = explain_delay(card, delivery.due_at or delivery.created_at, sending, now)
        delivery, card = await settle_sound(store, watcher, delivery, card, now)
        is_alarm = lists[0].priority is Priority.CRITICAL and not (card.silent or delivery.silent)
        card = hide_card(card, view) if is_discreet else card
        return Composed(delivery, replace(card, here=is_alarm and watcher.attention.settings.here))


async def _find_first(store: ComposingStore, view: AlertView, destination_key: str) -> str:
    """The alert of the card that stands for a story where two of its cards do; empty for that card itself."""
    first = await store.find_story_alert(view.story.id, destination_key) if view.story.id is not None else None
    return first if first is not None and first != view.alert.id else ""
