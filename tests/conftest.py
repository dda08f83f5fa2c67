"""What tests of every folder may ask for."""

from collections.abc import AsyncIterator, Iterator

import pytest

from storage import open_store
from tests.postgres import Server, start_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL of this test session's own; of this process's own where several share the tests."""
    with start_server() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres_server: Server) -> AsyncIterator[str]:
    """The DATABASE_URL of a new database with the present schema."""
    if not postgres_server.has_template:
        store = await open_store(postgres_server.make_template())
        await store.migrate()
        await store.close()
    url = postgres_server.make_migrated_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def other_postgres_url(postgres_server: Server) -> Iterator[str]:
    """The DATABASE_URL of a new database with nothing in it."""
    url = postgres_server.make_database()
    yield url
    postgres_server.drop_database(url)
