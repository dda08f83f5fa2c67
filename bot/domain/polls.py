"""What one poll of one feed found and what was decided about it: the unit the store records, all or nothing."""

from dataclasses import dataclass

from bot.domain.alerts import ItemMatch
from bot.domain.deliveries import OutgoingMessage, PlannedCard
from bot.domain.feed_memory import FeedMemory
from bot.domain.feed_notices import FeedNotice
from bot.domain.feeds import FeedState
from bot.domain.health import Pulse
from bot.domain.items import Item
from bot.domain.novelty import Revision
from bot.domain.rhythm import Rhythm
from bot.domain.stories import FiledReport, Story
from bot.domain.updates import PlannedUpdate
from bot.matching.records import Priority


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """A story that rings, by the story's key."""

    story_key: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One feed's poll. `words` gives each new item's folded text for full-text search, by item key.

    `rhythm` and `pulse` are None where they stayed as they were. `remember` are keys of known entries to be written
    anew, `whole` says that the document was read in full, so that keys it has not listed for long may be forgotten.
    `missed_push` says that the feed's hub should have told of these items and has not. `messages` go into the outbox,
    `memory` (if it changed) is for the next poll; with `only_counted` nothing of it did but the number of 304s.
    """

    state: FeedState
    items: tuple[Item, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    matches: tuple[ItemMatch, ...] = ()
    stories: tuple[Story, ...] = ()
    alerts: tuple[PlannedAlert, ...] = ()
    cards: tuple[PlannedCard, ...] = ()
    filed: tuple[FiledReport, ...] = ()
    updates: tuple[PlannedUpdate, ...] = ()
    rhythm: Rhythm | None = None
    pulse: Pulse | None = None
    remember: tuple[str, ...] = ()
    whole: bool = False
    revisions: tuple[Revision, ...] = ()
    notices: tuple[FeedNotice, ...] = ()
    messages: tuple[OutgoingMessage, ...] = ()
    memory: FeedMemory | None = None
    only_counted: bool = False
    missed_push: bool = False


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
