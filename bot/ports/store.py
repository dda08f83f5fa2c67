"""What is kept. Every method is one transaction, named by intent, with records in and records out.

All of it is implemented by one store; the services ask only for the part they use.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.domain.alerts import AlertView, Feedback, Report
from bot.domain.audit import AuditEntry, Subject
from bot.domain.backlog import Missed, WaitingCard
from bot.domain.chats import Destination, InboundUpdate, Platform, Subscription
from bot.domain.corrections import Correction, Split
from bot.domain.deliveries import AfterFailure, DeadLetter, Delivery, OutboxHealth, OutgoingMessage, Receipt
from bot.domain.feed_memory import FeedMemory
from bot.domain.feed_notices import FeedNotice
from bot.domain.feeds import Feed, FeedStatus
from bot.domain.fingerprints import Fingerprint
from bot.domain.novelty import Revision
from bot.domain.polls import PollRecord, RecordedPolls, Totals
from bot.domain.stories import Related, Story
from bot.ports.attention_store import AttentionReader, AttentionStore, DigestStore, HoldingStore, SoundStore
from bot.ports.list_store import ReplayStore, WatchlistStore


class FeedStore(Protocol):
    """Feeds and what is known about them between polls."""

    async def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Makes the feeds of origin FILE equal to `feeds`; others stay, and no URL is polled twice.

        A feed gone from the files is disabled, not deleted.
        A feed whose URL changed loses its validators but keeps its items; new feeds are due at once.
        """
        ...

    async def add_feed(self, feed: Feed, now: datetime, *, name: str = "") -> None:
        """Adds one feed, due at once; `name` is that of the person in `feed.added_by`, for the audit trail.

        A disabled feed of that id is taken into use again: it keeps its items, its first poll is a baseline.
        Raises Conflict if its id or URL is in use (naming the feed that has it).
        """
        ...

    async def remove_feed(self, feed_id: str, by: str, now: datetime, *, name: str = "") -> None:
        """Disables a feed and keeps its items. Raises NotFound."""
        ...

    async def list_feeds(self) -> list[FeedStatus]:
        """Every feed, by id."""
        ...

    async def list_due_feeds(self, now: datetime, limit: int, busy: Collection[str] = frozenset()) -> list[FeedStatus]:
        """Enabled feeds whose time has come and whose id is not in `busy`, longest overdue first."""
        ...

    async def list_paces(self) -> list[bytes]:
        """The rhythm's pace of every enabled feed without an interval of its own; empty for one never read."""
        ...


