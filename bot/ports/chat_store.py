"""What is kept of chats: who watches what, and who changed what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.audit import AuditEntry, Subject
from bot.domain.chats import Destination, Level, Subscription
from bot.domain.deliveries import OutgoingMessage
from bot.ports.attention_store import AttentionReader


class SubscriptionStore(AttentionReader, Protocol):
    """Who watches what."""

    async def ensure_destination(self, destination: Destination) -> Destination:
        """The stored destination with this key, made if it is new, and live again.

        Its kind, title and workspace are taken over from `destination`, its time zone is not.
        """
        ...

    async def move_chat(self, destination: Destination, address: str) -> None:
        """Gives a chat, with all its threads, the new address that its platform told; nothing for one not known.

        Where the new address is known already, the two become one.
        """
        ...

    async def disable_destination(self, key: str, reason: str) -> None:
        """Stops sending to a destination."""
        ...

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
        """Watches a list at a destination; False if it did already at this level, which otherwise changes.

        `name` is that of the person `by`.
        """
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
