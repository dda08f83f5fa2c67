"""What is fetched over real HTTP on loopback, and how it is asked for."""

import gzip
import json
import zlib

import pytest

from bot.errors import FetchProblem
from bot.ports.fetcher import FeedRequest, FeedResponse
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import LOOPBACK, RSS, FeedServer, serve_bytes
from tests.integration.fetcher.asking import HTML, fail


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
