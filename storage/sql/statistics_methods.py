"""The methods of the SQLite store for statistics, shifts and weekly trends."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.digest_times import DigestMark
from bot.domain.told import RungStory, SeenDelay, ToldAlert
from bot.ports.statistics_store import ShiftStore, StatisticsStore, TrendStore
from storage.sql.statistics import begin_shift, find_shift, list_rung, list_seen_delays, list_told
from storage.sql.store_base import StoreBase
from storage.sql.trends import begin_trends, list_trend_marks, record_trend


class StatisticsMethods(StoreBase, StatisticsStore, ShiftStore, TrendStore):
    """Looking back over what was told."""

    async def list_told(self, since: datetime, destination_key: str = "", limit: int = 20_000) -> list[ToldAlert]:
        return await self._archive.read(list_told, since, destination_key, limit)

    async def list_rung(self, since: datetime, watchlists: Collection[str]) -> list[RungStory]:
        return await self._archive.read(list_rung, since, watchlists)

    async def list_seen_delays(self, since: datetime, most: int = 500) -> list[SeenDelay]:
        return await self._archive.read(list_seen_delays, since, most)

    async def find_shift(self, destination_key: str) -> datetime | None:
        return await self._database.read(find_shift, destination_key)

    async def begin_shift(self, destination_key: str, at: datetime) -> None:
        await self._database.write(begin_shift, destination_key, at)

    async def list_trend_marks(self) -> dict[str, DigestMark]:
        return await self._database.read(list_trend_marks)

    async def begin_trends(self, destinations: Sequence[Destination], now: datetime) -> None:
        await self._write_in_tenure(begin_trends, destinations, now)

    async def record_trend(
        self, destination: Destination, day: date, at: datetime, messages: Sequence[OutgoingMessage]
    ) -> bool:
        return await self._write_in_tenure(record_trend, destination, day, at, messages)
