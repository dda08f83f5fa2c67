"""What a chat may read of outlets that may harm their readers: it decides for itself (`/settings hide exile`)."""

from typing import Protocol

from bot.domain.language import speaking
from bot.domain.messages import Message
from bot.domain.veils import Veil, build_veil, veil_message
from bot.ports.attention_store import AttentionReader
from bot.ports.feed_store import FeedStore
from bot.services.chat_settings import find_chat_language


class VeilingStore(AttentionReader, FeedStore, Protocol):
    """The part of the store that is needed here."""


async def find_veil(store: VeilingStore, destination_key: str) -> Veil | None:
    """What is hidden in a chat; None where nothing is."""
    attention = await store.list_attention(destination_key)
    if destination_key not in attention or not attention[destination_key].settings.hide_exile:
        return None
    return build_veil(await store.list_marked_feeds())


async def veil_for(store: VeilingStore, destination_key: str, message: Message) -> Message:
    """The message as it may be read in a chat. Raises StoreError."""
    veil = await find_veil(store, destination_key)
    if veil is None:
        return message
    with speaking(await find_chat_language(store, destination_key)):
        return veil_message(message, veil)
