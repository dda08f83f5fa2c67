"""What is kept of what chats decided about when they want to be told, and of what they were told by digest."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.audit import AuditEntry
from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestMark
from bot.domain.mornings import HeldCard
from bot.domain.mutes import Mute


class AttentionReader(Protocol):
    """What chats decided."""

    async def list_attention(self, destination_key: str | None = None) -> dict[str, Attention]:
        """Settings and mutes by the key of their destination, of all that have some or of one.

        Mutes come oldest first; some may have run out.
        """
        ...


class AttentionStore(AttentionReader, Protocol):
    """Settings and mutes of chats."""

    async def record_settings(self, destination: Destination, settings: ChatSettings, entry: AuditEntry) -> None:
        """Keeps the settings of a chat, and who changed them."""
        ...

    async def record_timezone(self, destination: Destination, timezone: str, entry: AuditEntry) -> None:
        """Gives a chat another clock."""
        ...

    async def record_mute(self, mute: Mute, destination: Destination, entry: AuditEntry | None) -> Mute:
        """Keeps a mute in the place of one of the same kind and value; the mute with its id."""
        ...

    async def end_mutes(self, destination_key: str, ids: Collection[int], entries: Sequence[AuditEntry]) -> int:
        """Takes mutes of a chat back; how many there were."""
        ...


class HoldingStore(Protocol):
    """Cards that quiet hours hold."""

    async def list_held(self) -> list[HeldCard]:
        """Every held card of a live destination, oldest first."""
        ...

    async def list_critical(self, destination_key: str, since: datetime) -> list[datetime]:
        """When critical cards planned since then were sent to a destination, in order."""
        ...

    async def release_held(self, ids: Collection[int], now: datetime) -> None:
        """Lets held cards go, each by itself."""
        ...


class SoundStore(Protocol):
    """Which cards made a sound."""

    async def count_sounds(self, destination_key: str, since: datetime) -> int:
        """Cards sent to a destination with a sound since then, critical ones aside."""
        ...

    async def silence(self, delivery_id: int) -> None:
        """Lets a delivery make no sound."""
        ...


class DigestStore(Protocol):
    """Daily digests."""

    async def list_digest_marks(self) -> dict[str, DigestMark]:
        """How far the digests of each destination have come."""
        ...

    async def begin_digests(self, destinations: Sequence[Destination], now: datetime) -> None:
        """Lets the first digest of these destinations tell of what comes after now."""
        ...

    async def read_digest(
        self, destination_key: str, mark: DigestMark, watched: Collection[str], now: datetime
    ) -> DigestContents:
        """What came up for a destination since its last digest, on these lists."""
        ...

    async def record_digest(
        self, destination: Destination, day: date, contents: DigestContents, messages: Sequence[OutgoingMessage]
    ) -> bool:
        """Queues a digest and marks what stands in it as told. False, and nothing done, if that day had one.

        The alerts keep the numbers of their order.
        """
        ...

    async def list_digest_alerts(self, destination_key: str, message: str) -> list[str]:
        """Ids of the alerts of the digest that is this message, in order; of the last one for an empty `message`."""
        ...
