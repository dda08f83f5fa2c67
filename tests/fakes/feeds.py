"""Publishers without a network: a fetcher and a parser that answer what a test puts in front of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.domain.feed_memory import FeedMemory
from bot.domain.items import ParsedItem
from bot.ports.fetcher import FeedRequest, FeedResponse, FoundFeed, ParsedFeed


class FakePublishers:
    """Both the fetcher and the parser of all publishers; `requests` remembers what was asked."""

    def __init__(self) -> None:
        self.requests: list[FeedRequest] = []
        self._entries: dict[str, Sequence[ParsedItem]] = {}
        self._errors: dict[str, Exception] = {}
        self._unchanged: set[str] = set()
        self._fields: dict[str, dict[str, Any]] = {}
        self._picky: set[str] = set()
        self._held: dict[str, asyncio.Event] = {}

    def publish(self, url: str, *entries: ParsedItem) -> None:
        """From now on the feed at `url` holds these entries, newest first."""
        self._entries[url] = entries
        self._errors.pop(url, None)
        self._unchanged.discard(url)

    def fail(self, url: str, error: Exception) -> None:
        """From now on `url` cannot be read."""
        self._errors[url] = error

    def stay_unchanged(self, url: str) -> None:
        """From now on `url` answers that nothing changed."""
        self._unchanged.add(url)

    def hold(self, url: str, until: asyncio.Event) -> None:
        """From now on `url` answers no earlier than that."""
        self._held[url] = until

    def answer_with(self, asked: str, /, **fields: Any) -> None:
        """From now on answers to the URL `asked` have these fields of a FeedResponse."""
        self._fields[asked] = fields

    def dislike_first_agent(self, url: str) -> None:
        """From now on only requests under the second User-Agent get past the error of `url`."""
        self._picky.add(url)

    async def fetch(self, request: FeedRequest) -> FeedResponse:
        """The answer for a feed URL."""
        self.requests.append(request)
        if request.url in self._held:
            await self._held[request.url].wait()
        if request.url in self._errors and not (request.second_agent and request.url in self._picky):
            raise self._errors[request.url]
        unchanged = request.url in self._unchanged
        response = FeedResponse(request.url, b"", '"etag"', "", "application/rss+xml", not_modified=unchanged)
        return replace(response, **self._fields.get(request.url, {}))

    async def fetch_page(self, url: str) -> FeedResponse:
        """The answer for a page."""
        return await self.fetch(FeedRequest(url))

    def is_private(self, url: str) -> bool:
        """No publisher lives on an own network."""
        return False

    def seal(self, url: str) -> str:
        """No key is set."""
        return url

    async def parse(self, response: FeedResponse) -> ParsedFeed:
        """What was published at the response's address."""
        return ParsedFeed("Wire", "en", "", tuple(self._entries.get(response.url, ())))

    async def parse_news(self, response: FeedResponse, memory: FeedMemory) -> tuple[ParsedFeed, FeedMemory]:
        """What was published, whole; nothing is remembered."""
        return await self.parse(response), memory

    async def find_feeds(self, response: FeedResponse) -> tuple[FoundFeed, ...]:
        """These publishers have no pages."""
        return ()
