"""Turns what is old into one digest, and pages through what other messages stand for."""

from collections import defaultdict
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.backlog import LINES, OLD, Missed, WaitingCard, build_backlog_digest, plan_backlog
from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import speaking
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.outbox_store import CoverStore, OutboxStore
from bot.services.catalog import Catalog
from bot.services.routing import find_watcher

log = structlog.get_logger(__name__)


class BacklogStore(OutboxStore, CoverStore, AlertStore, SubscriptionStore, Protocol):
    """The part of the store that backlogs need."""


async def fold_backlogs(store: BacklogStore, platform: Platform, catalog: Catalog, now: datetime) -> int:
    """Puts one digest in the place of what piled up at each destination; how many digests there are.

    Raises StoreError; a backlog that is not folded then is folded the next time.
    """
    backlogs: dict[Destination, list[WaitingCard]] = defaultdict(list)
    for card in await store.list_backlogs(platform, now - OLD):
        backlogs[card.destination].append(card)
    digests = 0
    for destination, waiting in backlogs.items():
        folded = plan_backlog(waiting, now)
        if folded:
            await _fold(store, destination, folded, catalog, now)
            digests += 1
    return digests


async def _fold(
    store: BacklogStore, destination: Destination, folded: tuple[WaitingCard, ...], catalog: Catalog, now: datetime
) -> None:
    views = [await store.get_alert(card.alert_id) for card in folded[:LINES]]
    watcher = await find_watcher(store, catalog, destination)
    with speaking(watcher.language):
        message = build_backlog_digest(views, destination, frozenset(watcher.least), total=len(folded))
    key = f"backlog:{destination.key}:{max(card.id for card in folded)}"
    # After the cards that are kept: the newest news first, then what was missed.
    digest = OutgoingMessage(key, destination, message, urgency=Urgency.NOTICE)
    await store.cover_cards([card.id for card in folded], digest, now)
    log.info("backlog_folded", destination=destination.key, alerts=len(folded))


async def list_missed(store: OutboxStore, destination: Destination, page: int) -> Missed:
    """A page of the alerts that digests stand for at a destination."""
    return await store.list_missed(destination.key, LINES, (page - 1) * LINES)
