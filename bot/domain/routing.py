"""Who gets an alert: the watching destinations of a story that rings, each with how loud and whether at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.chats import Destination, Subscription
from bot.domain.deliveries import PlannedCard, Urgency
from bot.domain.items import Item
from bot.domain.policy import DIGEST_ONLY, is_silent
from bot.matching.records import Match, Priority


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who watches what, arranged for planning."""

    lists: dict[str, frozenset[str]]
    destinations: dict[str, Destination]

    @property
    def watched(self) -> frozenset[str]:
        """Every list that somebody watches."""
        return frozenset().union(*self.lists.values())


def build_watchers(subscriptions: Iterable[Subscription]) -> Watchers:
    """The watchers that these subscriptions describe."""
    lists: dict[str, set[str]] = {}
    destinations: dict[str, Destination] = {}
    for subscription in subscriptions:
        key = subscription.destination.key
        destinations[key] = subscription.destination
        lists.setdefault(key, set()).add(subscription.watchlist)
    return Watchers({key: frozenset(ids) for key, ids in lists.items()}, destinations)


def plan_cards(story_key: str, sending: Sequence[Match], item: Item, watchers: Watchers) -> tuple[PlannedCard, ...]:
    """One card for every destination that watches one of the lists that `item` rings on.

    `sending` are the matches that may be sent. A destination whose loudest list is of low priority gets a
    suppressed card: the digest has it.
    """
    cards = []
    for key, watched in watchers.lists.items():
        loudest = max((match.priority for match in sending if match.watchlist in watched), default=None)
        if loudest is None:
            continue
        cards.append(
            PlannedCard(
                story_key,
                watchers.destinations[key],
                Urgency.CRITICAL if loudest is Priority.CRITICAL else Urgency.ALERT,
                silent=is_silent(loudest, item),
                suppressed=DIGEST_ONLY if loudest is Priority.LOW else "",
            )
        )
    return tuple(cards)
