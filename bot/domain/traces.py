"""What became of an item: everything the store kept about it, for the answer to "why was I not told?"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.chats import Destination
from bot.domain.deliveries import DeliveryState
from bot.domain.feeds import Feed
from bot.domain.items import Item
from bot.matching.records import Match, Priority


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items to trace; every given part finds some. `link_keys` and `link` name the same address."""

    link_keys: tuple[str, ...] = ()
    link: str = ""
    item_key: str = ""
    alert_id: str = ""
    story: int = 0


@dataclass(frozen=True, slots=True)
class RecordedMatch:
    """A match with what was decided about it at that time, in words."""

    match: Match
    outcome: str


@dataclass(frozen=True, slots=True)
class SentCard:
    """A card planned for one chat, and how far it got. `answered_at` is when the platform last said something.

    For a message under a card `update` is what that says; empty for the card itself.
    """

    destination: Destination
    state: DeliveryState
    reason: str
    attempts: int
    created_at: datetime
    answered_at: datetime | None
    update: str = ""


@dataclass(frozen=True, slots=True)
class StoryTrace:
    """The story an item is in: its number, how many reports it has, and its alert where it rang.

    `rang_first` names the item that rang first on each list; empty for a story put together by hand, where several did.
    """

    number: int
    headline: str
    reports: int
    alert_id: str = ""
    priority: Priority | None = None
    cards: tuple[SentCard, ...] = ()
    rang_first: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemTrace:
    """All that is known about one item."""

    item: Item
    feed: Feed
    matches: tuple[RecordedMatch, ...] = ()
    story: StoryTrace | None = None

    @property
    def is_repeat(self) -> bool:
        """Whether earlier reports of its story had rung on all that it could have rung on."""
        rang = self.story.rang_first if self.story else {}
        return bool(rang) and all(self.item.key != first for first in rang.values())
