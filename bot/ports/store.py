"""What is kept. Every method is one transaction, named by intent, with records in and records out.

All of it is implemented by one store; the services ask only for the part they use.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.domain.alerts import AlertView, Feedback, Report
from bot.domain.chats import Destination, InboundUpdate, Platform, Subscription
from bot.domain.deliveries import AfterFailure, Delivery, OutgoingMessage, Receipt
from bot.domain.feeds import Feed, FeedStatus
from bot.domain.items import ItemIdentity
from bot.domain.polls import PollRecord, RecordedPolls, Totals
from bot.domain.stories import Story


class FeedStore(Protocol):
    """Feeds and what is known about them between polls."""

    async def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Makes the feeds of origin FILE equal to `feeds`; others stay, and no URL is polled twice.

        A feed gone from the files is disabled, not deleted.
        A feed whose URL changed loses its validators but keeps its items; new feeds are due at once.
        """
        ...

    async def add_feed(self, feed: Feed, now: datetime) -> None:
        """Adds one feed, due at once.

        A disabled feed of that id is taken into use again: it keeps its items, its first poll is a baseline.
        Raises Conflict if its id or URL is in use (naming the feed that has it).
        """
        ...

    async def remove_feed(self, feed_id: str) -> None:
        """Disables a feed and keeps its items. Raises NotFound."""
        ...

    async def list_feeds(self) -> list[FeedStatus]:
        """Every feed, by id."""
        ...

    async def list_due_feeds(self, now: datetime, limit: int) -> list[FeedStatus]:
        """Enabled feeds whose time has come, longest overdue first."""
        ...


class PollStore(Protocol):
    """What polls found."""

    async def find_known_items(self, feed_id: str, identities: Sequence[ItemIdentity]) -> frozenset[str]:
        """The `key`s of those identities that the feed has shown before, by key or by link."""
        ...

    async def find_stories(self, words: frozenset[str], since: datetime) -> list[Story]:
        """Stories reported since then that share headline words with `words`, most shared first, at most 20."""
        ...

    async def record_polls(self, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
        """Records everything the polls found and planned, or nothing. What is there already is left as it is.

        An alert gets its short id here. A destination gets one card per story at most.
        """
        ...


class DeliveryStore(Protocol):
    """The outbox."""

    async def claim_deliveries(
        self, platform: Platform, now: datetime, limit: int, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        """Leases the most urgent due delivery of each destination of `platform` (at most `limit`), as `sending`.

        A destination has at most one delivery in `sending`, none is taken whose key is in `busy`, and
        disabled destinations get none. A `sending` delivery whose lease ran out is taken again as a possible
        duplicate; one that already was a possible duplicate is failed instead.
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


class SubscriptionStore(Protocol):
    """Who watches what."""

    async def ensure_destination(self, destination: Destination) -> Destination:
        """The stored destination with this key, made if it is new, and live again.

        Its kind, title and workspace are taken over from `destination`, its time zone is not.
        """
        ...

    async def disable_destination(self, key: str, reason: str) -> None:
        """Stops sending to a destination."""
        ...

    async def subscribe(self, destination: Destination, watchlist: str, by: str, now: datetime) -> bool:
        """Watches a list at a destination; False if it did already."""
        ...

    async def unsubscribe(self, destination: Destination, watchlist: str) -> bool:
        """Stops watching; False if it did not watch."""
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

    async def get_alert(self, alert_id: str) -> AlertView:
        """An alert, wherever it was sent. Raises NotFound."""
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


class Store(FeedStore, PollStore, DeliveryStore, InboxStore, SubscriptionStore, AlertStore, ArchiveStore, Protocol):
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
