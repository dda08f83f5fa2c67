"""What both stores do alike: every method hands its work to the database as one transaction.

What the methods promise is written in `bot.ports.store`; how it is done, in the files beside this one.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain.alerts import AlertView, Feedback, Report
from bot.domain.audit import AuditEntry, Subject
from bot.domain.backlog import Missed, WaitingCard
from bot.domain.chat_lists import ChatList, Draft, Version
from bot.domain.chats import Destination, InboundUpdate, Level, Platform, Subscription
from bot.domain.deliveries import AfterFailure, DeadLetter, Delivery, OutboxHealth, OutgoingMessage, Receipt
from bot.domain.feed_memory import FeedMemory
from bot.domain.feed_notices import FeedNotice
from bot.domain.feeds import Feed, FeedStatus
from bot.domain.items import Item
from bot.domain.novelty import Revision
from bot.domain.polls import PollRecord, RecordedPolls, Totals
from bot.domain.traces import ItemTrace, Wanted
from bot.errors import StoreError
from bot.ports.store import Store
from storage.sql.alerts import (
    count_feedback,
    count_story_alerts,
    find_alert,
    find_alert_by_message,
    get_alert,
    list_alerts,
    record_feedback,
)
from storage.sql.archive import WordIndex, count_items_since, count_matching_items, count_totals, search_items
from storage.sql.attention_methods import AttentionMethods
from storage.sql.audit import list_audit, list_standing, record_changes
from storage.sql.bursts import record_outcome
from storage.sql.card_methods import CardMethods
from storage.sql.chat_lists import (
    add_chat_list,
    add_version,
    drop_draft,
    get_draft,
    list_chat_lists,
    list_watchlist_versions,
    rate_sample,
    record_draft,
    record_file_versions,
    remove_chat_list,
    undo_version,
)
from storage.sql.deliveries import (
    enqueue,
    next_delivery_at,
    record_repeat,
    record_sent,
    release_deliveries,
)
from storage.sql.departure_methods import DepartureMethods
from storage.sql.destinations import (
    disable_destination,
    ensure_destination,
    list_destinations,
    move_chat,
    record_destinations,
)
from storage.sql.feed_draft_methods import FeedDraftMethods
from storage.sql.feed_learning import list_paces
from storage.sql.feed_memories import find_memories
from storage.sql.feed_notices import list_feed_notices, list_revisions
from storage.sql.feeds import (
    add_feed,
    grade_feed,
    list_due_feeds,
    list_feeds,
    list_marked_feeds,
    remove_feed,
    sync_feeds,
)
from storage.sql.hub_methods import HubMethods
from storage.sql.inbox import list_unhandled_updates, record_handled, record_update
from storage.sql.onboarding_methods import OnboardingMethods
from storage.sql.outbox_care import (
    list_backlogs,
    list_dead_letters,
    list_doubtful,
    list_missed,
    measure_outbox,
    retry_dead_letters,
)
from storage.sql.owner_methods import OwnerMethods
from storage.sql.polls import record_polls
from storage.sql.replay import list_items, trace_items
from storage.sql.retention import forget_items, forget_notices, forget_surplus
from storage.sql.statistics_methods import StatisticsMethods
from storage.sql.story_methods import StoryMethods
from storage.sql.subscriptions import list_subscriptions, subscribe, unsubscribe
from storage.sql.triage_methods import TriageMethods
from storage.sql.upkeep import (
    check_writable,
    forget_settled,
    shift_times,
    take_over,
)
from storage.sql.workspace_methods import WorkspaceMethods


class SqlStore(
    HubMethods,
    FeedDraftMethods,
    AttentionMethods,
    CardMethods,
    StoryMethods,
    DepartureMethods,
    OwnerMethods,
    OnboardingMethods,
    WorkspaceMethods,
    TriageMethods,
    StatisticsMethods,
    Store,
):
    """Everything that is kept, in whichever SQL database. Every method raises StoreError when the database refuses."""

    _words: WordIndex

    async def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        await self._database.write(sync_feeds, feeds, now)

    async def add_feed(self, feed: Feed, now: datetime, *, name: str = "") -> None:
        await self._database.write(add_feed, feed, now, name=name)

    async def remove_feed(self, feed_id: str, by: str, now: datetime, *, name: str = "") -> None:
        await self._database.write(remove_feed, feed_id, by, now, name=name)

    async def list_feeds(self) -> list[FeedStatus]:
        return await self._archive.read(list_feeds)

    async def list_marked_feeds(self) -> list[Feed]:
        return await self._archive.read(list_marked_feeds)

    async def grade_feed(self, feed_id: str, grade: str, entry: AuditEntry) -> None:
        await self._database.write(grade_feed, feed_id, grade, entry)

    async def list_due_feeds(self, now: datetime, limit: int, busy: Collection[str] = frozenset()) -> list[FeedStatus]:
        return await self._database.read(list_due_feeds, now, limit, busy)

    async def find_memories(self, feed_ids: Sequence[str]) -> dict[str, FeedMemory]:
        return await self._database.read(find_memories, feed_ids)

    async def list_revisions(self, item_key: str) -> list[Revision]:
        return await self._database.read(list_revisions, item_key)

    async def list_feed_notices(self, since: datetime, limit: int) -> list[FeedNotice]:
        return await self._database.read(list_feed_notices, since, limit)

    async def forget_items(self, before: datetime, after: int, most: int) -> tuple[int, int]:
        return await self._write_in_tenure(forget_items, before, after, most)

    async def forget_surplus(self, most_of_feed: int, most: int) -> int:
        return await self._write_in_tenure(forget_surplus, most_of_feed, most)

    async def forget_notices(self, before: datetime) -> int:
        return await self._write_in_tenure(forget_notices, before)

    async def list_paces(self) -> list[bytes]:
        return await self._database.read(list_paces)

    async def record_polls(self, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
        return await self._database.write(record_polls, batch, now)

    async def claim_deliveries(
        self, platform: Platform, now: datetime, limit: int, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        claim = asyncio.ensure_future(self._claim(platform, now, limit, lease=lease, busy=busy))
        try:
            return await asyncio.shield(claim)
        except asyncio.CancelledError:
            # Nobody is left to send what was just leased. Kept, it would go out late and marked as a repeat.
            if not claim.cancelled():
                with suppress(StoreError):
                    await self._database.write(release_deliveries, await claim)
            raise

    @abstractmethod
    async def _claim(
        self, platform: Platform, now: datetime, limit: int, *, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        """Leases due deliveries as this database allows."""

    async def record_sent(self, delivery_id: int, receipt: Receipt, now: datetime) -> None:
        await self._write_in_tenure(record_sent, delivery_id, receipt, now)

    async def record_repeat(self, delivery_id: int) -> None:
        await self._write_in_tenure(record_repeat, delivery_id)

    async def record_failure(self, delivery_id: int, after: AfterFailure, now: datetime) -> None:
        await self._write_in_tenure(record_outcome, delivery_id, after, now)

    async def enqueue(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        await self._database.write(enqueue, messages, now)

    async def next_delivery_at(self, platform: Platform, busy: frozenset[str] = frozenset()) -> datetime | None:
        return await self._database.read(next_delivery_at, platform, busy)

    async def list_backlogs(self, platform: Platform, old: datetime) -> list[WaitingCard]:
        return await self._database.read(list_backlogs, platform, old)

    async def list_doubtful(self, platform: Platform) -> list[WaitingCard]:
        return await self._database.read(list_doubtful, platform)

    async def list_missed(self, destination_key: str, limit: int, offset: int) -> Missed:
        return await self._archive.read(list_missed, destination_key, limit, offset)

    async def list_dead_letters(self, destination_key: str | None, limit: int) -> list[DeadLetter]:
        return await self._archive.read(list_dead_letters, destination_key, limit)

    async def retry_dead_letters(self, ids: Sequence[int], now: datetime) -> int:
        return await self._database.write(retry_dead_letters, ids, now)

    async def measure_outbox(self, now: datetime) -> list[OutboxHealth]:
        return await self._archive.read(measure_outbox, now)

    async def take_over(self, owner: str, now: datetime) -> None:
        self._epoch = await self._database.write(take_over, owner, now)

    async def check_writable(self, now: datetime) -> None:
        await self._write_in_tenure(check_writable, now)

    async def shift_times(self, by: timedelta) -> None:
        await self._write_in_tenure(shift_times, by)

    async def forget_settled(self, before: datetime) -> int:
        return await self._write_in_tenure(forget_settled, before)

    async def record_update(self, update: InboundUpdate) -> bool:
        return await self._database.write(record_update, update)

    async def list_unhandled_updates(self, platform: Platform, limit: int) -> list[InboundUpdate]:
        return await self._database.read(list_unhandled_updates, platform, limit)

    async def record_handled(self, update: InboundUpdate, replies: Sequence[OutgoingMessage], now: datetime) -> None:
        await self._database.write(record_handled, update, replies, now)

    async def ensure_destination(self, destination: Destination) -> Destination:
        return await self._database.write(ensure_destination, destination)

    async def move_chat(self, destination: Destination, address: str) -> None:
        await self._database.write(move_chat, destination, address)

    async def disable_destination(self, key: str, reason: str) -> None:
        await self._database.write(disable_destination, key, reason)

    async def subscribe(
        self,
        destination: Destination,
        watchlist: str,
        by: str,
        now: datetime,
        *,
        name: str = "",
        level: Level = Level.ALL,
    ) -> bool:
        return await self._database.write(subscribe, destination, watchlist, by, now, name=name, level=level)

    async def unsubscribe(
        self, destination: Destination, watchlist: str, by: str, now: datetime, *, name: str = ""
    ) -> bool:
        return await self._database.write(unsubscribe, destination, watchlist, by, now, name=name)

    async def record_destinations(self, destinations: Sequence[Destination]) -> None:
        await self._database.write(record_destinations, destinations)

    async def list_destinations(self, keys: Sequence[str]) -> list[Destination]:
        return await self._database.read(list_destinations, keys)

    async def list_subscriptions(self, destination_key: str | None = None) -> list[Subscription]:
        return await self._database.read(list_subscriptions, destination_key)

    async def find_alert(self, alert_id: str, destination_key: str) -> AlertView | None:
        return await self._database.read(find_alert, alert_id, destination_key)

    async def find_alert_by_message(self, destination_key: str, message: str) -> str | None:
        return await self._database.read(find_alert_by_message, destination_key, message)

    async def get_alert(self, alert_id: str, destination_key: str = "") -> AlertView:
        return await self._database.read(get_alert, alert_id, destination_key)

    async def list_alerts(self, destination_key: str, since: datetime, limit: int) -> list[AlertView]:
        return await self._database.read(list_alerts, destination_key, since, limit)

    async def count_story_alerts(self, destination_key: str, since: datetime) -> dict[str, int]:
        return await self._database.read(count_story_alerts, destination_key, since)

    async def record_feedback(self, feedback: Feedback) -> None:
        await self._database.write(record_feedback, feedback)

    async def count_feedback(self, watchlist: str) -> tuple[int, int]:
        return await self._database.read(count_feedback, watchlist)

    async def search_items(self, terms: Sequence[str], limit: int, offset: int = 0) -> list[Report]:
        return await self._archive.read(search_items, self._words, terms, limit, offset)

    async def count_matching_items(self, terms: Sequence[str]) -> int:
        return await self._archive.read(count_matching_items, self._words, terms)

    async def count_totals(self) -> Totals:
        return await self._archive.read(count_totals)

    async def count_items_since(self, since: datetime) -> int:
        return await self._archive.read(count_items_since, since)

    async def record_changes(
        self, entries: Sequence[AuditEntry], notices: Sequence[OutgoingMessage], now: datetime
    ) -> None:
        await self._database.write(record_changes, entries, notices, now)

    async def list_audit(self, limit: int, destination: str | None = None) -> list[AuditEntry]:
        return await self._archive.read(list_audit, limit, destination)

    async def list_standing(self, subject: Subject, by: str) -> list[AuditEntry]:
        return await self._archive.read(list_standing, subject, by)

    async def list_items(self, since: datetime, after: int, limit: int) -> list[tuple[int, Item]]:
        return await self._archive.read(list_items, since, after, limit)

    async def trace_items(self, wanted: Wanted, limit: int) -> list[ItemTrace]:
        return await self._archive.read(trace_items, wanted, limit)

    async def list_chat_lists(self) -> list[ChatList]:
        return await self._database.read(list_chat_lists)

    async def add_chat_list(self, draft: Draft, list_id: str, now: datetime) -> ChatList:
        return await self._database.write(add_chat_list, draft, list_id, now)

    async def remove_chat_list(self, list_id: str, by: str, name: str, now: datetime) -> None:
        await self._database.write(remove_chat_list, list_id, by, name, now)

    async def add_version(self, draft: Draft, now: datetime) -> Version:
        return await self._database.write(add_version, draft, now)

    async def undo_version(self, list_id: str, by: str, name: str, now: datetime) -> Version:
        return await self._database.write(undo_version, list_id, by, name, now)

    async def record_file_versions(self, versions: Sequence[Version]) -> int:
        return await self._database.write(record_file_versions, versions)

    async def list_watchlist_versions(self, list_id: str) -> list[Version]:
        return await self._database.read(list_watchlist_versions, list_id)

    async def record_draft(self, draft: Draft) -> Draft:
        return await self._database.write(record_draft, draft)

    async def get_draft(self, draft_id: int, destination_key: str, now: datetime | None = None) -> Draft:
        return await self._database.read(get_draft, draft_id, destination_key, now)

    async def rate_sample(self, draft_id: int, destination_key: str, number: int, *, useful: bool) -> Draft:
        return await self._database.write(rate_sample, draft_id, destination_key, number, useful=useful)

    async def drop_draft(self, draft_id: int, destination_key: str) -> None:
        await self._database.write(drop_draft, draft_id, destination_key)
