"""A publisher on loopback and a fetcher that may ask it."""

from collections.abc import AsyncIterator

import pytest

from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import CERTIFICATE, LOOPBACK, FeedServer


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(LOOPBACK) as running:
        yield running


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the test certificate one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
