"""A migrated SQLite database, and other programs that open the same file."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports.store import Store
from storage.sqlite.connection import DatabaseThread
from storage.sqlite.sqlite_store import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "tocsin.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[DatabaseThread]:
    """The database's thread, impatient with locks."""
    thread = DatabaseThread(path, busy_timeout=timedelta(milliseconds=50))
    await thread.open()
    yield thread
    await thread.close()


@pytest.fixture
async def archive(path: Path, database: DatabaseThread) -> AsyncIterator[DatabaseThread]:
    """The thread that only reads."""
    thread = DatabaseThread(path, read_only=True, busy_timeout=timedelta(milliseconds=50))
    await thread.open()
    yield thread
    await thread.close()


@pytest.fixture
def bare_store(database: DatabaseThread, archive: DatabaseThread) -> Store:
    """A store without any schema."""
    return SqliteStore(database, archive)


@pytest.fixture
async def store(bare_store: Store) -> Store:
    """A store with the present schema."""
    await bare_store.migrate()
    return bare_store


@pytest.fixture
def stranger(path: Path, store: Store) -> Iterator[sqlite3.Connection]:
    """Another program with the same file open."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection
