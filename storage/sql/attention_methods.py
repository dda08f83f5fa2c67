"""The methods of the SQLite store for what chats decided, and for their digests."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.domain.audit import AuditEntry
from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestMark
from bot.domain.mornings import HeldCard
from bot.domain.mutes import Mute
from bot.ports.attention_store import AttentionStore, DigestStore, HoldingStore, SoundStore
from storage.sql.attention import end_mutes, list_attention, record_mute, record_settings, record_timezone
from storage.sql.digests import begin_digests, list_digest_alerts, list_digest_marks, read_digest, record_digest
from storage.sql.held import count_sounds, list_critical, list_held, release_held, silence
from storage.sql.store_base import StoreBase


class AttentionMethods(StoreBase, AttentionStore, DigestStore, HoldingStore, SoundStore):
    """Settings, mutes, digests and held cards."""

    async def list_attention(self, destination_key: str | None = None) -> dict[str, Attention]:
        return await self._database.read(list_attention, destination_key)

    async def record_settings(self, destination: Destination, settings: ChatSettings, entry: AuditEntry) -> None:
        await self._database.write(record_settings, destination, settings, entry)

    async def record_timezone(self, destination: Destination, timezone: str, entry: AuditEntry) -> None:
        await self._database.write(record_timezone, destination, timezone, entry)

    async def record_mute(self, mute: Mute, destination: Destination, entry: AuditEntry | None) -> Mute:
        return await self._database.write(record_mute, mute, destination, entry)

    async def end_mutes(self, destination_key: str, ids: Collection[int], entries: Sequence[AuditEntry]) -> int:
        return await self._database.write(end_mutes, destination_key, ids, entries)

    async def list_held(self) -> list[HeldCard]:
        return await self._database.read(list_held)

    async def list_critical(self, destination_key: str, since: datetime) -> list[datetime]:
        return await self._database.read(list_critical, destination_key, since)

    async def release_held(self, ids: Collection[int], now: datetime) -> None:
        await self._write_in_tenure(release_held, ids, now)

    async def count_sounds(self, destination_key: str, since: datetime) -> int:
        return await self._database.read(count_sounds, destination_key, since)

    async def silence(self, delivery_id: int) -> None:
        await self._write_in_tenure(silence, delivery_id)

    async def list_digest_marks(self) -> dict[str, DigestMark]:
        return await self._database.read(list_digest_marks)

    async def begin_digests(self, destinations: Sequence[Destination], now: datetime) -> None:
        await self._write_in_tenure(begin_digests, destinations, now)

    async def read_digest(
        self, destination_key: str, mark: DigestMark, watched: Collection[str], now: datetime
    ) -> DigestContents:
        return await self._archive.read(read_digest, destination_key, mark, watched, now)

    async def record_digest(
        self, destination: Destination, day: date, contents: DigestContents, messages: Sequence[OutgoingMessage]
    ) -> bool:
        return await self._write_in_tenure(record_digest, destination, day, contents, messages)

    async def list_digest_alerts(self, destination_key: str, message: str) -> list[str]:
        return await self._database.read(list_digest_alerts, destination_key, message)
