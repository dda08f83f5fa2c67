"""What each refusal of a server is called."""

from datetime import timedelta

import pytest

from bot.errors import FetchProblem
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import FeedServer
from tests.integration.fetcher.asking import CHALLENGE, HTML, fail


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
