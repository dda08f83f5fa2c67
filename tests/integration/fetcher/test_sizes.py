"""Answers that are too large, or packed to hurt."""

import gzip

import pytest
from aiohttp import web

from bot.errors import FetchProblem
from bot.ports.fetcher import FeedRequest
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import RSS, FeedServer
from tests.integration.fetcher.asking import fail


class TestSizes:
    @pytest.mark.parametrize("cut", [1, 5, 40])
    async def test_truncated_gzip_is_broken_and_nothing_is_kept(
        self, server: FeedServer, fetcher: HttpFetcher, cut: int
    ) -> None:
        url = server.serve("/feed", gzip.compress(RSS)[:-cut], headers={"Content-Encoding": "gzip"})

        assert (await fail(fetcher, url)).problem is FetchProblem.BROKEN

    async def test_damaged_gzip_is_broken(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        packed = bytearray(gzip.compress(RSS))
        packed[20] ^= 0xFF

        error = await fail(fetcher, server.serve("/feed", bytes(packed), headers={"Content-Encoding": "gzip"}))

        assert error.problem is FetchProblem.BROKEN

    async def test_a_bomb_is_stopped_at_the_limit(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        bomb = gzip.compress(b"<rss>" + b" " * 60_000_000, compresslevel=1)

        error = await fail(fetcher, server.serve("/feed", bomb, headers={"Content-Encoding": "gzip"}))

        assert error.problem is FetchProblem.TOO_LARGE
        assert len(bomb) < 2_000_000

    async def test_a_bomb_in_a_bomb_is_refused(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        bomb = gzip.compress(gzip.compress(b" " * 50_000_000))

        assert (
            await fail(fetcher, server.serve("/feed", bomb, headers={"Content-Encoding": "gzip, gzip"}))
        ).problem is FetchProblem.HTTP
        assert (
            await fail(fetcher, server.serve("/feed", bomb, headers={"Content-Encoding": "gzip"}))
        ).problem is FetchProblem.NOT_A_FEED

    async def test_an_unasked_coding_is_refused(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        error = await fail(fetcher, server.serve("/feed", RSS, headers={"Content-Encoding": "br"}))

        assert error.problem is FetchProblem.HTTP

    async def test_an_endless_body_is_stopped(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        async def endless(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b"<rss>" * 10_000)

        assert (await fail(fetcher, server.handle("/feed", endless))).problem is FetchProblem.TOO_LARGE

    async def test_a_large_plain_feed_within_the_limit_is_read(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        body = RSS + b" " * 4_900_000

        assert (await fetcher.fetch(FeedRequest(server.serve("/feed", body)))).body == body
