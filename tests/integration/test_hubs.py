"""WebSub end to end on loopback: a publisher that names a hub, the hub, and our own web server between real parts."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import aiohttp
import pytest

from bot.domain.feeds import FeedStatus
from bot.domain.push import push_words
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import FeedError, FetchProblem
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.health import Health
from bot.services.hooks import Hooks
from bot.services.hubs import MOST_BODY, PATH, Hubs
from bot.services.polling import Polling
from bot.sources.http import HttpFetcher
from bot.sources.parser import WorkerParser
from bot.web.server import open_web
from storage import open_store
from tests.factories import build_feed, build_watchlist
from tests.fakes.clock import FakeClock
from tests.fakes.feed_server import LOOPBACK, FeedServer
from tests.fakes.hub import FakeHub


class Desk:
    """A publisher with one feed, its hub, and everything of ours that deals with them."""

    def __init__(self, store: Store, publisher: FeedServer, hub: FakeHub) -> None:
        self.store, self.publisher, self.hub = store, publisher, hub
        self.clock = FakeClock()
        self.entries = ["first"]
        self.hub_url = hub.url
        self.feed = build_feed("wire", url=publisher.url("/feed"))

    async def open(self, stack: AsyncExitStack) -> "Desk":
        fetcher = await stack.enter_async_context(HttpFetcher(LOOPBACK))
        parser = await stack.enter_async_context(WorkerParser(1, deadline=30))
        hooks = Hooks()
        port = await stack.enter_async_context(open_web(0, Health(self.clock), self.clock, "1", hooks))
        self.hubs = Hubs(self.store, fetcher, self.clock, f"http://127.0.0.1:{port}/")
        self.hubs.open(hooks)
        catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
        chance = random.Random(1)
        self.polling = Polling(self.store, fetcher, parser, catalog, self.clock, chance=chance)
        await self.store.sync_feeds([self.feed], self.clock.now())
        self.publish()
        await self.polling.poll_due()
        return self

    def publish(self, *new: str) -> bytes:
        """Puts entries on top of the feed; the document."""
        self.entries = [*new, *self.entries]
        entries = "".join(
            f"<entry><id>urn:{name}</id><title>News of the {name} convoy at the border</title>"
            f'<link href="https://wire.example/{name}"/><updated>2026-11-24T06:00:00Z</updated></entry>'
            for name in self.entries
        )
        document = (
            f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><link rel="hub" href="{self.hub_url}"/>'
            f'<link rel="self" href="{self.feed.url}"/>{entries}</feed>'
        ).encode()
        self.publisher.serve("/feed", document)
        return document

    async def subscribe(self) -> None:
        """Until the hub has agreed."""
        await self.hubs.ask_due()
        assert (await self.hub.verify())[0] == 200

    async def status(self) -> FeedStatus:
        (status,) = await self.store.list_feeds()
        return status

    async def state(self) -> str:
        return push_words((await self.status()).push, self.clock.now())


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        store = await open_store("sqlite:///:memory:")
        stack.push_async_callback(store.close)
        await store.migrate()
        publisher = await stack.enter_async_context(FeedServer())
        hub = await stack.enter_async_context(FakeHub())
        yield await Desk(store, publisher, hub).open(stack)


async def test_news_are_read_as_soon_as_the_hub_tells_of_them(desk: Desk) -> None:
    assert await desk.hubs.ask_due() == 1
    assert await desk.hubs.ask_due() == 0
    asked = desk.hub.asked[0]
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", desk.feed.url)
    assert int(asked["hub.lease_seconds"]) == 864_000
    assert len(asked["hub.secret"]) >= 32
    assert await desk.state() == "its hub was asked"
    assert await desk.hub.verify() == (200, "a1 <b>&2")
    assert await desk.state() == "subscribed at its hub"
    await desk.clock.advance(120)
    assert (await desk.polling.poll_due()).feeds == 0
    assert await desk.hub.push(desk.publish("second")) == 202
    assert (await desk.polling.poll_due()).items_new == 1
    assert await desk.state() == "its hub calls"


async def test_a_feed_whose_hub_calls_is_polled_seldom_until_the_hub_misses_news(desk: Desk) -> None:
    await desk.subscribe()
    await desk.clock.advance(120)
    await desk.hub.push(desk.publish("second"))
    await desk.polling.poll_due()
    assert (await desk.status()).state.next_due >= desk.clock.now() + timedelta(hours=1)
    desk.publish("third")
    await desk.clock.advance(12 * 3600)
    assert (await desk.polling.poll_due()).items_new == 1
    assert await desk.state() == "subscribed at its hub"
    await desk.clock.advance(24 * 3600)
    await desk.polling.poll_due()
    assert (await desk.status()).state.next_due < desk.clock.now() + timedelta(hours=1)


async def test_a_hub_that_calls_all_the_time_makes_one_poll_a_minute(desk: Desk) -> None:
    await desk.subscribe()
    for _ in range(3):
        await desk.hub.push(b"anything")
    assert (await desk.polling.poll_due()).feeds == 0
    await desk.clock.advance(61)
    assert (await desk.polling.poll_due()).feeds == 1


async def test_who_does_not_know_the_secret_changes_nothing(desk: Desk) -> None:
    await desk.subscribe()
    await desk.clock.advance(120)
    assert await desk.hub.push(b"<feed/>", secret="guessed") == 202
    assert await desk.hub.push(b"<feed/>", callback=f"{desk.hub.callback}x") == 410
    async with desk.hub.session.post(desk.hub.callback, data=b"<feed/>") as answer:
        assert answer.status == 202
    assert (await desk.polling.poll_due()).feeds == 0


async def test_only_what_was_asked_for_is_confirmed(desk: Desk) -> None:
    await desk.hubs.ask_due()
    for lie in ({"topic": "https://elsewhere.example/"}, {"mode": "unsubscribe"}, {"challenge": ""}, {"mode": ""}):
        assert (await desk.hub.verify(**lie))[0] == 404
    assert await desk.state() == "its hub was asked"
    async with aiohttp.ClientSession() as session, session.get(desk.hub.callback.rpartition("/")[0] + "/") as answer:
        assert answer.status == 404


async def test_the_challenge_goes_back_as_plain_text_and_nothing_else(desk: Desk) -> None:
    await desk.hubs.ask_due()
    params = {
        "hub.mode": "subscribe",
        "hub.topic": desk.feed.url,
        "hub.challenge": "<script>",
        "hub.lease_seconds": "x",
    }
    async with desk.hub.session.get(desk.hub.callback, params=params) as answer:
        assert answer.content_type == "text/plain"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_hub_may_refuse_at_once_or_later(desk: Desk) -> None:
    desk.hub.status, desk.hub.text = 400, "unknown topic"
    await desk.hubs.ask_due()
    assert await desk.state() == "its hub refuses"
    await desk.clock.advance(25 * 3600)
    desk.hub.status = 202
    await desk.hubs.ask_due()
    assert await desk.state() == "its hub was asked"
    assert (await desk.hub.verify(mode="denied", reason="not today"))[0] == 200
    assert await desk.state() == "its hub refuses"


async def test_a_lease_is_renewed_before_it_ends(desk: Desk) -> None:
    desk.hub.lease = 3600
    await desk.subscribe()
    await desk.clock.advance(3500)
    assert await desk.hubs.ask_due() == 1
    assert desk.hub.asked[0] == desk.hub.asked[1]
    await desk.hub.verify()
    status = await desk.status()
    assert status.push is not None
    assert status.push.until == desk.clock.now() + timedelta(hours=1)


async def test_a_hub_whose_feed_was_removed_hears_that_nobody_is_here(desk: Desk) -> None:
    await desk.subscribe()
    await desk.store.remove_feed("wire", "tester", desk.clock.now())
    assert await desk.hub.push(b"<feed/>") == 410
    assert (await desk.hub.verify())[0] == 404


async def test_a_document_beyond_the_bound_is_turned_away(desk: Desk) -> None:
    await desk.subscribe()
    assert await desk.hub.push(b"x" * (MOST_BODY + 1)) == 413
    assert await desk.hub.push(b"x" * (MOST_BODY - 1)) == 202


async def test_a_hub_may_send_us_on_and_keep_the_method(desk: Desk) -> None:
    desk.hub_url = desk.hub.server.redirect("/moved", desk.hub.url, 307)
    desk.publish("second")
    await desk.clock.advance(3600)
    await desk.polling.poll_due()
    await desk.hubs.ask_due()
    assert desk.hub.asked


async def test_a_feed_of_the_internet_cannot_steer_us_to_a_hub_inside(desk: Desk) -> None:
    async with HttpFetcher(LOOPBACK) as fetcher:
        with pytest.raises(FeedError) as refused:
            await fetcher.post_form(desk.hub.url, {"hub.mode": "subscribe"}, on_behalf_of="https://wire.example/feed")
        for address in ("http://169.254.169.254/", "http://[::1]:8080/", "file:///etc/passwd"):
            with pytest.raises(FeedError):
                await fetcher.post_form(address, {}, on_behalf_of="https://wire.example/feed")
    assert refused.value.problem is FetchProblem.REFUSED_ADDRESS
    assert desk.hub.asked == []


def test_hubs_call_below_one_path() -> None:
    hooks = Hooks()
    assert hooks.find(f"{PATH}name") == (None, "name")
