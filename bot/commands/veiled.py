"""Answers without the names that a chat does not want to have on its screens."""

from dataclasses import replace
from typing import Protocol

from bot.commands.invocation import Reply
from bot.domain.chats import Destination
from bot.domain.veils import veil_buttons, veil_dialog, veil_message, veil_words
from bot.ports.attention_store import AttentionReader
from bot.ports.feed_store import FeedStore
from bot.services.chat_settings import get_settings
from bot.services.veiling import find_veil


class VeilingStore(AttentionReader, FeedStore, Protocol):
    """The part of the store that is needed here."""


async def veil_reply(store: VeilingStore, destination: Destination, reply: Reply) -> Reply:
    """The answer as it may be read in a chat, in every form that it may take. Raises StoreError."""
    veil = await find_veil(store, await get_settings(store, destination))
    if veil is None:
        return reply
    return replace(
        reply,
        message=reply.message and veil_message(reply.message, veil),
        notice=veil_words(reply.notice, veil),
        dialog=reply.dialog and veil_dialog(reply.dialog, veil),
        buttons=None if reply.buttons is None else veil_buttons(reply.buttons, veil),
        otherwise=reply.otherwise and veil_message(reply.otherwise, veil),
        more=tuple(veil_message(message, veil) for message in reply.more),
    )
