"""The methods of the SQLite store for the bot's owner."""

from bot.domain.audit import AuditEntry
from bot.domain.ownership import Owner
from bot.ports.owner_store import OwnerStore
from storage.sql.owners import find_owner, forget_owner, record_owner
from storage.sql.store_base import StoreBase


class OwnerMethods(StoreBase, OwnerStore):
    """The owner that the bot was claimed by."""

    async def find_owner(self) -> Owner | None:
        return await self._database.read(find_owner)

    async def record_owner(self, owner: Owner, entry: AuditEntry) -> bool:
        return await self._database.write(record_owner, owner, entry)

    async def forget_owner(self, entry: AuditEntry) -> bool:
        return await self._database.write(forget_owner, entry)
