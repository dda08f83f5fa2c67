"""The methods of the SQL stores for chats that the bot lost."""

from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.chats import Destination
from bot.ports.departure_store import DepartureStore
from storage.sql.departures import disable_chat, forget_departed, revive_chat
from storage.sql.store_base import StoreBase


class DepartureMethods(StoreBase, DepartureStore):
    """Chats that come and go."""

    async def disable_chat(self, destination: Destination, reason: str, entry: AuditEntry) -> bool:
        return await self._database.write(disable_chat, destination, reason, entry)

    async def revive_chat(self, destination: Destination) -> None:
        await self._database.write(revive_chat, destination)

    async def forget_departed(self, before: datetime) -> int:
        return await self._write_in_tenure(forget_departed, before)
