"""How the tests ask, and answers that are no feeds."""

import pytest

from bot.errors import FeedError
from bot.ports.fetcher import FeedRequest
from bot.sources.http import FetchLimits, HttpFetcher

QUICK = FetchLimits(total=0.5, connect=0.3, read=0.3)


HTML = b"<!DOCTYPE html><html><head><title>News</title></head><body><h1>Welcome</h1></body></html>"


CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
    b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>'
)


async def fail(fetcher: HttpFetcher, url: str) -> FeedError:
    """The error that fetching `url` ends in; one line with a cure."""
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(FeedRequest(url))
    assert caught.value.cause
    assert caught.value.cure
    assert "\n" not in str(caught.value)
    return caught.value
