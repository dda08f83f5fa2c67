"""PostgreSQL keeps the promises of every store."""

from collections.abc import AsyncIterator

import pytest

from bot.ports.store import Store
from storage import open_store
from tests.contract.reopening import Reopen
from tests.contract.store_contract import StoreContract


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[list[Store]]:
    """The stores opened so far on one database; the last is the present one."""
    opened = [await open_store(postgres_url)]
    yield opened
    await opened[-1].close()


@pytest.fixture
def store(stores: list[Store]) -> Store:
    """An empty store."""
    return stores[0]


@pytest.fixture
async def second(stores: list[Store], postgres_url: str) -> AsyncIterator[Store]:
    """Another store on the same database."""
    other = await open_store(postgres_url)
    yield other
    await other.close()


@pytest.fixture
def reopen(stores: list[Store], postgres_url: str) -> Reopen:
    """Closes the store and opens it again."""

    async def again() -> Store:
        await stores[-1].close()
        stores.append(await open_store(postgres_url))
        return stores[-1]

    return again


class TestPostgresStore(StoreContract):
    """All of the suite."""
