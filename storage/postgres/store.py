"""The PostgreSQL store: what it does otherwise than SQLite's. The rest is the same units of work."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.domain.alerts import Report
from bot.domain.polls import PollRecord, RecordedPolls
from storage.postgres.archive import count_matching_items, search_items
from storage.postgres.connection import DatabasePool
from storage.postgres.copying import Copied, copy_from_sqlite, copy_to_sqlite
from storage.postgres.migrations import apply_migrations
from storage.postgres.seen import find_seen
from storage.postgres.shelves import drop_empty_shelves, make_shelves, newest_number
from storage.sql import Connection
from storage.sqlite.polls import record_polls
from storage.sqlite.store import SqlStore


class PostgresStore(SqlStore):
    """Everything that is kept, in one PostgreSQL database that several processes may share."""

    def __init__(self, pool: DatabasePool) -> None:
        super().__init__(pool.database, pool.archive)
        self._pool = pool

    async def migrate(self) -> list[str]:
        return await self._database.call(_migrate, self._pool.place)

    async def close(self) -> None:
        await self._pool.close()

    async def backup(self, target: Path) -> None:
        await self._pool.archive.read(copy_to_sqlite, target)

    async def copy_from(self, path: Path) -> Copied:
        """Copies everything from a SQLite file; how many rows, by table. Raises StoreError."""
        return await self._pool.database.write(copy_from_sqlite, path)

    async def keep_backup(self, folder: Path, now: datetime) -> Path | None:  # noqa: ARG002  # as every store has it
        return None  # whoever runs a PostgreSQL server makes its backups

    async def vacuum(self) -> None:
        await self._database.call(drop_empty_shelves)

    async def record_polls(self, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
        return await self._database.write(_record_polls, batch, now)

    async def find_seen(self, asked: Mapping[str, Collection[str]]) -> dict[str, dict[str, datetime]]:
        return await self._database.read(find_seen, asked)

    async def search_items(self, terms: Sequence[str], limit: int, offset: int = 0) -> list[Report]:
        return await self._archive.read(search_items, terms, limit, offset)

    async def count_matching_items(self, terms: Sequence[str]) -> int:
        return await self._archive.read(count_matching_items, terms)


def _migrate(connection: Connection, place: str) -> list[str]:
    applied = apply_migrations(connection, place)
    make_shelves(connection, newest_number(connection))
    return applied


def _record_polls(connection: Connection, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
    make_shelves(connection, newest_number(connection))
    return record_polls(connection, batch, now)


async def open_postgres_store(url: str, *, connections: int) -> PostgresStore:
    """The store behind a `postgresql://` address, with at most so many connections. Raises StoreError."""
    pool = DatabasePool(url, size=connections)
    await pool.open()
    return PostgresStore(pool)
