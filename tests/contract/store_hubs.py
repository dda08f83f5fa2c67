"""What every store promises about subscriptions at hubs."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.feed_memory import FeedMemory
from bot.domain.polls import PollRecord
from bot.domain.push import HubOffer, HubSubscription, Push, PushedFeed, PushState
from bot.ports.store import Store
from tests.contract.reopening import Reopen
from tests.factories import build_feed, build_feed_state
from tests.fakes.clock import START

HUB, TOPIC = "https://hub.example/", "https://asia-plus.example/rss"
SUBSCRIPTION = HubSubscription(
    "asia-plus",
    HUB,
    TOPIC,
    "token",
    "secret",
    START + timedelta(days=9),
    tries=2,
    reason="busy",
    push=Push(PushState.ALIVE, START + timedelta(days=10), START, START - timedelta(hours=1)),
)


async def _offer(store: Store, memory: FeedMemory | None = None) -> HubOffer:
    """The store with a feed that names a hub."""
    feed = build_feed()
    await store.sync_feeds([feed], START)
    memory = memory or FeedMemory(hub=HUB, topic=TOPIC)
    await store.record_polls([PollRecord(build_feed_state(), memory=memory)], START)
    return HubOffer(feed.id, feed.url, HUB, TOPIC)


class HubContract:
    """A feed has one subscription, found by what its last document names and by the hub's token."""

    async def test_a_feed_that_names_a_hub_is_offered_until_the_hub_was_asked(self, store: Store) -> None:
        offer = await _offer(store)
        assert await store.list_hub_offers(START, 10) == [offer]
        await store.record_hub_subscription(SUBSCRIPTION)
        assert await store.list_hub_offers(START, 10) == []
        assert await store.list_hub_offers(SUBSCRIPTION.next_ask, 10) == [replace(offer, known=SUBSCRIPTION)]

    async def test_a_feed_that_names_another_hub_is_offered_at_once(self, store: Store) -> None:
        await _offer(store)
        await store.record_hub_subscription(replace(SUBSCRIPTION, hub="https://old-hub.example/"))
        (offer,) = await store.list_hub_offers(START, 10)
        assert offer.hub == HUB
        assert offer.known is not None
        assert offer.known.hub == "https://old-hub.example/"

    async def test_a_feed_without_a_hub_and_a_removed_one_are_not_offered(self, store: Store) -> None:
        await _offer(store, FeedMemory())
        assert await store.list_hub_offers(START, 10) == []
        await _offer(store)
        await store.remove_feed("asia-plus", "tester", START)
        assert await store.list_hub_offers(START, 10) == []

    async def test_a_subscription_is_found_by_its_token_and_shown_with_its_feed(
        self, store: Store, reopen: Reopen
    ) -> None:
        await _offer(store)
        await store.record_hub_subscription(SUBSCRIPTION)
        store = await reopen()
        state = build_feed_state()
        assert await store.find_pushed_feed("token") == PushedFeed(SUBSCRIPTION, state.last_poll, state.failures)
        assert await store.find_pushed_feed("another") is None
        (status,) = await store.list_feeds()
        assert status.push == SUBSCRIPTION.push
        await store.remove_feed("asia-plus", "tester", START)
        assert await store.find_pushed_feed("token") is None

    async def test_a_push_makes_its_feed_due_and_never_later_than_it_was(self, store: Store) -> None:
        await _offer(store)
        later = build_feed_state(next_due=START + timedelta(hours=3))
        await store.record_polls([PollRecord(later)], START)
        await store.record_push(SUBSCRIPTION, None)
        assert await store.list_due_feeds(START + timedelta(hours=1), 10) == []
        for due in (START + timedelta(minutes=1), START + timedelta(hours=2)):
            await store.record_push(SUBSCRIPTION, due)
        (status,) = await store.list_due_feeds(START + timedelta(minutes=1), 10)
        assert status.state.next_due == START + timedelta(minutes=1)

    async def test_what_a_hub_missed_is_remembered_with_the_poll_that_found_it(self, store: Store) -> None:
        await _offer(store)
        await store.record_hub_subscription(SUBSCRIPTION)
        found = START + timedelta(hours=5)
        await store.record_polls([PollRecord(build_feed_state(), missed_push=True)], found)
        (status,) = await store.list_feeds()
        assert status.push is not None
        assert status.push.missed == found
