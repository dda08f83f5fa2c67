"""What people say of an alert: useful, or not and why not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import AlertView, Feedback
from bot.domain.cards import all_matches
from bot.domain.chats import Destination, Person
from bot.domain.policy import ringing
from bot.matching.records import Match
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.triage_store import VerdictStore
from bot.services.catalog import Catalog
from bot.services.routing import watched_ids


class FeedbackStore(SubscriptionStore, AlertStore, VerdictStore, Protocol):
    """The part of the store that feedback needs."""


@dataclass(frozen=True, slots=True)
class Standing:
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
    asked: bool = False,
) -> Standing:
    """Records a person's verdict on an alert, replacing an earlier one, and tells how its loudest list stands now.

    `asked` says that the person answers the digest's question; it counts as such only where the question was put.
    """
    put = asked and await store.was_asked(destination.key, view.alert.id)
    await store.record_feedback(Feedback(view.alert.id, person.key, destination.key, useful, reason, now, put))
    return await _standing(store, catalog, view, destination)


async def take_back(
    store: FeedbackStore, catalog: Catalog, view: AlertView, destination: Destination, person: Person
) -> Standing:
    """Forgets a person's verdict on an alert, and tells how its loudest list stands now."""
    await store.remove_feedback(view.alert.id, person.key)
    return await _standing(store, catalog, view, destination)


async def loudest_match(store: SubscriptionStore, catalog: Catalog, view: AlertView, destination: Destination) -> Match:
    """The match that an alert is about at a destination: the loudest of what it watches, else the loudest of all."""
    matches = all_matches(view)
    every = frozenset(match.watchlist for match in matches)
    return (ringing(matches, await watched_ids(store, catalog, destination)) or ringing(matches, every))[0]


async def _standing(store: FeedbackStore, catalog: Catalog, view: AlertView, destination: Destination) -> Standing:
    loudest = await loudest_match(store, catalog, view, destination)
    useful, rated = await store.count_feedback(loudest.watchlist)
    return Standing(loudest.title, useful, rated)
