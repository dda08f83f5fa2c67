"""Finds stored tokens that the operator's key does not open, and says so before anything fails for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import speaking, tr
from bot.domain.messages import plain_message
from bot.errors import TocsinError
from bot.ports.attention_store import AttentionReader
from bot.ports.feed_store import FeedStore
from bot.ports.outbox_store import DeliveryStore
from bot.ports.workspace_store import WorkspaceStore
from bot.services.chat_settings import find_chat_language

log = structlog.get_logger(__name__)


class SealingStore(FeedStore, WorkspaceStore, Protocol):
    """The part of the store that holds sealed tokens."""


class TellingStore(SealingStore, DeliveryStore, AttentionReader, Protocol):
    """The part of the store that telling of them needs."""


@dataclass(frozen=True, slots=True)
class Openers:
    """What opens the token of a feed's address, and that of a workspace. Both raise TocsinError."""

    address: Callable[[str], str]
    secret: Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The ids of feeds and workspaces whose tokens the present key does not open."""

    feeds: tuple[str, ...]
    workspaces: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.feeds or self.workspaces)


async def find_unreadable(store: SealingStore, openers: Openers) -> Unreadable:
    """Every stored token that does not open. Raises StoreError."""
    feeds = [status.feed for status in await store.list_feeds() if status.feed.enabled]
    workspaces = [workspace for workspace in await store.list_workspaces() if not workspace.gone]
    return Unreadable(
        tuple(feed.id for feed in feeds if not _opens(openers.address, feed.url)),
        tuple(one.id for one in workspaces if not _opens(openers.secret, one.token, one.id)),
    )


def _opens(opener: Callable[..., str], *sealed: str) -> bool:
    try:
        opener(*sealed)
    except TocsinError:
        return False
    return True


def unreadable_words(found: Unreadable) -> str:
    """What cannot be read, and the cure."""
    return tr(
        "⚠️ TOCSIN_SECRET_KEY is not the key that some tokens were stored with: {feeds} of feeds, {workspaces} of Slack "
        "workspaces. These feeds are not read and messages to these workspaces wait. Set the key it was before, or add "
        "the feeds and install the app again.",
        feeds=len(found.feeds),
        workspaces=len(found.workspaces),
    )


async def tell_unreadable(store: TellingStore, openers: Openers, owner: Destination | None, now: datetime) -> None:
    """Says it in the log at every start, and to the owner once a day. Raises StoreError."""
    found = await find_unreadable(store, openers)
    if not found:
        return
    log.error("secrets_unreadable", feeds=found.feeds, workspaces=found.workspaces, cure="set the key it was before")
    if owner:
        with speaking(await find_chat_language(store, owner.key)):
            message = plain_message(unreadable_words(found))
        notice = OutgoingMessage(f"notice:unreadable:{now:%Y%m%d}", owner, message, urgency=Urgency.NOTICE)
        await store.enqueue([notice], now)
