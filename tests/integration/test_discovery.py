"""Finding the feeds of a site over real HTTP."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import FeedError, NotFound
from bot.services.feed_discovery import discover_feeds
from bot.sources.http import HttpFetcher
from bot.sources.parser import WorkerParser
from tests.fakes.feed_server import LOOPBACK, FeedServer

HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
async def site() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


async def discover(url: str) -> list[str]:
    """Paths of the feeds found from a page."""
    async with HttpFetcher(LOOPBACK) as fetcher, WorkerParser() as parser:
        return ["/" + feed.url.split("/", 3)[3] for feed in await discover_feeds(fetcher, parser, url)]


async def test_what_a_page_names_is_taken_as_it_is(site: FeedServer) -> None:
    link = b'<link rel="alternate" type="application/rss+xml" href="/news/all.xml" title="All">'
    page = site.serve("/", b"<html><head>" + link + b"</head></html>", headers=HTML)
    assert await discover(page) == ["/news/all.xml"]
    assert [request.path for request in site.requests] == ["/"]


async def test_the_usual_places_are_tried_where_a_page_names_none(site: FeedServer) -> None:
    page = site.serve("/news", b"<html><body>News</body></html>", headers=HTML)
    site.serve("/rss.xml")
    assert await discover(page) == ["/rss.xml"]


async def test_a_page_that_lists_feeds_is_read(site: FeedServer) -> None:
    page = site.serve("/", b"<html><body>News</body></html>", headers=HTML)
    listed = b'<html><body><a href="/api/zrqiteuuir">News</a> <a href="/api/zoqmtemmim">Video</a></body></html>'
    site.serve("/rssfeeds", listed, headers=HTML)
    assert await discover(page) == ["/api/zrqiteuuir", "/api/zoqmtemmim"]


async def test_a_site_that_answers_everything_with_its_front_page_has_no_feeds(site: FeedServer) -> None:
    front = b'<html><body><a href="/feed/">maybe</a></body></html>'
    page = site.serve("/start", b"<html><body>News</body></html>", headers=HTML)
    for path in ("/start/feed/", "/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml"):
        site.serve(path, front, headers=HTML)
    assert await discover(page) == []
    assert len(site.requests) <= 13


async def test_a_page_that_is_not_there_is_an_error(site: FeedServer) -> None:
    with pytest.raises(FeedError):
        await discover(site.url("/nowhere"))


async def test_telegram_channels_are_refused_with_the_reason() -> None:
    with pytest.raises(NotFound, match="Telegram channels have no feeds"):
        await discover("https://t.me/s/asiaplus")
