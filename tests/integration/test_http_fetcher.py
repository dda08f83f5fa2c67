"""HttpFetcher against real HTTP on loopback: what is fetched, and what each failure is called."""

import asyncio
import gzip
import json
import threading
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedRequest, FeedResponse
from bot.sources.http import FetchLimits, HttpFetcher
from tests.fakes.feed_server import CERTIFICATE, LOOPBACK, RSS, FeedServer, serve_bytes

QUICK = FetchLimits(total=0.5, connect=0.3, read=0.3)
HTML = b"<!DOCTYPE html><html><head><title>News</title></head><body><h1>Welcome</h1></body></html>"
CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
    b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>'
)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(LOOPBACK) as running:
        yield running


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the test certificate one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


async def fail(fetcher: HttpFetcher, url: str) -> FeedError:
    """The error that fetching `url` ends in; one line with a cure."""
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(FeedRequest(url))
    assert caught.value.cause
    assert caught.value.cure
    assert "\n" not in str(caught.value)
    return caught.value


class TestDocuments:
    async def test_a_feed_comes_with_its_validators_and_type(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        url = server.serve(
            "/feed",
            headers={"ETag": 'W/"a b"', "Last-Modified": "yesterday-ish", "Content-Type": "text/xml; charset=x"},
        )

        response = await fetcher.fetch(FeedRequest(url))

        assert response == FeedResponse(url, RSS, 'W/"a b"', "yesterday-ish", "text/xml; charset=x", False)

    async def test_the_request_is_honest_and_asks_for_gzip(self, server: FeedServer) -> None:
        url = server.serve("/feed")
        async with HttpFetcher(LOOPBACK, contact="ops@example.org") as fetcher:
            await fetcher.fetch(FeedRequest(url))

        headers = server.requests[0].headers
        assert headers["User-Agent"].startswith("Tocsin/")
        assert "ops@example.org" in headers["User-Agent"]
        assert headers["Accept-Encoding"] == "gzip"
        assert "If-None-Match" not in headers
        assert "If-Modified-Since" not in headers

    async def test_validators_go_back_as_they_came_and_304_keeps_them(
        self, server: FeedServer, fetcher: HttpFetcher
    ) -> None:
        url = server.serve("/feed", b"", status=304, headers={})

        response = await fetcher.fetch(FeedRequest(url, etag='W/"odd" thing', last_modified="not even a date"))

        assert server.requests[0].headers["If-None-Match"] == 'W/"odd" thing'
        assert server.requests[0].headers["If-Modified-Since"] == "not even a date"
        assert response.not_modified
        assert response.body == b""
        assert (response.etag, response.last_modified) == ('W/"odd" thing', "not even a date")

    async def test_304_to_a_request_without_validators_is_an_error(
        self, server: FeedServer, fetcher: HttpFetcher
    ) -> None:
        error = await fail(fetcher, server.serve("/feed", b"", status=304, headers={}))

        assert (error.problem, error.status) == (FetchProblem.HTTP, 304)

    async def test_a_validator_that_could_not_be_stored_is_dropped(self, fetcher: HttpFetcher) -> None:
        head = b'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nContent-Length: %d\r\n\r\n' % len(RSS)
        async with serve_bytes(head + RSS) as url:
            response = await fetcher.fetch(FeedRequest(url))

        assert response.etag == ""
        assert response.body == RSS

    @pytest.mark.parametrize(
        ("body", "coding"),
        [
            (gzip.compress(RSS), "gzip"),
            (gzip.compress(RSS), "x-gzip"),
            (gzip.compress(RSS), None),
            (gzip.compress(RSS[:50]) + gzip.compress(RSS[50:]), "gzip"),
            (gzip.compress(RSS) + b"\x00\x00padding", "gzip"),
            (zlib.compress(RSS), "deflate"),
            (RSS, "gzip"),
            (RSS, "identity"),
        ],
        ids=["gzip", "x-gzip", "unlabelled", "two members", "padded", "deflate", "mislabelled", "identity"],
    )
    async def test_content_codings_are_undone(
        self, server: FeedServer, fetcher: HttpFetcher, body: bytes, coding: str | None
    ) -> None:
        url = server.serve("/feed", body, headers={"Content-Encoding": coding} if coding else {})

        assert (await fetcher.fetch(FeedRequest(url))).body == RSS

    @pytest.mark.parametrize(
        "body",
        [
            b"\xef\xbb\xbf" + RSS,
            b"\r\n  " + RSS,
            '<?xml version="1.0" encoding="utf-16"?><rss version="2.0"><channel/></rss>'.encode("utf-16"),
            b"<!-- a --><!-- b --><rdf:RDF xmlns:rdf='x'></rdf:RDF>",
            b"<?xml version='1.0'?><?xml-stylesheet href='a'?><feed xmlns='http://www.w3.org/2005/Atom'/>",
            b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss></rss>",
            b"<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'/>",
            b"<br />\n<b>Warning</b>: something in php<br />\n<?xml version='1.0'?><rss version='2.0'></rss>",
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": []}).encode(),
        ],
        ids=["bom", "blank lines", "utf-16", "rdf", "atom", "doctype", "prefixed", "php warning", "json"],
    )
    async def test_every_kind_of_feed_is_recognised(
        self, server: FeedServer, fetcher: HttpFetcher, body: bytes
    ) -> None:
        assert (await fetcher.fetch(FeedRequest(server.serve("/feed", body)))).body == body

    async def test_any_page_can_be_fetched_to_look_for_feeds(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        response = await fetcher.fetch_page(server.serve("/", HTML, headers={"Content-Type": "text/html"}))

        assert response.body == HTML
        assert response.content_type == "text/html"

    async def test_an_ordinary_page_behind_cloudflare_is_no_bot_wall(
        self, server: FeedServer, fetcher: HttpFetcher
    ) -> None:
        page = HTML.replace(b"<h1>", b'<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script><h1>')

        assert (await fetcher.fetch_page(server.serve("/", page))).body == page
        assert (await fail(fetcher, server.url("/"))).problem is FetchProblem.NOT_A_FEED

    async def test_cookies_are_never_sent_back(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        url = server.serve("/feed", headers={"Set-Cookie": "id=1; Path=/"})

        await fetcher.fetch(FeedRequest(url))
        await fetcher.fetch(FeedRequest(url))

        assert "Cookie" not in server.requests[1].headers

    async def test_a_name_that_led_to_a_private_network_is_known_as_private(self, server: FeedServer) -> None:
        server.serve("/feed")
        async with HttpFetcher(LOOPBACK, lookup=lambda _: ["127.0.0.1"]) as fetcher:
            url = server.url("/feed", host="intranet.example")
            assert not fetcher.is_private(url)
            await fetcher.fetch(FeedRequest(url))

            assert fetcher.is_private(url)
            assert not fetcher.is_private("http://example.org/feed")

    async def test_an_odd_port_of_a_public_address_is_refused_at_the_socket(self) -> None:
        """With private networks a name's port can only be judged by where the name leads."""
        async with HttpFetcher(LOOPBACK, lookup=lambda _: ["8.8.8.8"]) as fetcher:
            error = await fail(fetcher, "http://public.example:6379/")

        assert error.problem is FetchProblem.BAD_URL
        assert "6379" in error.cause

    async def test_a_second_address_is_tried_where_the_first_does_not_answer(self, server: FeedServer) -> None:
        server.serve("/feed")
        async with HttpFetcher(LOOPBACK, lookup=lambda _: ["::1", "127.0.0.2", "127.0.0.1"]) as fetcher:
            response = await fetcher.fetch(FeedRequest(server.url("/feed", host="two.example")))

        assert response.body == RSS


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_a_redirect_is_followed(self, server: FeedServer, fetcher: HttpFetcher, status: int) -> None:
        target = server.serve("/new%20home")
        server.serve("/new home")
        url = server.redirect("/old", "/new home", status)

        assert (await fetcher.fetch(FeedRequest(url, etag='"1"'))).url == target
        assert server.requests[-1].headers["If-None-Match"] == '"1"'

    async def test_five_hops_are_followed_and_six_are_not(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        for hop in range(6):
            server.redirect(f"/{hop}", f"/{hop + 1}")
        server.serve("/6")

        assert (await fetcher.fetch(FeedRequest(server.url("/1")))).url == server.url("/6")
        assert (await fail(fetcher, server.url("/0"))).problem is FetchProblem.REDIRECTS

    async def test_a_circle_ends(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        error = await fail(fetcher, server.redirect("/a", "/a"))

        assert error.problem is FetchProblem.REDIRECTS
        assert len(server.requests) == 6

    @pytest.mark.parametrize(
        ("target", "problem"),
        [
            ("http://10.0.0.1/feed", FetchProblem.REFUSED_ADDRESS),
            ("http://169.254.169.254/latest/meta-data/", FetchProblem.REFUSED_ADDRESS),
            ("http://internal.example/feed", FetchProblem.REFUSED_ADDRESS),
            ("file:///etc/passwd", FetchProblem.BAD_URL),
            ("javascript:alert(1)", FetchProblem.BAD_URL),
            ("http://user:secret@example.org/", FetchProblem.BAD_URL),
            ("http://[broken", FetchProblem.REDIRECTS),
            ("http://example.org:22/", FetchProblem.REFUSED_ADDRESS),
        ],
    )
    async def test_a_redirect_to_a_forbidden_place_is_refused(
        self, server: FeedServer, target: str, problem: FetchProblem
    ) -> None:
        async with HttpFetcher(LOOPBACK, lookup=lambda _: ["10.0.0.1"]) as fetcher:
            error = await fail(fetcher, server.redirect("/feed", target))

        assert error.problem is problem
        assert "secret" not in str(error)

    async def test_a_redirect_without_location_is_an_http_error(self, server: FeedServer, fetcher: HttpFetcher) -> None:
        assert (await fail(fetcher, server.serve("/feed", b"", status=302))).problem is FetchProblem.HTTP


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "problem"),
        [
            (400, FetchProblem.HTTP),
            (401, FetchProblem.UNAUTHORISED),
            (403, FetchProblem.BLOCKED),
            (404, FetchProblem.HTTP),
            (410, FetchProblem.GONE),
            (418, FetchProblem.HTTP),
            (429, FetchProblem.RATE_LIMITED),
            (451, FetchProblem.BLOCKED),
            (500, FetchProblem.SERVER_ERROR),
            (503, FetchProblem.SERVER_ERROR),
        ],
    )
    async def test_a_status_is_told_by_its_class(
        self, server: FeedServer, fetcher: HttpFetcher, status: int, problem: FetchProblem
    ) -> None:
        error = await fail(fetcher, server.serve("/feed", b"no", status=status))

        assert (error.problem, error.status, error.retry_after) == (problem, status, None)

    @pytest.mark.parametrize(
        ("value", "wait"),
        [
            ("120", timedelta(seconds=120)),
            (" 0 ", timedelta(0)),
            ("999999999", timedelta(days=1)),
            ("Wed, 25 Nov 2026 10:05:00 GMT", timedelta(minutes=5)),
            ("Wed, 25 Nov 2026 09:00:00 GMT", timedelta(0)),
            ("Wed, 25 Nov 9999 09:00:00 GMT", timedelta(days=1)),
            ("-5", None),
            ("soon", None),
            ("", None),
            ("9" * 5000, None),
        ],
    )
    async def test_retry_after_is_read_in_both_forms(
        self, server: FeedServer, fetcher: HttpFetcher, value: str, wait: timedelta | None
    ) -> None:
        url = server.serve(
            "/feed", b"", status=429, headers={"Retry-After": value, "Date": "Wed, 25 Nov 2026 10:00:00 GMT"}
        )

        assert (await fail(fetcher, url)).retry_after == wait

    @pytest.mark.parametrize(
        ("status", "headers", "body"),
        [(200, {}, CHALLENGE), (403, {}, CHALLENGE), (503, {}, CHALLENGE), (403, {"cf-mitigated": "challenge"}, b"")],
    )
    async def test_a_bot_wall_is_told_from_a_refusal(
        self, server: FeedServer, fetcher: HttpFetcher, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        error = await fail(fetcher, server.serve("/feed", body, status=status, headers=headers))

        assert error.problem is FetchProblem.BOT_WALL

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (HTML, "a web page"),
            (b"", "an empty answer"),
            (b"  \n", "an empty answer"),
            (b"<sitemapindex/>", "no feed"),
            (b'{"error": "not found"}', "no feed"),
            (b"\x89PNG\r\n\x1a\n", "no feed"),
            (b"<!--" * 20_000, "no feed"),
            (b"<!--a-->" * 8_000, "no feed"),
            (b"<?xml " * 10_000, "no feed"),
        ],
    )
    async def test_what_is_no_feed_is_said_to_be_none(
        self, server: FeedServer, fetcher: HttpFetcher, body: bytes, words: str
    ) -> None:
        error = await fail(fetcher, server.serve("/feed", body))

        assert error.problem is FetchProblem.NOT_A_FEED
        assert words in error.cause


class TestBrokenWires:
    async def test_nobody_listens(self, fetcher: HttpFetcher) -> None:
        async with serve_bytes(b"") as url:
            pass

        assert (await fail(fetcher, url)).problem is FetchProblem.UNREACHABLE

    async def test_an_unknown_name(self) -> None:
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
