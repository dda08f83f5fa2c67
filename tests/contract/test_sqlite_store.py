"""SQLite keeps the promises of every store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports.store import Store
from storage import open_store
from tests.contract.reopening import Reopen
from tests.contract.store_contract import StoreContract


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[list[Store]]:
    """The stores opened so far on one file; the last is the present one."""
    opened = [await open_store(f"sqlite:///{tmp_path}/tocsin.db")]
    await opened[0].migrate()
    yield opened
    await opened[-1].close()


@pytest.fixture
def store(stores: list[Store]) -> Store:
    """An empty store."""
    return stores[0]


@pytest.fixture
async def second(stores: list[Store], tmp_path: Path) -> AsyncIterator[Store]:
    """Another store on the same database."""
    other = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    yield other
    await other.close()


@pytest.fixture
def reopen(stores: list[Store], tmp_path: Path) -> Reopen:
    """Closes the store and opens it again."""

    async def again() -> Store:
        await stores[-1].close()
        stores.append(await open_store(f"sqlite:///{tmp_path}/tocsin.db"))
        return stores[-1]

    return again


class TestSqliteStore(StoreContract):
    """All of the suite."""
