"""The SQLite store."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.chats import Platform
from bot.domain.deliveries import Delivery
from bot.errors import StoreError
from storage.sql.store import SqlStore
from storage.sqlite import words
from storage.sqlite.backup import back_up, keep_before
from storage.sqlite.claims import claim_deliveries
from storage.sqlite.connection import BUSY_TIMEOUT, DatabaseThread
from storage.sqlite.migrations import apply_migrations, find_upgrade
from storage.sqlite.recovery import keep_backup
from storage.sqlite.seen import find_seen
from storage.sqlite.vacuuming import vacuum


class SqliteStore(SqlStore):
    """Everything that is kept, in one SQLite database.

    Looking back goes through `archive`, a second connection that only reads, so that a search which takes its
    time holds up no delivery. There is never a second writer.
    """

    _words = words

    def __init__(self, database: DatabaseThread, archive: DatabaseThread) -> None:
        super().__init__(database, archive)
        self._thread, self._archive_thread = database, archive

    async def migrate(self) -> list[str]:
        upgrade = await self._thread.call(find_upgrade)
        if upgrade and self._thread.path is not None:
            await asyncio.to_thread(keep_before, self._thread.path, upgrade)
        return await self._thread.call(apply_migrations, self._thread.place)

    async def find_seen(self, asked: Mapping[str, Collection[str]]) -> dict[str, dict[str, datetime]]:
        return await self._database.read(find_seen, asked)

    async def _claim(
        self, platform: Platform, now: datetime, limit: int, *, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        return await self._write_in_tenure(claim_deliveries, platform, now, limit, lease=lease, busy=busy)

    async def backup(self, target: Path) -> None:
        if self._thread.path is None:
            raise StoreError("A database in memory cannot be backed up.", "Set DATABASE_URL to a file.")
        await asyncio.to_thread(back_up, self._thread.path, target)

    async def close(self) -> None:
        await self._archive_thread.close()
        await self._thread.close()

    async def check_writable(self, now: datetime) -> None:
        self._thread.check_place()
        await super().check_writable(now)

    async def keep_backup(self, folder: Path, now: datetime) -> Path | None:
        path = self._thread.path
        return await asyncio.to_thread(keep_backup, path, folder, now) if path else None

    async def vacuum(self) -> None:
        await self._thread.call(vacuum)


async def open_sqlite_store(path: Path | None, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> SqliteStore:
    """The store in the file at `path`, or in memory for None. Raises StoreError."""
    database = DatabaseThread(path, busy_timeout=busy_timeout)
    await database.open()
    if path is None:
        return SqliteStore(database, database)
    archive = DatabaseThread(path, read_only=True, busy_timeout=busy_timeout)
    try:
        await archive.open()
    except StoreError:
        await database.close()
        raise
    return SqliteStore(database, archive)
