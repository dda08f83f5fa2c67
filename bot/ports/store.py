"""What is kept. Every method is one transaction, named by intent, with records in and records out.

All of it is implemented by one store; the services ask only for the part they use.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.ports.alert_store import AlertStore, ArchiveStore, StoryStore
from bot.ports.attention_store import AttentionStore, DigestStore, HoldingStore, SoundStore
from bot.ports.chat_store import AuditStore, SubscriptionStore
from bot.ports.departure_store import DepartureStore
from bot.ports.feed_draft_store import FeedDraftStore
from bot.ports.feed_store import FeedMemoryStore, FeedNoticeStore, FeedStore, PollStore, RetentionStore, SeenStore
from bot.ports.forgetting_store import ForgettingStore
from bot.ports.hub_store import HubStore
from bot.ports.list_store import ReplayStore, WatchlistStore
from bot.ports.onboarding_store import OnboardingStore
from bot.ports.outbox_store import (
    BurstStore,
    CoverStore,
    DeliveryStore,
    EditStore,
    InboxStore,
    OutboxStore,
)
from bot.ports.owner_store import OwnerStore
from bot.ports.statistics_store import ShiftStore, StatisticsStore, TrendStore
from bot.ports.triage_store import FixStore, SavedStore, TriageStore, VerdictStore
from bot.ports.workspace_store import WorkspaceStore


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


class Store(
    FeedStore,
    FeedDraftStore,
    FeedNoticeStore,
    RetentionStore,
    FeedMemoryStore,
    HubStore,
    PollStore,
    StoryStore,
    SeenStore,
    DeliveryStore,
    EditStore,
    CoverStore,
    BurstStore,
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
    OwnerStore,
    DepartureStore,
    OnboardingStore,
    WorkspaceStore,
    TriageStore,
    SavedStore,
    VerdictStore,
    FixStore,
    ForgettingStore,
    StatisticsStore,
    ShiftStore,
    TrendStore,
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
