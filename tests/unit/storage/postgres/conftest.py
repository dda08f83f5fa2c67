"""A pool on a database with the present schema."""

from collections.abc import AsyncIterator

import pytest

from storage.postgres.connection import DatabasePool
from storage.postgres.store import PostgresStore


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[DatabasePool]:
    """Three connections, one of them for looking back."""
    pool = DatabasePool(postgres_url, size=3)
    await pool.open()
    yield pool
    await pool.close()


@pytest.fixture
def store(pool: DatabasePool) -> PostgresStore:
    """The store on that pool."""
    return PostgresStore(pool)
