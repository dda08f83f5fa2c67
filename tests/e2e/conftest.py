"""Both platforms and a publisher on loopback, and a home that knows them. Tests that need others define their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.scene import ANALYST, CHANNEL, OLD_NEWS, READER, both_chats, build_rss, one_chat
from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs each test once on each store, unless it says that it is about one of them."""
    has_chosen = any("database_url" in mark.args for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_url" in metafunc.fixturenames and not has_chosen:
        metafunc.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The DATABASE_URL of a new database; empty for a SQLite file in the data folder."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as fake:
        fake.add_user(READER, "Dana")
        yield fake


@pytest.fixture
async def slack() -> AsyncIterator[SlackFake]:
    async with SlackFake() as fake:
        fake.add_user(ANALYST, "rustam", is_admin=True)
        fake.add_channel(CHANNEL, members=[ANALYST])
        yield fake


@pytest.fixture
async def publisher() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        server.serve("/agency", build_rss(OLD_NEWS))
        server.serve("/daily", build_rss(OLD_NEWS))
        yield server


@pytest.fixture
def home(tmp_path: Path, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer, database_url: str) -> Home:
    built = Home.build(tmp_path, both_chats(telegram, slack), DATABASE_URL=database_url)
    built.write_feeds(agency=publisher.url("/agency"), daily=publisher.url("/daily"))
    return built


@pytest.fixture
def reader_home(tmp_path: Path, telegram: TelegramFake, publisher: FeedServer, database_url: str) -> Home:
    """One feed, Telegram alone, health pages, and the reader is the owner."""
    owner = f"telegram:{READER}"
    built = Home.build(tmp_path, one_chat(telegram), TOCSIN_OWNER=owner, PORT="0", DATABASE_URL=database_url)
    built.write_feeds(agency=publisher.url("/agency"))
    return built
