"""Which feeds a web page links to."""

import pytest

from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FoundFeed
from bot.sources.parser import WorkerParser
from tests.integration.parser.documents import URL, response, rss


class TestFindingFeeds:
    async def test_declared_feeds_come_first_and_comments_last(self, parser: WorkerParser) -> None:
        page = """<!doctype html><html><head><base href="/blog/">
          <link rel="stylesheet" href="style.css">
          <link rel="alternate" type="application/rss+xml" title="Comments &raquo; Feed" href="/comments/feed/">
          <link rel="alternate home" type="application/atom+xml" title="All &quot;news&quot;"
            href="atom.xml?a=1&amp;b=2">
          <link rel="alternate" type="application/feed+json" href="https://other.example/feed.json">
          <link rel="alternate" type="text/html" hreflang="ru" href="/ru/">
          <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head>
          <body><a href="/rss">By <b>RSS</b></a> <a href="/about">About</a>
          <a href="atom.xml?a=1&b=2">again</a></body>"""

        found = await parser.find_feeds(response(page, "text/html", "https://example.org/x/"))

        assert found == (
            FoundFeed("https://example.org/blog/atom.xml?a=1&b=2", 'All "news"'),
            FoundFeed("https://other.example/feed.json", ""),
            FoundFeed("https://example.org/rss", "By RSS"),
            FoundFeed("https://example.org/comments/feed/", "Comments » Feed"),
        )

    async def test_a_feed_is_its_own_result_and_a_bare_page_has_none(self, parser: WorkerParser) -> None:
        assert await parser.find_feeds(response(rss())) == (FoundFeed(URL, ""),)
        assert await parser.find_feeds(response("<html><body>Nothing</body></html>", "text/html")) == ()

    async def test_a_hostile_page_ends_within_the_deadline(self) -> None:
        async with WorkerParser(workers=1, deadline=0.5) as parser:
            with pytest.raises(FeedError) as caught:
                await parser.find_feeds(response(b"<div>" * 1_000_000, "text/html"))

        assert caught.value.problem is FetchProblem.PARSER_KILLED
