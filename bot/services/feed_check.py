"""Trying feeds out now, without recording anything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.feeds import Feed
from bot.errors import FeedError
from bot.ports.fetcher import FeedRequest, Fetcher, Parser

# The fetcher bounds connections; this bounds how many documents wait in memory.
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """What one feed answered: its items with the newest date, or the error."""

    feed: Feed
    items: int = 0
    newest: datetime | None = None
    skipped: int = 0
    error: FeedError | None = None


async def check_feeds(feeds: Sequence[Feed], fetcher: Fetcher, parser: Parser) -> AsyncIterator[FeedCheck]:
    """Reads every feed once, many at a time, and yields each result as it comes."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def check_one(feed: Feed) -> FeedCheck:
        async with room:
            return await _check(feed, fetcher, parser)

    for done in asyncio.as_completed([check_one(feed) for feed in feeds]):
        yield await done


async def _check(feed: Feed, fetcher: Fetcher, parser: Parser) -> FeedCheck:
    try:
        parsed = await parser.parse(await fetcher.fetch(FeedRequest(feed.url)))
    except FeedError as error:
        return FeedCheck(feed, error=error)
    newest = max((item.published for item in parsed.items if item.published), default=None)
    return FeedCheck(feed, len(parsed.items), newest, parsed.skipped)
