"""Every vector by every way in: added, redirected to, rebound between two polls, and met by a later poll.

The internal listener's port counts as a web port here, so that only the address can be the reason of a refusal. Beside
what the listener counts, an audit hook sees every connection that is tried: none may be, but to the publisher.
"""

import random
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.feeds import FeedOrigin
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import FeedError, FetchProblem, TocsinError
from bot.ports.fetcher import FeedRequest
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.feed_admin import add_feed
from bot.services.polling import Polling
from bot.sources.http import HttpFetcher
from bot.sources.parser import WorkerParser
from storage import open_store
from tests import factories
from tests.fakes.clock import START, FakeClock
from tests.fakes.feed_server import FeedServer
from tests.hostile.ssrf_vectors import LEGITIMATE, list_answers, list_urls
from tests.hostile.test_ssrf import LIMITS, OWN_NETWORK, PUBLISHER, InternalListener, answer_with

REFUSALS = (FetchProblem.BAD_URL, FetchProblem.REFUSED_ADDRESS)
CATALOG = Catalog(WatchlistCatalog((factories.build_watchlist(),)))
_tried: list[object] = []


def _note_connections(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        _tried.append(arguments[1])


sys.addaudithook(_note_connections)


@contextmanager
def no_connection_but_to(*hosts: str) -> Iterator[None]:
    """Fails if a connection to anything else is tried in the block."""
    _tried.clear()
    yield
    assert [where for where in _tried if not (isinstance(where, tuple) and where[0] in hosts)] == []


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    await store.migrate()
    yield store
    await store.close()


async def add(store: Store, fetcher: HttpFetcher, parser: WorkerParser, url: str) -> None:
    """What /addfeed does."""
    person = factories.build_person()
    await add_feed(store, CATALOG, fetcher, parser, url=url, person=person, origin=FeedOrigin.COMMAND_LINE, now=START)


def test_there_are_enough_vectors() -> None:
    assert len(list_urls(1)) >= 200
    assert len(list_answers()) >= 200
    assert len(set(LEGITIMATE)) >= 60


async def test_a_connection_that_is_tried_is_noticed() -> None:
    """The control: without it, seeing none would show nothing."""
    async with FeedServer(PUBLISHER) as server, HttpFetcher(OWN_NETWORK, limits=LIMITS) as fetcher:
        url = server.serve("/feed")
        with pytest.raises(AssertionError), no_connection_but_to():
            await fetcher.fetch(FeedRequest(url))


async def test_no_vector_can_be_added(store: Store, listener: InternalListener) -> None:
    async with HttpFetcher(limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher, WorkerParser() as parser:
        with no_connection_but_to():
            for url in list_urls(listener.port):
                with pytest.raises(TocsinError) as caught:
                    await add(store, fetcher, parser, url)
                assert caught.value.cure, url
    assert await store.list_feeds() == []


async def test_no_redirect_leads_to_a_vector(listener: InternalListener) -> None:
    async with (
        FeedServer(PUBLISHER) as server,
        HttpFetcher(OWN_NETWORK, limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher,
    ):
        with no_connection_but_to(PUBLISHER):
            for target in list_urls(listener.port):
                if target.isprintable():  # a line break cannot stand in a header
                    with pytest.raises(FeedError):
                        await fetcher.fetch(FeedRequest(server.redirect("/feed", target)))


async def test_no_feed_whose_name_leads_inside_later_is_polled_there(store: Store, listener: InternalListener) -> None:
    """Each name is honest when its feed is added and leads inside from then on."""
    answers, asked = list_answers(), set[str]()

    def look_up(host: str) -> list[str]:
        number = int(host.partition(".")[0].removeprefix("name"))
        first = host not in asked
        asked.add(host)
        return [PUBLISHER] if first else answers[number]

    async with (
        FeedServer(PUBLISHER) as server,
        HttpFetcher(OWN_NETWORK, limits=LIMITS, lookup=look_up) as fetcher,
        WorkerParser() as parser,
    ):
        server.serve("/feed", headers={"Connection": "close", "Content-Type": "application/xml"})
        polling = Polling(store, fetcher, parser, CATALOG, FakeClock(), chance=random.Random(1))
        with no_connection_but_to(PUBLISHER):
            for number in range(len(answers)):
                await add(store, fetcher, parser, server.url("/feed", host=f"name{number}.example"))
            served = len(server.requests)
            summary = await polling.poll_all()
    assert (served, len(server.requests)) == (len(answers), len(answers))
    assert summary.failed == len(answers)
    assert {one.state.problem for one in await store.list_feeds()} == {FetchProblem.REFUSED_ADDRESS}


async def test_no_vector_that_stands_in_the_database_is_polled(store: Store, listener: InternalListener) -> None:
    """However it came there: an older version, a restored backup, an edited file."""
    vectors = list_urls(listener.port)
    feeds = [factories.build_feed(f"feed-{number}", url=url) for number, url in enumerate(vectors)]
    await store.sync_feeds(feeds, START)
    async with HttpFetcher(limits=LIMITS, lookup=answer_with("127.0.0.1")) as fetcher, WorkerParser() as parser:
        polling = Polling(store, fetcher, parser, CATALOG, FakeClock(), chance=random.Random(1))
        with no_connection_but_to():
            summary = await polling.poll_all()
    assert summary.failed == len(vectors)
    assert {one.state.problem for one in await store.list_feeds()} <= set(REFUSALS)
