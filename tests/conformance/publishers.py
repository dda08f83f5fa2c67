"""What answers at the addresses that cases name."""

from datetime import timedelta
from urllib.parse import urlsplit

from yarl import URL

from bot.domain.items import ParsedItem
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedRequest, FeedResponse, FoundFeed, ParsedFeed
from bot.sources.failures import connection_error
from bot.sources.urls import refused_address
from tests.fakes.clock import START
from tests.fakes.feeds import FakePublishers

FEED = "https://pamir.example/rss.xml"
PAGE = "https://pamir.example/"
REFUSED = "https://closed.example/rss"
EMPTY_PAGE = "https://bare.example/"
SILENT = "https://silent.example/rss"
OLD = "https://old.example/rss"
PRIVATE = "http://127.0.0.1/rss"
CHANNEL = "https://t.me/s/asiaplus"
_BARE_HOSTS = {urlsplit(url).hostname for url in (EMPTY_PAGE, CHANNEL)}
_LONG = f"https://pamir.example/{'archive/' * 9}rss.xml"
_NAMED = (FoundFeed(FEED, "Pamir Post"), FoundFeed("https://pamir.example/tj.xml", "Pamir Post, Tajik"))


class Publishers(FakePublishers):
    """Feeds, a page that names three, pages that name none, sites that refuse bots or do not answer."""

    async def fetch(self, request: FeedRequest) -> FeedResponse:
        """What answers; where a page names no feeds, there are none at the usual places either."""
        if urlsplit(request.url).hostname in _BARE_HOSTS:
            raise FeedError(FetchProblem.NOT_A_FEED, "That is a web page.")
        return await super().fetch(request)

    async def fetch_page(self, url: str) -> FeedResponse:
        """The page."""
        return FeedResponse(url, b"<html>", "", "", "text/html", not_modified=False)

    async def find_feeds(self, response: FeedResponse) -> tuple[FoundFeed, ...]:
        """What the page names."""
        return (*_NAMED, FoundFeed(_LONG, "Pamir Post, archive")) if response.url == PAGE else ()

    async def parse(self, response: FeedResponse) -> ParsedFeed:
        """One feed says neither its language nor any date."""
        parsed = await super().parse(response)
        return parsed if response.url != OLD else ParsedFeed("Old Wire", "", "", parsed.items)


def build_publishers() -> Publishers:
    """The publishers of the suite."""
    publishers = Publishers()
    titles = ("CSTO meets in Minsk", "Football in Kulob", "Border guards at Panj celebrate")
    entries = (
        ParsedItem(guid=f"p{n}", title=title, link=f"https://pamir.example/{n}", published=START - timedelta(days=n))
        for n, title in enumerate(titles, 1)
    )
    publishers.publish(FEED, *entries)
    publishers.publish(OLD, ParsedItem(guid="o1", title="Water in the dam at Rogun", link="https://old.example/1"))
    publishers.fail(REFUSED, FeedError(FetchProblem.BLOCKED, "403 Forbidden.", status=403))
    publishers.fail(SILENT, connection_error(TimeoutError(), URL(SILENT)))
    publishers.fail(PRIVATE, refused_address("127.0.0.1", "127.0.0.1"))
    publishers.fail(PAGE, FeedError(FetchProblem.NOT_A_FEED, "That is a web page."))
    return publishers
