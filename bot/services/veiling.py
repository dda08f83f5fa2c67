"""What a chat may read of outlets that may harm their readers: it decides for itself (`/settings hide exile`)."""

from bot.domain.chat_settings import ChatSettings
from bot.domain.language import speaking
from bot.domain.messages import Message
from bot.domain.veils import Veil, build_veil, veil_message
from bot.ports.feed_store import FeedStore


async def find_veil(store: FeedStore, settings: ChatSettings) -> Veil | None:
    """What is hidden in a chat with these settings; None where nothing is. Raises StoreError."""
    return build_veil(await store.list_marked_feeds()) if settings.hide_exile else None


async def veil_for(store: FeedStore, settings: ChatSettings, message: Message) -> Message:
    """The message as it may be read in a chat with these settings. Raises StoreError."""
    veil = await find_veil(store, settings)
    if veil is None:
        return message
    with speaking(settings.language):
        return veil_message(message, veil)
