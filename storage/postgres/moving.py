"""Moving from SQLite to PostgreSQL."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import StoreError
from storage.postgres.copying import Copied
from storage.postgres.instance_lock import PostgresInstanceLock
from storage.postgres.store import open_postgres_store
from storage.sqlite.backup import back_up
from storage.sqlite.instance_lock import FileLock
from storage.sqlite.migrations import apply_migrations

_MOVER = "tocsin migrate"


async def move(source: Path, url: str) -> Copied:
    """Copies everything from the file at `source` into the empty PostgreSQL behind `url`; how many rows, by table.

    A copy of the source is brought up to date, never the source itself. Raises StoreError if either is in use.
    """
    locks = FileLock(source), PostgresInstanceLock(url)
    try:
        for lock in locks:
            if not await asyncio.to_thread(lock.acquire, _MOVER):
                raise StoreError(f"{lock.holder() or 'Another instance'} works on this database.", "Stop it first.")
        with TemporaryDirectory(dir=source.parent, prefix="tocsin-move-") as folder:
            copy = Path(folder) / source.name
            await asyncio.to_thread(_prepare, source, copy)
            store = await open_postgres_store(url, connections=2)
            try:
                return await store.copy_from(copy)
            finally:
                await store.close()
    finally:
        for lock in locks:
            lock.release()


def _prepare(source: Path, copy: Path) -> None:
    back_up(source, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        apply_migrations(connection, str(source))
