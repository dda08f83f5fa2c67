"""Who gets an alert: the watching destinations of a story that rings, each with how loud, when, and whether at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.chats import Destination, Subscription
from bot.domain.deliveries import PlannedCard, Urgency
from bot.domain.items import Item
from bot.domain.policy import BELOW_CLEARANCE, DIGEST_ONLY, is_silent
from bot.domain.routes import RoutedDestination, RouteTarget
from bot.matching.records import Match, Priority


@dataclass(frozen=True, slots=True)
class Watcher:
    """A destination and the lists it watches, each with the least priority of a match that it wants to see.

    `target` is what routes.yaml says of the destination; None where only its chat chose lists.
    """

    destination: Destination
    least: Mapping[str, Priority] = field(default_factory=dict)
    target: RouteTarget | None = None

    def hears(self, match: Match) -> bool:
        """Whether a match is for this destination."""
        least = self.least.get(match.watchlist)
        return least is not None and match.priority >= least

    def heard_lists(self, matches: Iterable[Match]) -> frozenset[str]:
        """The lists of those matches that are for this destination."""
        return frozenset(match.watchlist for match in matches if self.hears(match))

    def accepts(self, grade: str) -> bool:
        """Whether a source of this reliability is good enough here."""
        return self.target is None or self.target.accepts(grade)

    def find_hold(self, priority: Priority, grade: str, now: datetime) -> datetime | None:
        """Until when quiet hours hold back a card; None where they do not."""
        quiet = self.target.quiet if self.target else None
        if quiet is None or quiet.lets_through(priority, grade):
            return None
        return quiet.find_end(now, ZoneInfo(self.destination.timezone))


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who watches what, arranged for planning: watchers by the key of their destination."""

    by_key: Mapping[str, Watcher]

    def hear(self, match: Match) -> bool:
        """Whether a match is for anybody."""
        return any(watcher.hears(match) for watcher in self.by_key.values())


def build_watchers(
    subscriptions: Iterable[Subscription],
    routed: Iterable[RoutedDestination] = (),
    known: Iterable[Destination] = (),
) -> Watchers:
    """The watchers that these subscriptions and routes describe together.

    `known` are the destinations of routes as they are stored; a disabled one gets nothing.
    """
    watchers: dict[str, Watcher] = {}
    for subscription in subscriptions:
        destination = subscription.destination
        watcher = watchers.get(destination.key, Watcher(destination))
        least = {**watcher.least, subscription.watchlist: Priority.LOW}
        watchers[destination.key] = replace(watcher, least=least)
    stored = {destination.key: destination for destination in known}
    for one in routed:
        destination = stored.get(one.key, one.target.destination)
        if destination.disabled:
            continue
        watcher = watchers.get(one.key, Watcher(destination))
        routed_least = {listed.watchlist: listed.least for listed in one.lists}
        watchers[one.key] = replace(watcher, least={**routed_least, **watcher.least}, target=one.target)
    return Watchers(watchers)


def plan_cards(
    story_key: str, sending: Sequence[Match], item: Item, watchers: Watchers, *, grade: str
) -> tuple[PlannedCard, ...]:
    """One card for every destination that watches one of the lists that `item` rings on.

    `sending` are the matches that may be sent, `grade` is the reliability of the item's source. A destination
    whose loudest list is of low priority gets a suppressed card: the digest has it. So does one that wants more
    reliable sources, until one of them reports the story. Quiet hours put a card off, and it then makes no sound.
    """
    cards = []
    for watcher in watchers.by_key.values():
        loudest = max((match.priority for match in sending if watcher.hears(match)), default=None)
        if loudest is None:
            continue
        held_until = watcher.find_hold(loudest, grade, item.first_seen)
        cards.append(
            PlannedCard(
                story_key,
                watcher.destination,
                Urgency.CRITICAL if loudest is Priority.CRITICAL else Urgency.ALERT,
                silent=is_silent(loudest, item) or held_until is not None,
                suppressed=_why_suppressed(watcher, loudest, grade),
                not_before=held_until,
            )
        )
    return tuple(cards)


def _why_suppressed(watcher: Watcher, loudest: Priority, grade: str) -> str:
    if not watcher.accepts(grade):
        return BELOW_CLEARANCE
    return DIGEST_ONLY if loudest is Priority.LOW else ""
