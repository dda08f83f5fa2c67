"""Letting go of a person, and of the chat that is theirs alone."""

from datetime import datetime
from typing import Protocol

from bot.domain.chats import ChatKind, Destination, Person
from bot.ports.forgetting_store import ForgettingStore
from bot.ports.list_store import WatchlistStore
from bot.ports.watchlist_texts import WatchlistTexts
from bot.services.catalog import Catalog
from bot.services.list_loading import load_chat_lists


class LeavingStore(ForgettingStore, WatchlistStore, Protocol):
    """The part of the store that forgetting needs."""


async def forget(
    store: LeavingStore,
    catalog: Catalog,
    texts: WatchlistTexts,
    person: Person,
    destination: Destination,
    *,
    now: datetime,
) -> None:
    """Deletes what is kept of a person. A chat that others read along in stays; a private one goes with its lists."""
    chat = destination if destination.kind is ChatKind.PRIVATE else None
    await store.forget(person, chat, now)
    if chat is not None:
        await load_chat_lists(store, catalog, texts)
