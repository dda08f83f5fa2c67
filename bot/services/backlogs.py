"""One digest of what is old, one notice of what may not have arrived, and pages of what other messages stand for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.alerts import AlertView
from bot.domain.backlog import (
    LINES,
    OLD,
    Missed,
    WaitingCard,
    build_backlog_digest,
    build_doubt_notice,
    plan_backlog,
)
from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import speaking
from bot.domain.messages import Message
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.outbox_store import CoverStore, OutboxStore
from bot.services.catalog import Catalog
from bot.services.routing import find_watcher

log = structlog.get_logger(__name__)


class BacklogStore(OutboxStore, CoverStore, AlertStore, SubscriptionStore, Protocol):
    """The part of the store that backlogs need."""


class BuildDigest(Protocol):
    """Builds the message that stands in the place of cards."""

    def __call__(
        self, views: Sequence[AlertView], destination: Destination, watched: frozenset[str], *, total: int
    ) -> Message: ...


async def fold_backlogs(store: BacklogStore, platform: Platform, catalog: Catalog, now: datetime) -> int:
    """Puts one digest in the place of what piled up at each destination; how many digests there are.

    Raises StoreError; a backlog that is not folded then is folded the next time.
    """
    digests = 0
    for waiting in _by_destination(await store.list_backlogs(platform, now - OLD)):
        folded = plan_backlog(waiting, now)
        if folded:
            # After the cards that are kept: the newest news first, then what was missed.
            await _cover(store, folded, await _compose(store, catalog, folded, build_backlog_digest), "backlog", now)
            digests += 1
    return digests


async def name_doubtful(store: BacklogStore, platform: Platform, catalog: Catalog, now: datetime) -> int:
    """One notice at each destination that names what was sent there twice without an answer; how many notices.

    A card is never sent a third time, and what is only named in a notice is not lost. Raises StoreError.
    """
    notices = 0
    for doubtful in _by_destination(await store.list_doubtful(platform)):
        await _cover(store, doubtful, await _compose(store, catalog, doubtful, build_doubt_notice), "doubtful", now)
        notices += 1
    return notices


def _by_destination(cards: Sequence[WaitingCard]) -> Iterable[Sequence[WaitingCard]]:
    piles: dict[Destination, list[WaitingCard]] = defaultdict(list)
    for card in cards:
        piles[card.destination].append(card)
    return piles.values()


async def _compose(store: BacklogStore, catalog: Catalog, cards: Sequence[WaitingCard], build: BuildDigest) -> Message:
    destination = cards[0].destination
    views = [await store.get_alert(card.alert_id) for card in cards[:LINES]]
    watcher = await find_watcher(store, catalog, destination)
    with speaking(watcher.language):
        message = build(views, destination, frozenset(watcher.least), total=len(cards))
    if watcher.attention.settings.discreet:  # no headline where a screen is looked at by others
        return replace(message, blocks=message.blocks[:2])
    return message


async def _cover(store: BacklogStore, cards: Sequence[WaitingCard], message: Message, kind: str, now: datetime) -> None:
    destination = cards[0].destination
    key = f"{kind}:{destination.key}:{max(card.id for card in cards)}"
    digest = OutgoingMessage(key, destination, message, urgency=Urgency.NOTICE)
    await store.cover_cards([card.id for card in cards], digest, now)
    log.info("cards_folded", why=kind, destination=destination.key, alerts=len(cards))


async def list_missed(store: OutboxStore, destination: Destination, page: int) -> Missed:
    """A page of the alerts that digests stand for at a destination."""
    return await store.list_missed(destination.key, LINES, (page - 1) * LINES)
