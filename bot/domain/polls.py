"""What one poll of one feed found and what was decided about it: the unit the store records, all or nothing."""

from dataclasses import dataclass

from bot.domain.alerts import ItemMatch
from bot.domain.deliveries import PlannedCard
from bot.domain.feeds import FeedState
from bot.domain.items import Item
from bot.domain.stories import FiledReport, Story
from bot.matching.records import Priority


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """A story that rings, by the story's key."""

    story_key: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One feed's poll. `words` gives each new item's folded text for full-text search, by item key."""

    state: FeedState
    items: tuple[Item, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    matches: tuple[ItemMatch, ...] = ()
    stories: tuple[Story, ...] = ()
    alerts: tuple[PlannedAlert, ...] = ()
    cards: tuple[PlannedCard, ...] = ()
    filed: tuple[FiledReport, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedPolls:
    """What the store really added: counts of new rows."""

    items: int
    matches: int
    alerts: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class Totals:
    """How much the archive holds."""

    feeds: int
    items: int
    matches: int
    stories: int
    alerts: int
    deliveries: int
    deliveries_pending: int
    deliveries_failed: int
    subscriptions: int
