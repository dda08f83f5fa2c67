"""The machine's clock beside that of a chat platform."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from bot.cli.doctor_clock import describe_skew, measure_skew
from tests.fakes.clock import START, FakeClock
from tests.fakes.feed_server import FeedServer


async def test_a_clock_that_is_wrong_is_measured_by_the_platforms_answer() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Date": format_datetime(START.astimezone(UTC), usegmt=True)})

    async with FeedServer() as platform:
        platform.handle("/", answer)
        for minutes, words in ((0, "0 min behind"), (7, "7 min ahead"), (-90, "90 min behind")):
            skew = await measure_skew(platform.url("/"), FakeClock(START + timedelta(minutes=minutes)))
            assert skew == timedelta(minutes=minutes)
            assert describe_skew(skew) == words


async def test_a_platform_that_is_silent_or_says_no_date_proves_nothing() -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Date": "yesterday"})

    async with FeedServer() as platform:
        platform.handle("/", answer)
        assert await measure_skew(platform.url("/"), FakeClock(datetime.now(UTC))) is None
    assert await measure_skew(platform.url("/"), FakeClock()) is None
