"""Documents made to hurt whoever reads them."""

import asyncio

import pytest

from bot.errors import FeedError, FetchProblem
from bot.sources.parser import WorkerParser
from tests.integration.parser.documents import HOSTILE, response, rss


class TestHostileDocuments:
    @pytest.mark.parametrize("name", HOSTILE)
    async def test_a_hostile_document_ends_within_the_deadline(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        async with WorkerParser(workers=1, deadline=1.0) as parser:
            await parser.parse(response(rss()))
            started = loop.time()
            try:
                feed = await parser.parse(response(HOSTILE[name]))
                outcome = f"{len(feed.items)} items"
            except FeedError as error:
                outcome = error.problem
            elapsed = loop.time() - started

            assert outcome in (FetchProblem.PARSER_KILLED, FetchProblem.BROKEN, "1 items", "0 items")
            assert elapsed < 3.0
            assert (await parser.parse(response(rss("<title>Still here</title>")))).items[0].title == "Still here"

    async def test_the_regular_expression_trap_in_feedparser_is_killed(self) -> None:
        """An author of 20 KB costs feedparser 1.6 s, one of 40 KB 6 s; the deadline is what ends it."""
        body = b"<rss version='2.0'><channel><item><title>x</title><author>" + b"a" * 40_000 + b"</author></item>"
        async with WorkerParser(workers=1, deadline=1.0) as parser:
            await parser.parse(response(rss()))
            with pytest.raises(FeedError) as caught:
                await parser.parse(response(body))

        assert caught.value.problem is FetchProblem.PARSER_KILLED

    @pytest.mark.parametrize(
        "body",
        [b"/etc/passwd", b"https://127.0.0.1/feed", b"file:///etc/passwd", b"<a>/etc/passwd</a>", b"", b"\x00" * 1000],
    )
    async def test_a_body_is_never_taken_for_a_place_to_read(self, parser: WorkerParser, body: bytes) -> None:
        with pytest.raises(FeedError) as caught:
            await parser.parse(response(body))

        assert caught.value.problem in (FetchProblem.BROKEN, FetchProblem.NOT_A_FEED)

    async def test_external_entities_are_not_read(self, parser: WorkerParser) -> None:
        document = (
            "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss version='2.0'><channel><item>"
            "<title>a&x;b</title></item></channel></rss>"
        )

        assert "root:" not in (await parser.parse(response(document))).items[0].title
