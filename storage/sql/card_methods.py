"""The methods of the store about cards that live: edits, updates, and messages that stand for cards."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.alerts import LoneArticle
from bot.domain.backlog import WaitingCard
from bot.domain.bursts import BurstContents, ChatLoad
from bot.domain.deliveries import OutgoingMessage
from bot.domain.updates import ShownStory
from bot.ports.outbox_store import BurstStore, CoverStore, EditStore
from storage.sql.bursts import grow_burst, open_burst, read_burst, read_load, settle_burst
from storage.sql.card_edits import list_lone_articles, record_gone, record_opened, request_edits
from storage.sql.covering import cover_cards
from storage.sql.store_base import StoreBase
from storage.sql.updates import list_shown


class CardMethods(StoreBase, EditStore, CoverStore, BurstStore):
    """Hands each of them to the database."""

    async def record_opened(self, destination_key: str, message_id: str) -> None:
        await self._database.write(record_opened, destination_key, message_id)

    async def request_edits(self, alert_id: str, now: datetime) -> int:
        return await self._database.write(request_edits, alert_id, now)

    async def list_lone_articles(self, since: datetime, until: datetime) -> list[LoneArticle]:
        return await self._archive.read(list_lone_articles, since, until)

    async def record_gone(self, item_key: str, now: datetime) -> None:
        await self._write_in_tenure(record_gone, item_key, now)

    async def list_shown(self, story_ids: Sequence[int], since: datetime) -> dict[int, ShownStory]:
        return await self._database.read(list_shown, story_ids, since)

    async def cover_cards(self, ids: Sequence[int], message: OutgoingMessage, now: datetime) -> None:
        await self._write_in_tenure(cover_cards, ids, message, now)

    async def read_load(self, destination_key: str, since: datetime) -> ChatLoad:
        return await self._database.read(read_load, destination_key, since)

    async def open_burst(
        self, cards: Collection[WaitingCard], message: OutgoingMessage, claimed: int, now: datetime
    ) -> None:
        await self._write_in_tenure(open_burst, cards, message, claimed, now)

    async def grow_burst(self, burst_id: int, cards: Collection[WaitingCard], claimed: int, now: datetime) -> None:
        await self._write_in_tenure(grow_burst, burst_id, cards, claimed, now)

    async def read_burst(self, burst_id: int) -> BurstContents:
        return await self._database.read(read_burst, burst_id)

    async def settle_burst(self, burst_id: int, now: datetime) -> None:
        await self._write_in_tenure(settle_burst, burst_id, now)
