"""What answers at the addresses that cases name."""

from datetime import timedelta

from bot.domain.items import ParsedItem
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedResponse, FoundFeed
from tests.fakes.clock import START
from tests.fakes.feeds import FakePublishers

FEED = "https://pamir.example/rss.xml"
PAGE = "https://pamir.example/"
REFUSED = "https://closed.example/rss"
EMPTY_PAGE = "https://bare.example/"


class Publishers(FakePublishers):
    """One feed, a page that names it, a page that names none, and a site that refuses bots."""

    async def fetch_page(self, url: str) -> FeedResponse:
        """The page."""
        return FeedResponse(url, b"<html>", "", "", "text/html", not_modified=False)

    async def find_feeds(self, response: FeedResponse) -> tuple[FoundFeed, ...]:
        """What the page names."""
        return (FoundFeed(FEED, "Pamir Post"),) if response.url == PAGE else ()


def build_publishers() -> Publishers:
    """The publishers of the suite."""
    publishers = Publishers()
    titles = ("CSTO meets in Minsk", "Football in Kulob", "Border guards at Panj celebrate")
    entries = (
        ParsedItem(guid=f"p{n}", title=title, link=f"https://pamir.example/{n}", published=START - timedelta(days=n))
        for n, title in enumerate(titles, 1)
    )
    publishers.publish(FEED, *entries)
    publishers.fail(REFUSED, FeedError(FetchProblem.BLOCKED, "403 Forbidden.", status=403))
    for url in (PAGE, EMPTY_PAGE):
        publishers.fail(url, FeedError(FetchProblem.NOT_A_FEED, "That is a web page."))
    return publishers
