"""What is asked of the archive for statistics, trends, exports and the handover of a shift."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.digest_times import DigestMark
from bot.domain.told import RungStory, SeenDelay, ToldAlert


class StatisticsStore(Protocol):
    """Looking back over what was told."""

    async def list_told(self, since: datetime, destination_key: str = "", limit: int = 20_000) -> list[ToldAlert]:
        """The newest alerts that a destination was told of since then, or all destinations, oldest first.

        Low-priority stories that only a digest tells are not among them.
        """
        ...

    async def list_rung(self, since: datetime, watchlists: Collection[str]) -> list[RungStory]:
        """The stories that rang on these lists since then, one record a list and story, oldest first.

        What a feed listed when it was first read does not count.
        """
        ...

    async def list_seen_delays(self, since: datetime, most: int = 500) -> list[SeenDelay]:
        """The delays of items first seen since then that carry a date: of each feed the newest `most`."""
        ...


class ShiftStore(Protocol):
    """When the shift of a chat began."""

    async def find_shift(self, destination_key: str) -> datetime | None:
        """When the last handover was marked as done; None if none ever was."""
        ...

    async def begin_shift(self, destination_key: str, at: datetime) -> None:
        """Marks a handover as done. Raises NotFound for a destination that is not known."""
        ...


class TrendStore(Protocol):
    """How far the weekly trends of chats have come."""

    async def list_trend_marks(self) -> dict[str, DigestMark]:
        """The mark of each destination by its key; `last_match` means nothing here."""
        ...

    async def begin_trends(self, destinations: Sequence[Destination], now: datetime) -> None:
        """Sets the marks of destinations that have none, so that their first trend comes at their next hour."""
        ...

    async def record_trend(
        self, destination: Destination, day: date, at: datetime, messages: Sequence[OutgoingMessage]
    ) -> bool:
        """Queues the trend of that day, possibly of no message; False if that day or a later one had its trend."""
        ...
