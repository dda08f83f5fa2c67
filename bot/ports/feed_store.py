"""What is kept of feeds: what is known of each, what polls found, what they have shown, and what is let go."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.audit import AuditEntry
from bot.domain.feed_memory import FeedMemory
from bot.domain.feed_notices import FeedNotice
from bot.domain.feeds import Feed, FeedStatus
from bot.domain.novelty import Revision
from bot.domain.polls import PollRecord, RecordedPolls


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

    async def list_marked_feeds(self) -> list[Feed]:
        """The feeds of outlets in exile and those with a note, by id; also those not in use any more."""
        ...

    async def grade_feed(self, feed_id: str, grade: str, entry: AuditEntry) -> None:
        """Gives a feed that people added another letter; `entry` tells of it in the audit trail.

        Raises NotFound, and Conflict for a feed of the files, which say its letter.
        """
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
