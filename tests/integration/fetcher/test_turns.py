"""How many requests run at once."""

import asyncio

from aiohttp import web

from bot.ports.fetcher import FeedRequest
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import LOOPBACK, RSS, FeedServer


class TestTurns:
    async def test_one_host_is_asked_for_one_thing_at_a_time(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        running = most = 0

        async def handler(_: web.Request) -> web.Response:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1
            return web.Response(body=RSS)

        urls = [server.handle(f"/{number}", handler) for number in range(8)]
        await asyncio.gather(*(fetcher.fetch(FeedRequest(url)) for url in urls))

        assert most == 1

    async def test_a_host_that_hangs_does_not_hold_up_the_others(self, server: FeedServer) -> None:
        """Ten feeds of one silent host wait for each other; with two places overall, another host still gets one."""

        async def hang(_: web.Request) -> web.Response:
            await asyncio.Event().wait()
            return web.Response()

        server.handle("/hang", hang)
        url = server.serve("/feed")
        async with HttpFetcher(LOOPBACK, concurrency=2, lookup=lambda _: ["127.0.0.1"]) as fetcher:
            slow = server.url("/hang", host="slow.example")
            waiting = [asyncio.create_task(fetcher.fetch(FeedRequest(slow))) for _ in range(10)]
            await asyncio.sleep(0)
            async with asyncio.timeout(5):
                assert (await fetcher.fetch(FeedRequest(url))).body == RSS
            for task in waiting:
                task.cancel()
            results = await asyncio.gather(*waiting, return_exceptions=True)

        assert all(isinstance(result, asyncio.CancelledError) for result in results)

    async def test_a_cancelled_fetch_gives_its_turn_back(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        arrived = asyncio.Event()

        async def hang(_: web.Request) -> web.Response:
            arrived.set()
            await asyncio.Event().wait()
            return web.Response()

        task = asyncio.create_task(fetcher.fetch(FeedRequest(server.handle("/hang", hang))))
        await arrived.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        assert (await fetcher.fetch(FeedRequest(server.serve("/feed")))).body == RSS
