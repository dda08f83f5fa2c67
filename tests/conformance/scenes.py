"""What changes the world of a case before it is played."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from bot.domain.chats import Platform
from bot.domain.feeds import EXILE, FeedOrigin
from bot.ports.store import Store
from bot.services.feed_admin import MOST_FEEDS_OF_A_PERSON
from tests import factories
from tests.fakes.clock import START

_DANA = {Platform.TELEGRAM: "telegram:100", Platform.SLACK: "slack:U0DANA", Platform.CONSOLE: "console:local"}

_BEGINNINGS = ("Kham", "Zar", "Bul", "Ost", "Vel", "Dir", "Nog", "Shu", "Yel", "Gar")
_MIDDLES = ("a", "bo", "chi", "du", "en", "fi", "gu", "ha", "li", "mo")
_ENDINGS = ("abad", "kent", "tepa", "dara", "rud")


async def add_many_feeds(store: Store, platform: Platform) -> None:
    """Dana has added as many feeds as one person may."""
    for number in range(MOST_FEEDS_OF_A_PERSON):
        feed = factories.build_feed(f"own-{number}", origin=FeedOrigin.CHAT, added_by=_DANA[platform])
        await store.add_feed(feed, START)


async def flee(store: Store, _: Platform) -> None:
    """Every outlet has had to leave its country."""
    feeds = [status.feed for status in await store.list_feeds()]
    await store.sync_feeds([replace(feed, owner=EXILE) for feed in feeds if feed.origin is FeedOrigin.FILE], START)


async def read_a_busy_day(store: Store, _: Platform) -> None:
    """Today prices were reported from five hundred places, each a story of its own."""
    places = ["".join(parts) for parts in product(_BEGINNINGS, _MIDDLES, _ENDINGS)]
    items = tuple(
        factories.build_item(
            f"busy-{number}",
            title=f"Price in {place}",
            summary=f"{place} {place[::-1]}.",
            link=f"https://asia-plus.example/busy/{number}",
            first_seen=START - timedelta(minutes=number),
            published=START - timedelta(minutes=number),
        )
        for number, place in enumerate(places)
    )
    words = tuple((item.key, f"{item.title} {item.summary}".casefold()) for item in items)
    await store.record_polls([factories.build_poll(items=items, words=words)], START)
