"""A feed names the hub that we write to: no vector may be reached that way either."""

from contextlib import suppress

import pytest

from bot.errors import FeedError, FetchProblem
from bot.sources.http import HttpFetcher
from tests.fakes.feed_server import FeedServer
from tests.hostile.ssrf_vectors import list_answers, list_urls
from tests.hostile.test_ssrf import LIMITS, OWN_NETWORK, PUBLISHER, InternalListener, answer_with
from tests.hostile.test_ssrf_table import no_connection_but_to

FEED = "https://news.example/feed"


async def test_no_vector_is_written_to_as_a_hub(listener: InternalListener) -> None:
    async with HttpFetcher(limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher:
        with no_connection_but_to():
            for url in list_urls(listener.port):
                with pytest.raises(FeedError) as caught:
                    await fetcher.post_form(url, {"hub.mode": "subscribe"}, on_behalf_of=FEED)
                assert caught.value.problem in (FetchProblem.BAD_URL, FetchProblem.REFUSED_ADDRESS), url


async def test_no_hub_sends_us_on_to_a_vector(listener: InternalListener) -> None:
    async with (
        FeedServer(PUBLISHER) as server,
        HttpFetcher(OWN_NETWORK, limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher,
    ):
        feed = server.url("/feed")  # a feed of the operator's own network, which may have its hub there
        with no_connection_but_to(PUBLISHER):
            for target in list_urls(listener.port):
                if target.isprintable():  # a line break cannot stand in a header
                    hub = server.redirect("/hub", target, status=307)
                    with suppress(FeedError):  # a target without a host leads back to the publisher
                        assert (await fetcher.post_form(hub, {"hub.mode": "subscribe"}, on_behalf_of=feed))[0] == 404


async def test_no_hub_whose_name_leads_inside_is_written_to() -> None:
    answers = list_answers()

    def look_up(host: str) -> list[str]:
        return answers[int(host.partition(".")[0].removeprefix("hub"))]

    async with HttpFetcher(OWN_NETWORK, limits=LIMITS, lookup=look_up) as fetcher:
        with no_connection_but_to():
            for number, answer in enumerate(answers):
                with pytest.raises(FeedError) as caught:
                    await fetcher.post_form(f"https://hub{number}.example/", {}, on_behalf_of=FEED)
                assert caught.value.problem is FetchProblem.REFUSED_ADDRESS, answer
