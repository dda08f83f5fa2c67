"""The methods of the SQL stores for feeds that wait for a button."""

from datetime import datetime

from bot.domain.feed_drafts import FeedDraft
from bot.ports.feed_draft_store import FeedDraftStore
from storage.sql.feed_drafts import (
    describe_feed_draft,
    drop_feed_draft,
    get_feed_draft,
    record_feed_draft,
    use_feed_draft,
)
from storage.sql.store_base import StoreBase


class FeedDraftMethods(StoreBase, FeedDraftStore):
    """Feeds that somebody looked at and has not added yet."""

    async def record_feed_draft(self, draft: FeedDraft) -> FeedDraft:
        return await self._database.write(record_feed_draft, draft)

    async def get_feed_draft(self, draft_id: int, destination_key: str, now: datetime | None = None) -> FeedDraft:
        return await self._database.read(get_feed_draft, draft_id, destination_key, now)

    async def use_feed_draft(self, draft_id: int, destination_key: str, now: datetime) -> None:
        await self._database.write(use_feed_draft, draft_id, destination_key, now)

    async def describe_feed_draft(self, draft_id: int, destination_key: str, owner: str, grade: str) -> FeedDraft:
        return await self._database.write(describe_feed_draft, draft_id, destination_key, owner, grade)

    async def drop_feed_draft(self, draft_id: int, destination_key: str) -> None:
        await self._database.write(drop_feed_draft, draft_id, destination_key)
