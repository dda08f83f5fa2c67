"""The sample outlets over HTTP."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.demo.feeds import EARLIER, LATER, LATEST, SAMPLE_FEEDS, build_feed_document, demo_feeds
from bot.demo.server import DemoServer
from tests.fakes.clock import START

_GZIPPED = next(sample for sample in SAMPLE_FEEDS if sample.compressed)
_PLAIN = next(sample for sample in SAMPLE_FEEDS if not sample.compressed)


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with DemoServer(START) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession(auto_decompress=False) as session:
        yield session


def _url(server: DemoServer, feed_id: str) -> str:
    return next(feed.url for feed in demo_feeds(server.base_url) if feed.id == feed_id)


async def test_it_listens_on_this_machine_only(server: DemoServer) -> None:
    assert server.base_url.startswith("http://127.0.0.1:")


async def test_publishing_brings_every_feed_to_its_next_edition(server: DemoServer, client: ClientSession) -> None:
    for edition in (EARLIER, LATER, LATEST):
        if edition != EARLIER:
            server.publish()
        for sample in SAMPLE_FEEDS:
            headers = {"Accept-Encoding": "identity"}
            async with client.get(_url(server, sample.id), headers=headers) as response:
                assert response.status == 200
                assert response.charset == sample.encoding
                assert await response.read() == build_feed_document(sample, server.base_url, START, edition)


async def test_a_validator_is_answered_with_not_modified_until_the_outlet_publishes(
    server: DemoServer, client: ClientSession
) -> None:
    url = _url(server, _PLAIN.id)
    async with client.get(url) as response:
        validators = {
            "If-None-Match": response.headers["ETag"],
            "If-Modified-Since": response.headers["Last-Modified"],
        }
    for headers in (validators, {"If-Modified-Since": validators["If-Modified-Since"]}):
        async with client.get(url, headers=headers) as response:
            assert response.status == 304
            assert await response.read() == b""
    server.publish()
    for headers in (validators, {"If-Modified-Since": validators["If-Modified-Since"]}):
        async with client.get(url, headers=headers) as response:
            assert response.status == 200
            assert response.headers["ETag"] != validators["If-None-Match"]


async def test_a_compressing_outlet_compresses_only_for_who_can_read_it(
    server: DemoServer, client: ClientSession
) -> None:
    url = _url(server, _GZIPPED.id)
    async with client.get(url, headers={"Accept-Encoding": "gzip"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert (await response.read())[:2] == b"\x1f\x8b"
    async with client.get(url, headers={"Accept-Encoding": "identity"}) as response:
        assert "Content-Encoding" not in response.headers


async def test_the_link_of_a_card_opens_a_page_once_its_item_is_out(server: DemoServer, client: ClientSession) -> None:
    item = _PLAIN.edition.later[0]
    url = f"{server.base_url}/{_PLAIN.id}/{item.slug}"
    async with client.get(url) as response:
        assert response.status == 404
    server.publish()
    async with client.get(url) as response:
        assert response.status == 200
        assert item.title in await response.text()


@pytest.mark.parametrize("path", ["/nobody/feed", "/nobody/item", "/"])
async def test_other_addresses_are_not_found(server: DemoServer, client: ClientSession, path: str) -> None:
    async with client.get(server.base_url + path) as response:
        assert response.status == 404
