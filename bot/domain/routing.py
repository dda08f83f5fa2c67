"""Who gets an alert: the watching destinations of a story that rings, each with how loud, when, and whether at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.chat_settings import Attention
from bot.domain.chats import Destination, Level, Subscription
from bot.domain.deliveries import PlannedCard, Urgency
from bot.domain.digest_times import DigestTime
from bot.domain.items import Item
from bot.domain.mutes import MUTED, Candidate, Mute, apply_mutes
from bot.domain.policy import BELOW_CLEARANCE, DIGEST_CHOSEN, DIGEST_ONLY, is_silent
from bot.domain.quiet import QuietHours
from bot.domain.routes import RoutedDestination, RouteTarget
from bot.matching.records import Match, Priority


@dataclass(frozen=True, slots=True)
class Watcher:
    """A destination and the lists it watches, each with the least priority of a match that it wants to see.

    Those of `digest_only` bring no cards, however loud they ring.
    `target` is what routes.yaml says of the destination; None where only its chat chose lists. `attention` is what
    the chat itself decided; where routes.yaml sets the same, the file wins.
    """

    destination: Destination
    least: Mapping[str, Priority] = field(default_factory=dict)
    target: RouteTarget | None = None
    attention: Attention = field(default_factory=Attention)
    digest_only: frozenset[str] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """The clock it lives by."""
        return ZoneInfo(self.destination.timezone)

    @property
    def quiet(self) -> QuietHours | None:
        """Its quiet hours, if it has some."""
        return self.target.quiet if self.target and self.target.quiet else self.attention.settings.quiet

    @property
    def digest(self) -> DigestTime | None:
        """When its daily digest comes; None if it wants none."""
        routed = self.target.digest if self.target else None
        return DigestTime(routed) if routed else self.attention.settings.digest

    @property
    def language(self) -> str:
        """The code of the language it is spoken to in; empty where it chose none."""
        return self.attention.settings.language

    def is_quiet(self, now: datetime) -> bool:
        """Whether its quiet hours hold."""
        return self.quiet is not None and self.quiet.find_end(now, self.zone) is not None

    def is_paused(self, now: datetime) -> bool:
        """Whether it wants to be told nothing at all for now."""
        return any(mute.is_pause and mute.is_active(now) for mute in self.attention.mutes)

    def hears(self, match: Match) -> bool:
        """Whether a match is for this destination."""
        least = self.least.get(match.watchlist)
        return least is not None and match.priority >= least

    def heard_lists(self, matches: Iterable[Match]) -> frozenset[str]:
        """The lists of those matches that are for this destination."""
        return frozenset(match.watchlist for match in matches if self.hears(match))

    def loudness(self, match: Match) -> Priority:
        """How loud a match is here."""
        return Priority.LOW if match.watchlist in self.digest_only else match.priority

    def accepts(self, grade: str) -> bool:
        """Whether a source of this reliability is good enough here."""
        return self.target is None or self.target.accepts(grade)

    def find_hold(self, priority: Priority, grade: str, now: datetime, origins: int = 1) -> datetime | None:
        """Until when quiet hours hold back a card of a story with so many origins; None where they do not."""
        if self.quiet is None or self.quiet.lets_through(priority, grade, origins):
            return None
        return self.quiet.find_end(now, self.zone)


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
    attention: Mapping[str, Attention] | None = None,
) -> Watchers:
    """The watchers that these subscriptions and routes describe together.

    `known` are the destinations of routes as they are stored; a disabled one gets nothing. `attention` is what chats
    decided for themselves, by the key of their destination.
    """
    watchers: dict[str, Watcher] = {}
    for subscription in subscriptions:
        destination = subscription.destination
        watcher = watchers.get(destination.key, Watcher(destination))
        wanted = Priority.HIGH if subscription.level is Level.HIGH else Priority.LOW
        digest_only = {subscription.watchlist} if subscription.level is Level.DIGEST else set()
        watchers[destination.key] = replace(
            watcher,
            least={**watcher.least, subscription.watchlist: wanted},
            digest_only=watcher.digest_only | digest_only,
        )
    stored = {destination.key: destination for destination in known}
    for one in routed:
        destination = stored.get(one.key, one.target.destination)
        if destination.disabled:
            continue
        watcher = watchers.get(one.key, Watcher(destination))
        # Of what the chat chose and what files send the looser holds.
        routed_least = {
            listed.watchlist: min(listed.least, watcher.least.get(listed.watchlist, listed.least))
            for listed in one.lists
        }
        watchers[one.key] = replace(
            watcher,
            least={**watcher.least, **routed_least},
            target=one.target,
            digest_only=watcher.digest_only - routed_least.keys(),
        )
    for key, found in (attention or {}).items():
        if key in watchers:
            watchers[key] = replace(watchers[key], attention=found)
    return Watchers(watchers)


def plan_cards(
    story_key: str,
    sending: Sequence[Match],
    item: Item,
    watchers: Watchers,
    *,
    grade: str,
    outlet: str = "",
    origins: int = 1,
    earlier: Sequence[Match] = (),
) -> tuple[PlannedCard, ...]:
    """One card for every destination that watches one of the lists that `item` rings on.

    `sending` are the matches that may be sent, `grade` is the reliability of the item's source and `outlet` its name;
    `origins` is how many the story has with it, and `earlier` what its earlier reports rang on: a quieter report may
    confirm what quiet hours hold.
    A destination whose loudest list is of low priority, or wanted in the digest only, gets a suppressed card: the
    digest has it. So does one that wants more reliable sources, until one of them reports the story, and one that
    muted all of what rings. Quiet hours put a card off, and it then makes no sound.
    """
    cards = []
    candidate = Candidate(item, outlet, story_key)
    for watcher in watchers.by_key.values():
        heard = [match for match in sending if watcher.hears(match)]
        if not heard:
            continue
        left, mute = apply_mutes(watcher.attention.mutes, heard, candidate, item.first_seen)
        loudest = max(watcher.loudness(match) for match in left or heard)
        chosen = any(match.priority is not Priority.LOW for match in left)
        held_until = watcher.find_hold(loudest, grade, item.first_seen, origins)
        if held_until and left:
            before = max((watcher.loudness(match) for match in earlier if watcher.hears(match)), default=loudest)
            if watcher.find_hold(before, grade, item.first_seen, origins) is None:
                loudest, held_until = before, None
        cards.append(
            PlannedCard(
                story_key,
                watcher.destination,
                Urgency.CRITICAL if loudest is Priority.CRITICAL else Urgency.ALERT,
                silent=is_silent(loudest, item) or held_until is not None,
                suppressed=_why_suppressed(watcher, loudest, grade, None if left else mute, chosen=chosen),
                not_before=held_until,
            )
        )
    return tuple(cards)


def _why_suppressed(watcher: Watcher, loudest: Priority, grade: str, mute: Mute | None, *, chosen: bool) -> str:
    if mute is not None:
        return f"{MUTED}{mute.what}{f', by {mute.name}' if mute.name else ''}"
    if not watcher.accepts(grade):
        return BELOW_CLEARANCE
    if loudest is not Priority.LOW:
        return ""
    return DIGEST_CHOSEN if chosen else DIGEST_ONLY
