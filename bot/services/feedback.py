"""What people say of an alert: useful, or not and why not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import AlertView, Feedback
from bot.domain.cards import all_matches
from bot.domain.chats import Destination, Person
from bot.domain.policy import ringing
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.services.catalog import Catalog
from bot.services.routing import watched_ids


class FeedbackStore(SubscriptionStore, AlertStore, Protocol):
    """The part of the store that feedback needs."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """How the alerts of a watchlist were rated so far; `title` is the list's."""

    title: str
    useful: int
    rated: int


async def rate(
    store: FeedbackStore,
    catalog: Catalog,
    view: AlertView,
    destination: Destination,
    person: Person,
    *,
    useful: bool,
    now: datetime,
    reason: str = "",
) -> Ledger:
    """Records a person's verdict on an alert, replacing an earlier one, and tells how its loudest list stands now."""
    await store.record_feedback(Feedback(view.alert.id, person.key, destination.key, useful, reason, now))
    matches = all_matches(view)
    every = frozenset(match.watchlist for match in matches)
    loudest = (ringing(matches, await watched_ids(store, catalog, destination)) or ringing(matches, every))[0]
    useful_count, rated = await store.count_feedback(loudest.watchlist)
    return Ledger(loudest.title, useful_count, rated)
