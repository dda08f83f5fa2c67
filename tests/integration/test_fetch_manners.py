"""What publishers ask for reaches the schedule, and who asks is told openly."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from bot.ports.fetcher import FeedRequest
from bot.sources.http import FetchLimits, HttpFetcher
from tests.fakes.feed_server import LOOPBACK, FeedServer


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    """A publisher."""
    async with FeedServer() as opened:
        yield opened


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    """A fetcher that may read from loopback."""
    async with HttpFetcher(LOOPBACK, contact="https://desk.example/tocsin") as opened:
        yield opened


async def test_an_answer_says_how_long_to_wait(server: FeedServer, fetcher: HttpFetcher) -> None:
    url = server.serve("/feed", headers={"Cache-Control": "max-age=1800"})
    assert (await fetcher.fetch(FeedRequest(url))).wait == timedelta(minutes=30)
    unchanged = server.serve("/same", b"", status=304, headers={"Cache-Control": "max-age=60"})
    assert (await fetcher.fetch(FeedRequest(unchanged, '"x"'))).wait == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("statuses", "moved"), [((301,), True), ((308, 301), True), ((302,), False), ((301, 302), False)]
)
async def test_only_a_chain_of_permanent_redirects_is_a_move(
    server: FeedServer, fetcher: HttpFetcher, statuses: tuple[int, ...], *, moved: bool
) -> None:
    target = server.serve("/new")
    for number, status in enumerate(statuses):
        target = server.redirect(f"/{number}", target, status)
    answer = await fetcher.fetch(FeedRequest(target))
    assert answer.moved_to == (server.url("/new") if moved else "")


async def test_no_redirect_is_no_move_however_the_address_is_spelt(server: FeedServer, fetcher: HttpFetcher) -> None:
    answer = await fetcher.fetch(FeedRequest(server.serve("/feed") + "#latest"))
    assert answer.moved_to == ""


async def test_both_agents_name_the_program_and_its_operator(server: FeedServer, fetcher: HttpFetcher) -> None:
    url = server.serve("/feed")
    await fetcher.fetch(FeedRequest(url))
    await fetcher.fetch(FeedRequest(url, second_agent=True))
    first, second = (request.headers["User-Agent"] for request in server.requests)
    assert first.startswith("Tocsin/")
    assert second.startswith("Mozilla/5.0 (compatible; Tocsin/")
    assert all("https://desk.example/tocsin" in agent for agent in (first, second))


async def test_a_connection_is_used_again(server: FeedServer, fetcher: HttpFetcher) -> None:
    ports = set()

    async def note(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response(status=304)

    url = server.handle("/feed", note)
    for _ in range(5):
        await fetcher.fetch(FeedRequest(url, '"x"'))
    assert len(ports) == 1


async def test_requests_to_a_host_on_the_internet_keep_their_distance(server: FeedServer) -> None:
    """A private host is asked at once; the pause is for strangers."""
    async with HttpFetcher(LOOPBACK, limits=FetchLimits(spacing=30.0)) as fetcher:
        url = server.serve("/feed")
        for _ in range(3):
            await fetcher.fetch(FeedRequest(url))
    assert len(server.requests) == 3
