"""Where redirects are followed to."""

import pytest

from bot.errors import FetchProblem
from bot.ports.fetcher import FeedRequest
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import LOOPBACK, FeedServer
from tests.integration.fetcher.asking import fail


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