class PollStore(Protocol):
    """What polls found."""

    async def record_polls(self, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
        """Records everything the polls found and planned, or nothing. What is there already is left as it is.

        An alert gets its short id here. A destination gets one card per story at most.
        """
        ...


class FeedMemoryStore(Protocol):
    """What is remembered of feeds' last answers; a poll's record brings it up to date."""

    async def find_memories(self, feed_ids: Sequence[str]) -> dict[str, FeedMemory]:
        """What is remembered of those feeds, by id; nothing of one never read at its present address."""
        ...


class SeenStore(Protocol):
    """What every feed has shown, remembered longer than its items are kept."""

    async def find_seen(self, asked: Mapping[str, Collection[str]]) -> dict[str, dict[str, datetime]]:
        """For each feed those of the keys that it has shown, with when it last listed them (to the minute).

        The keys of recorded items are known from then on, and those that polls asked to remember.
        """
        ...

    async def list_revisions(self, item_key: str) -> list[Revision]:
        """The later headlines of an item, in the order in which they were seen."""
        ...


class RetentionStore(Protocol):
    """Letting go of what is old. Items whose story made an alert stay; keys outlive their items."""

    async def forget_items(self, before: datetime, after: int, most: int) -> tuple[int, int]:
        """Deletes at most `most` items first seen before then; how many, and what `after` is for the next bite.

        `after` is 0 for the first.
        """
        ...

    async def forget_surplus(self, most_of_feed: int, most: int) -> int:
        """Deletes at most `most` of the oldest items of a feed that has more than `most_of_feed`; how many."""
        ...

    async def forget_notices(self, before: datetime) -> int:
        """Deletes what happened to feeds before then; how many lines."""
        ...


class FeedNoticeStore(Protocol):
    """What happened to feeds."""

    async def list_feed_notices(self, since: datetime, limit: int) -> list[FeedNotice]:
        """What happened since then, newest first."""
        ...


class StoryStore(Protocol):
    """Stories, and the reports by which later ones are recognised."""

    async def find_related(self, fingerprints: Sequence[Fingerprint], since: datetime) -> list[Related]:
        """For each text the reports filed since then that share its rare terms, at most 8, and how rare they are."""
        ...

    async def find_story_alert(self, story_id: int, destination_key: str) -> str | None:
        """The first alert of a story that was shown at a destination; for a merged story, of the one it is part of."""
        ...

    async def record_merge(self, kept_alert: str, other_alert: str, by: Correction) -> Story:
        """Moves the reports and alerts of the second alert's story to that of the first; the story kept.

        A destination that has a card of the kept story is not sent another. Raises NotFound.
        """
        ...

    async def undo_merge(self, alert_id: str, by: Correction) -> Story | None:
        """Gives an alert that was merged its own story back; None if it never was. Raises NotFound."""
        ...

    async def record_split(self, split: Split, by: Correction) -> Story:
        """Moves items of a story to a new one, with its alerts and cards; the new story. Raises NotFound."""
        ...


class DeliveryStore(Protocol):
    """The outbox."""

    async def claim_deliveries(
        self, platform: Platform, now: datetime, limit: int, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        """Leases the most urgent due delivery of each destination of `platform` (at most `limit`), as `sending`.

        A destination has at most one delivery in `sending`, none is taken whose key is in `busy`, and
        disabled destinations get none. A `sending` delivery whose lease ran out is taken again as a possible
        duplicate; one whose sender vanished for the fifth time is failed instead, as it may be what brings it down.
        """
        ...

    async def record_sent(self, delivery_id: int, receipt: Receipt, now: datetime) -> None:
        """The platform confirmed it."""
        ...

    async def record_failure(self, delivery_id: int, after: AfterFailure, now: datetime) -> None:
        """What follows a failed send, including a disabled or moved destination."""
        ...

    async def enqueue(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        """Puts replies and notices into the outbox; a key that is there already is left alone."""
        ...

    async def next_delivery_at(self, platform: Platform, busy: frozenset[str] = frozenset()) -> datetime | None:
        """The moment from which `claim_deliveries` has something to give; None if nothing waits."""
        ...


class OutboxStore(Protocol):
    """Looking after the outbox: what piled up, what was given up, and how it stands."""

    async def list_backlogs(self, platform: Platform, most: int, old: datetime) -> list[WaitingCard]:
        """The waiting cards of each live destination that has more than `most`, or several made before `old`."""
        ...

    async def fold_cards(self, ids: Sequence[int], digest: OutgoingMessage, now: datetime) -> None:
        """Queues a digest in the place of those cards that still wait. They count as sent, in a digest."""
        ...

    async def list_missed(self, destination_key: str, limit: int, offset: int) -> Missed:
        """What digests stand for at a destination, newest first, from `offset` on."""
        ...

    async def list_dead_letters(self, destination_key: str | None, limit: int) -> list[DeadLetter]:
        """Deliveries that were given up, newest first; of one destination if it is given."""
        ...

    async def retry_dead_letters(self, ids: Sequence[int], now: datetime) -> int:
        """Puts these deliveries back into the outbox, due now; how many of them had been given up."""
        ...

    async def measure_outbox(self, now: datetime) -> list[OutboxHealth]:
        """Every platform that has or had something to send, in numbers."""
        ...


class UpkeepStore(Protocol):
    """Keeping the database, and who works on it, in order."""

    async def take_over(self, owner: str, now: datetime) -> None:
        """Begins a tenure for this store: from now on a store with an earlier one may neither claim nor record.

        What the tenure before was sending is due again as a possible duplicate, and times that a wrong clock put
        into the future are mended.
        """
        ...

    async def check_writable(self, now: datetime) -> None:
        """Raises StoreError while the database takes no writes, StoreDamaged when its file is gone or replaced."""
        ...

    async def shift_times(self, by: timedelta) -> None:
        """Moves whatever is planned by as much as the clock was moved."""
        ...

    async def forget_settled(self, before: datetime) -> int:
        """Deletes replies, notices and updates that were dealt with before then; how many rows. Alerts stay."""
        ...

    async def keep_backup(self, folder: Path, now: datetime) -> Path | None:
        """Writes a backup unless the newest in the folder is not a day old (then None), and keeps the seven newest."""
        ...

    async def vacuum(self) -> None:
        """Gives space that was freed back to the disk, some megabytes at a time."""
        ...


class InboxStore(Protocol):
    """Updates from chats, stored before they are acknowledged."""

    async def record_update(self, update: InboundUpdate) -> bool:
        """Stores an update; False if it was there already."""
        ...

    async def list_unhandled_updates(self, platform: Platform, limit: int) -> list[InboundUpdate]:
        """Updates not handled yet, oldest first."""
        ...

    async def record_handled(self, update: InboundUpdate, replies: Sequence[OutgoingMessage], now: datetime) -> None:
        """Marks an update handled and queues its replies, together."""
        ...


class SubscriptionStore(AttentionReader, Protocol):
    """Who watches what."""

    async def ensure_destination(self, destination: Destination) -> Destination:
        """The stored destination with this key, made if it is new, and live again.

        Its kind, title and workspace are taken over from `destination`, its time zone is not.
        """
        ...

    async def disable_destination(self, key: str, reason: str) -> None:
        """Stops sending to a destination."""
        ...

    async def subscribe(
        self, destination: Destination, watchlist: str, by: str, now: datetime, *, name: str = ""
    ) -> bool:
        """Watches a list at a destination; False if it did already. `name` is that of the person `by`."""
        ...

    async def unsubscribe(
        self, destination: Destination, watchlist: str, by: str, now: datetime, *, name: str = ""
    ) -> bool:
        """Stops watching; False if it did not watch."""
        ...

    async def record_destinations(self, destinations: Sequence[Destination]) -> None:
        """Makes the destinations that routes name, or gives them the title, workspace and time zone named there.

        An empty title or workspace changes nothing; a disabled destination stays disabled.
        """
        ...

    async def list_destinations(self, keys: Sequence[str]) -> list[Destination]:
        """The stored destinations with these keys."""
        ...

    async def list_subscriptions(self, destination_key: str | None = None) -> list[Subscription]:
        """Subscriptions of live destinations, or of one destination whatever its state."""
        ...


class AlertStore(Protocol):
    """Alerts, and what people say of them."""

    async def find_alert(self, alert_id: str, destination_key: str) -> AlertView | None:
        """An alert as shown at a destination; None if it was never sent there."""
        ...

    async def find_alert_by_message(self, destination_key: str, message: str) -> str | None:
        """The id of the alert whose card is this message."""
        ...

    async def get_alert(self, alert_id: str, destination_key: str = "") -> AlertView:
        """An alert, wherever it was sent; with a destination, without the lists that other chats made for themselves.

        Raises NotFound.
        """
        ...

    async def list_alerts(self, destination_key: str, since: datetime, limit: int) -> list[AlertView]:
        """Alerts sent or being sent to a destination, newest first."""
        ...

    async def count_story_alerts(self, destination_key: str, since: datetime) -> dict[str, int]:
        """Stories per watchlist that rang at a destination since then."""
        ...

    async def record_feedback(self, feedback: Feedback) -> None:
        """A person's verdict on an alert; a later one of the same person replaces it."""
        ...

    async def count_feedback(self, watchlist: str) -> tuple[int, int]:
        """(useful, rated) over the alerts that rang on a list."""
        ...


class ArchiveStore(Protocol):
    """Looking back."""

    async def search_items(self, terms: Sequence[str], limit: int, offset: int = 0) -> list[Report]:
        """Items that hold every term, newest first, without matches.

        A term is a folded word, a phrase of folded words, or a folded prefix ending in `*`.
        """
        ...

    async def count_matching_items(self, terms: Sequence[str]) -> int:
        """How many items `search_items` would find."""
        ...

    async def count_totals(self) -> Totals:
        """How much the archive holds."""
        ...

    async def count_items_since(self, since: datetime) -> int:
        """Items first seen since then."""
        ...


class AuditStore(Protocol):
    """Who changed what. What the other methods change is entered by them, in the same transaction."""

    async def record_changes(
        self, entries: Sequence[AuditEntry], notices: Sequence[OutgoingMessage], now: datetime
    ) -> None:
        """Enters what was changed outside the store, and queues the notices that tell of it, together."""
        ...

    async def list_audit(self, limit: int, destination: str | None = None) -> list[AuditEntry]:
        """The newest entries, newest first: all, or those of one destination and those that concern everyone."""
        ...

    async def list_standing(self, subject: Subject, by: str) -> list[AuditEntry]:
        """The latest entry of each subject that `by` entered with a `version`, without those that are gone."""
        ...


class Store(
    FeedStore,
    FeedNoticeStore,
    RetentionStore,
    FeedMemoryStore,
    PollStore,
    StoryStore,
    SeenStore,
    DeliveryStore,
    OutboxStore,
    UpkeepStore,
    InboxStore,
    SubscriptionStore,
    AlertStore,
    ArchiveStore,
    AuditStore,
    ReplayStore,
    WatchlistStore,
    AttentionStore,
    DigestStore,
    HoldingStore,
    SoundStore,
    Protocol,
):
    """Everything that is kept."""

    async def migrate(self) -> list[str]:
        """Brings the schema up to date; the names of the migrations applied now."""
        ...

    async def backup(self, target: Path) -> None:
        """Writes a consistent copy while running. Raises StoreError if the target exists."""
        ...

    async def close(self) -> None:
        """Ends the connection; the store is not used afterwards."""
        ...
