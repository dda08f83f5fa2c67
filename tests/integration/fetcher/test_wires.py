"""Wires that break, dawdle, or cannot be trusted."""

import asyncio
import threading

import pytest

from bot.errors import FetchProblem
from bot.ports.fetcher import FeedRequest
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import LOOPBACK, RSS, FeedServer, serve_bytes
from tests.integration.fetcher.asking import QUICK, fail


class TestBrokenWires:
    async def test_nobody_listens(self, fetcher: HttpFetcher) -> None:
        async with serve_bytes(b"") as url:
            pass

        assert (await fail(fetcher, url)).problem is FetchProblem.UNREACHABLE

    async def test_a_name_that_nobody_knows_is_told_as_such(self) -> None:
        def lookup(_: str) -> list[str]:
            raise OSError(-2, "Name or service not known")

        async with HttpFetcher(lookup=lookup) as fetcher:
            error = await fail(fetcher, "http://nowhere.example/feed")

        assert error.problem is FetchProblem.UNREACHABLE
        assert "nowhere.example" in error.cause

    async def test_plain_http_where_tls_was_asked_for(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        server.serve("/feed")

        error = await fail(fetcher, server.url("/feed").replace("http://", "https://"))

        assert error.problem is FetchProblem.TLS

    @pytest.mark.parametrize(
        ("answer", "problem"),
        [
            (b"", FetchProblem.UNREACHABLE),
            (b"SSH-2.0-OpenSSH_9.2\r\n", FetchProblem.HTTP),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss", FetchProblem.UNREACHABLE),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<rss", FetchProblem.HTTP),
            (b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n", FetchProblem.HTTP),
            (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", FetchProblem.HTTP),
            (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"\r\n", FetchProblem.HTTP),
            (b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", FetchProblem.SERVER_ERROR),
        ],
        ids=["closed", "ssh", "cut", "bad chunk", "bad length", "long header", "many headers", "status 999"],
    )
    async def test_an_answer_that_breaks_http_is_a_feed_error(
        self, fetcher: HttpFetcher, answer: bytes, problem: FetchProblem
    ) -> None:
        async with serve_bytes(answer) as url:
            error = await fail(fetcher, url)

        assert error.problem is problem

    @pytest.mark.parametrize(
        ("chunks", "pause"),
        [
            ((), 0.0),
            ((b"HTTP/1.1 200 OK\r\n",), 0.0),
            ((b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", *[b"<"] * 200), 0.02),
            ((b"HTTP/1.1 100 Continue\r\n\r\n",) * 200, 0.02),
        ],
        ids=["silence", "half a head", "drip", "endless 100 Continue"],
    )
    async def test_a_server_that_dawdles_times_out(self, chunks: tuple[bytes, ...], pause: float) -> None:
        loop = asyncio.get_running_loop()
        async with serve_bytes(*chunks, pause=pause, hold_open=True) as url, HttpFetcher(LOOPBACK, limits=QUICK) as f:
            started = loop.time()
            error = await fail(f, url)

        assert error.problem is FetchProblem.TIMEOUT
        assert loop.time() - started < 3

    async def test_a_name_server_that_hangs_times_out_and_is_not_waited_for(self) -> None:
        release = threading.Event()

        def lookup(_: str) -> list[str]:
            release.wait(30)
            return ["127.0.0.1"]

        async with HttpFetcher(LOOPBACK, concurrency=1, limits=QUICK, lookup=lookup) as fetcher:
            error = await fail(fetcher, "http://slow.example/feed")

        waiting = [thread for thread in threading.enumerate() if thread.name == "dns slow.example"]
        release.set()
        assert error.problem is FetchProblem.TIMEOUT
        assert [thread.daemon for thread in waiting] == [True]

    async def test_lookups_that_hang_do_not_pile_up(self) -> None:
        release = threading.Event()
        asked = []

        def lookup(host: str) -> list[str]:
            asked.append(host)
            release.wait(30)
            return ["127.0.0.1"]

        async with HttpFetcher(LOOPBACK, concurrency=2, limits=QUICK, lookup=lookup) as fetcher:
            urls = [f"http://{number}.example/feed" for number in range(6)]
            errors = await asyncio.gather(*(fail(fetcher, url) for url in urls))
            release.set()

        assert {error.problem for error in errors} == {FetchProblem.TIMEOUT}
        assert len(asked) == 2


class TestEncryption:
    async def test_a_certificate_that_nobody_vouches_for_is_refused(self) -> None:
        async with FeedServer(tls=True) as server, HttpFetcher(LOOPBACK) as fetcher:
            error = await fail(fetcher, server.serve("/feed"))

        assert error.problem is FetchProblem.TLS
        assert "certificate" in error.cause
        assert server.requests == []

    async def test_a_certificate_for_another_name_is_refused(self, trusted: None) -> None:
        async with (
            FeedServer(tls=True) as server,
            HttpFetcher(LOOPBACK, lookup=lambda _: ["127.0.0.1"]) as fetcher,
        ):
            server.serve("/feed")
            assert (await fetcher.fetch(FeedRequest(server.url("/feed", host="publisher.example")))).body == RSS
            assert (await fail(fetcher, server.url("/feed", host="other.example"))).problem is FetchProblem.TLS

    async def test_a_redirect_may_lead_into_encryption_and_not_out_of_it(
        self, server: FeedServer, trusted: None
    ) -> None:
        async with FeedServer(tls=True) as secure, HttpFetcher(LOOPBACK) as fetcher:
            up = server.redirect("/up", secure.serve("/feed"))
            down = secure.redirect("/down", server.serve("/feed"))

            assert (await fetcher.fetch(FeedRequest(up))).url == secure.url("/feed")
            error = await fail(fetcher, down)

        assert error.problem is FetchProblem.REDIRECTS
        assert "unencrypted" in error.cause
