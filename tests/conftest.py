"""What tests of every folder may ask for."""

import asyncio
import os
import sys
from collections.abc import Iterator
from itertools import groupby

import pytest

from storage import open_store
from tests.postgres import Server, start_server

# Folders whose tests start processes and wait for them.
_WAITING = ("e2e", "crash")


def pytest_configure() -> None:
    """Keeps compiled modules: without, each of the hundreds of processes that start here compiles Tocsin anew."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deals tests that mostly wait out between the files of the others, so that the processors never wait with them."""
    waiting = [item for item in items if item.path.parent.name in _WAITING]
    busy = [item for item in items if item.path.parent.name not in _WAITING]
    mixed, dealt = list[pytest.Item](), 0
    for _, file in groupby(busy, key=lambda item: item.path):
        mixed += file
        due = len(waiting) * (len(mixed) - dealt) // len(busy)
        mixed += waiting[dealt:due]
        dealt = due
    items[:] = mixed or waiting


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL of this test session's own; of this process's own where several share the tests."""
    with start_server() as server:
        asyncio.run(_fill(server.make_template()))
        yield server


async def _fill(template: str) -> None:
    store = await open_store(template)
    await store.migrate()
    await store.close()


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The DATABASE_URL of a new database with the present schema."""
    url = postgres_server.make_migrated_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def other_postgres_url(postgres_server: Server) -> Iterator[str]:
    """The DATABASE_URL of a new database with nothing in it."""
    url = postgres_server.make_database()
    yield url
    postgres_server.drop_database(url)
