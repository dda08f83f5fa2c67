"""What is kept of feeds that somebody looked at and has not added yet."""

from datetime import datetime
from typing import Protocol

from bot.domain.feed_drafts import FeedDraft


class FeedDraftStore(Protocol):
    """Feeds that wait for a button; kept for two weeks."""

    async def record_feed_draft(self, draft: FeedDraft) -> FeedDraft:
        """Keeps a feed that was looked at; the draft with its id. Raises NotFound for a chat that is not known."""
        ...

    async def get_feed_draft(self, draft_id: int, destination_key: str, now: datetime | None = None) -> FeedDraft:
        """A draft of a chat. Raises NotFound, also for one that was used, except by the same request, made `now`."""
        ...

    async def use_feed_draft(self, draft_id: int, destination_key: str, now: datetime) -> None:
        """The request of the moment `now` adds it; no other one will."""
        ...

    async def describe_feed_draft(self, draft_id: int, destination_key: str, owner: str, grade: str) -> FeedDraft:
        """Keeps what somebody said of the outlet; the draft with it. Raises NotFound."""
        ...

    async def drop_feed_draft(self, draft_id: int, destination_key: str) -> None:
        """Forgets a draft of a chat; nothing happens if it is gone."""
        ...
