"""Which connections are made, kept, and left."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from yarl import URL

from bot.errors import FetchProblem
from bot.ports.fetcher import FeedRequest
from bot.sources.client import build_request
from bot.sources.exchanges import Ends
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import LOOPBACK, RSS, FeedServer
from tests.integration.fetcher.asking import QUICK, fail

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(RSS), RSS)


@asynccontextmanager
async def serve_counted(per_connection: int) -> AsyncIterator[tuple[str, list[int]]]:
    """Answers so many requests on each connection and closes it, without saying so before; how many on each."""
    served: list[int] = []
    talks: list[asyncio.Task[None] | None] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(served)
        talks.append(asyncio.current_task())
        served.append(0)
        try:
            for _ in range(per_connection):
                await reader.readuntil(b"\r\n\r\n")
                served[number] += 1
                writer.write(ANSWER)
        except asyncio.IncompleteReadError:
            pass
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed", served
        await asyncio.gather(*filter(None, talks))


async def test_feeds_of_one_host_share_a_connection() -> None:
    async with serve_counted(100) as (url, served), HttpFetcher(LOOPBACK) as fetcher:
        for _ in range(5):
            assert (await fetcher.fetch(FeedRequest(url))).body == RSS

    assert served == [5]


async def test_a_connection_that_the_server_closed_is_made_anew() -> None:
    async with serve_counted(2) as (url, served), HttpFetcher(LOOPBACK) as fetcher:
        for _ in range(5):
            assert (await fetcher.fetch(FeedRequest(url))).body == RSS

    assert served == [2, 2, 1]


async def test_the_next_address_of_a_name_is_tried(server: FeedServer) -> None:
    server.serve("/feed")
    async with HttpFetcher(LOOPBACK, lookup=lambda _: ["::1", "127.0.0.9", "127.0.0.1"]) as fetcher:
        answer = await fetcher.fetch(FeedRequest(server.url("/feed", host="publisher.example")))

    assert answer.body == RSS


async def test_a_server_that_takes_no_connection_times_out() -> None:
    """The backlog is full, so that the kernel lets every further connection wait."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        async with HttpFetcher(LOOPBACK, limits=QUICK) as fetcher:
            error = await fail(fetcher, f"http://127.0.0.1:{full.getsockname()[1]}/feed")

    assert error.problem is FetchProblem.TIMEOUT
    assert "did not take a connection in time" in error.cause


async def test_a_large_encrypted_document_is_read_whole(trusted: None) -> None:
    """Larger than a TLS record, so that decrypted bytes wait without an event of the socket."""
    body = RSS + b" " * 1_000_000
    async with FeedServer(tls=True) as server, HttpFetcher(LOOPBACK) as fetcher:
        url = server.serve("/feed", body)
        for _ in range(2):
            assert (await fetcher.fetch(FeedRequest(url))).body == body


async def test_exchanges_that_end_together_are_told_of_in_small_groups() -> None:
    """What follows on each takes its time, and chats are answered in between."""
    loop = asyncio.get_running_loop()
    ends, waiting = Ends(loop), [loop.create_future() for _ in range(100)]
    for done in waiting:
        ends.add(done, None)
    told: list[int] = []
    while len(told) < 4:
        await asyncio.sleep(0)
        told.append(sum(done.done() for done in waiting))

    assert told == [32, 64, 96, 100]


@pytest.mark.parametrize("value", ['"x"\r\nHost: inside.example', '"x"\n', "\0"])
def test_a_header_cannot_smuggle_another_one_in(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        build_request("GET", URL("http://publisher.example/feed"), {"If-None-Match": value})


def test_a_request_names_the_host_as_it_is_addressed() -> None:
    request = build_request("POST", URL("http://[::1]:8080/a b?q=ü"), {"Accept": "x"}, b"a=1")

    assert request == b"POST /a%20b?q=%C3%BC HTTP/1.1\r\nHost: [::1]:8080\r\nAccept: x\r\nContent-Length: 3\r\n\r\na=1"
