"""The SQLite store: every method hands its work to the database's thread as one transaction.

What the methods promise is written in `bot.ports.store`; how it is done, in the files beside this one.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.alerts import AlertView, Feedback, Report
from bot.domain.chats import Destination, InboundUpdate, Platform, Subscription
from bot.domain.deliveries import AfterFailure, Delivery, OutgoingMessage, Receipt
from bot.domain.feeds import Feed, FeedStatus
from bot.domain.items import ItemIdentity
from bot.domain.polls import PollRecord, RecordedPolls, Totals
from bot.domain.stories import Story
from bot.errors import StoreError
from bot.ports.store import Store
from storage.sqlite.alerts import (
    count_feedback,
    count_story_alerts,
    find_alert,
    find_alert_by_message,
    get_alert,
    list_alerts,
    record_feedback,
)
from storage.sqlite.archive import count_items_since, count_matching_items, count_totals, search_items
from storage.sqlite.backup import back_up
from storage.sqlite.connection import BUSY_TIMEOUT, DatabaseThread
from storage.sqlite.deliveries import (
    claim_deliveries,
    enqueue,
    next_delivery_at,
    record_failure,
    record_sent,
    release_deliveries,
)
from storage.sqlite.destinations import disable_destination, ensure_destination
from storage.sqlite.feeds import add_feed, list_due_feeds, list_feeds, remove_feed, sync_feeds
from storage.sqlite.inbox import list_unhandled_updates, record_handled, record_update
from storage.sqlite.migrations import apply_migrations
from storage.sqlite.polls import find_known_items, find_stories, record_polls
from storage.sqlite.subscriptions import list_subscriptions, subscribe, unsubscribe


class SqliteStore(Store):
    """Everything that is kept, in one SQLite database. Every method raises StoreError when the database refuses.

    Looking back goes through `archive`, a second connection that only reads, so that a search which takes its
    time holds up no delivery. There is never a second writer.
    """

    def __init__(self, database: DatabaseThread, archive: DatabaseThread) -> None:
        self._database = database
        self._archive = archive

    async def migrate(self) -> list[str]:
        return await self._database.call(apply_migrations, self._database.place)

    async def backup(self, target: Path) -> None:
        if self._database.path is None:
            raise StoreError("A database in memory cannot be backed up.", "Set DATABASE_URL to a file.")
        await asyncio.to_thread(back_up, self._database.path, target)

    async def close(self) -> None:
        await self._archive.close()
        await self._database.close()

    async def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        await self._database.write(sync_feeds, feeds, now)

    async def add_feed(self, feed: Feed, now: datetime) -> None:
        await self._database.write(add_feed, feed, now)

    async def remove_feed(self, feed_id: str) -> None:
        await self._database.write(remove_feed, feed_id)

    async def list_feeds(self) -> list[FeedStatus]:
        return await self._database.read(list_feeds)

    async def list_due_feeds(self, now: datetime, limit: int) -> list[FeedStatus]:
        return await self._database.read(list_due_feeds, now, limit)

    async def find_known_items(self, feed_id: str, identities: Sequence[ItemIdentity]) -> frozenset[str]:
        return await self._database.read(find_known_items, feed_id, identities)

    async def find_stories(self, words: frozenset[str], since: datetime) -> list[Story]:
        return await self._database.read(find_stories, words, since)

    async def record_polls(self, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
        return await self._database.write(record_polls, batch, now)

    async def claim_deliveries(
        self, platform: Platform, now: datetime, limit: int, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        claim = asyncio.ensure_future(
            self._database.write(claim_deliveries, platform, now, limit, lease=lease, busy=busy)
        )
        try:
            return await asyncio.shield(claim)
        except asyncio.CancelledError:
            # Nobody is left to send what was just leased. Kept, it would go out late and marked as a repeat.
            if not claim.cancelled():
                with suppress(StoreError):
                    await self._database.write(release_deliveries, await claim)
            raise

    async def record_sent(self, delivery_id: int, receipt: Receipt, now: datetime) -> None:
        await self._database.write(record_sent, delivery_id, receipt, now)

    async def record_failure(self, delivery_id: int, after: AfterFailure, now: datetime) -> None:
        await self._database.write(record_failure, delivery_id, after, now)

    async def enqueue(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        await self._database.write(enqueue, messages, now)

    async def next_delivery_at(self, platform: Platform, busy: frozenset[str] = frozenset()) -> datetime | None:
        return await self._database.read(next_delivery_at, platform, busy)

    async def record_update(self, update: InboundUpdate) -> bool:
        return await self._database.write(record_update, update)

    async def list_unhandled_updates(self, platform: Platform, limit: int) -> list[InboundUpdate]:
        return await self._database.read(list_unhandled_updates, platform, limit)

    async def record_handled(self, update: InboundUpdate, replies: Sequence[OutgoingMessage], now: datetime) -> None:
        await self._database.write(record_handled, update, replies, now)

    async def ensure_destination(self, destination: Destination) -> Destination:
        return await self._database.write(ensure_destination, destination)

    async def disable_destination(self, key: str, reason: str) -> None:
        await self._database.write(disable_destination, key, reason)

    async def subscribe(self, destination: Destination, watchlist: str, by: str, now: datetime) -> bool:
        return await self._database.write(subscribe, destination, watchlist, by, now)

    async def unsubscribe(self, destination: Destination, watchlist: str) -> bool:
        return await self._database.write(unsubscribe, destination, watchlist)

    async def list_subscriptions(self, destination_key: str | None = None) -> list[Subscription]:
        return await self._database.read(list_subscriptions, destination_key)

    async def find_alert(self, alert_id: str, destination_key: str) -> AlertView | None:
        return await self._database.read(find_alert, alert_id, destination_key)

    async def find_alert_by_message(self, destination_key: str, message: str) -> str | None:
        return await self._database.read(find_alert_by_message, destination_key, message)

    async def get_alert(self, alert_id: str) -> AlertView:
        return await self._database.read(get_alert, alert_id)

    async def list_alerts(self, destination_key: str, since: datetime, limit: int) -> list[AlertView]:
        return await self._database.read(list_alerts, destination_key, since, limit)

    async def count_story_alerts(self, destination_key: str, since: datetime) -> dict[str, int]:
        return await self._database.read(count_story_alerts, destination_key, since)

    async def record_feedback(self, feedback: Feedback) -> None:
        await self._database.write(record_feedback, feedback)

    async def count_feedback(self, watchlist: str) -> tuple[int, int]:
        return await self._database.read(count_feedback, watchlist)

    async def search_items(self, terms: Sequence[str], limit: int, offset: int = 0) -> list[Report]:
        return await self._archive.read(search_items, terms, limit, offset)

    async def count_matching_items(self, terms: Sequence[str]) -> int:
        return await self._archive.read(count_matching_items, terms)

    async def count_totals(self) -> Totals:
        return await self._archive.read(count_totals)

    async def count_items_since(self, since: datetime) -> int:
        return await self._archive.read(count_items_since, since)


async def open_sqlite_store(path: Path | None, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> SqliteStore:
    """The store in the file at `path`, or in memory for None. Raises StoreError."""
    database = DatabaseThread(path, busy_timeout=busy_timeout)
    await database.open()
    if path is None:
        return SqliteStore(database, database)
    archive = DatabaseThread(path, read_only=True, busy_timeout=busy_timeout)
    try:
        await archive.open()
    except StoreError:
        await database.close()
        raise
    return SqliteStore(database, archive)
