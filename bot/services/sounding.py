"""Whether a card that is about to go out may make a sound, by the hour and by what sounded today."""

from dataclasses import replace
from datetime import datetime

from bot.domain.budget import DAILY_SOUNDS, day_began, explain_silence
from bot.domain.deliveries import Delivery, Urgency
from bot.domain.messages import Message
from bot.domain.routing import Watcher
from bot.ports.attention_store import SoundStore


async def settle_sound(
    store: SoundStore, watcher: Watcher, delivery: Delivery, card: Message, now: datetime
) -> tuple[Delivery, Message]:
    """The delivery and its card as they go out now. What was silenced stays so when it is tried again.

    A card that comes late, into quiet hours, makes no sound; nor does one beyond the day's budget, which says so.
    Raises StoreError.
    """
    if delivery.silent or delivery.urgency is Urgency.CRITICAL:
        return delivery, card
    quiet = watcher.is_quiet(now)
    if not quiet and await store.count_sounds(delivery.destination.key, day_began(now, watcher.zone)) < DAILY_SOUNDS:
        return delivery, card
    await store.silence(delivery.id)
    return replace(delivery, silent=True), card if quiet else explain_silence(card)
