"""Takes the feeds of feeds.yaml into the store."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.feeds import Feed, FeedOrigin
from bot.ports.feed_store import FeedStore


async def sync_feeds(store: FeedStore, feeds: Sequence[Feed], *, faulty: bool, now: datetime) -> None:
    """Makes the feeds of files in the store equal to `feeds`.

    Those of a `faulty` file are not all that were meant: what is good in it is taken, and nothing is removed.
    """
    if faulty:
        good = {feed.id for feed in feeds}
        known = [status.feed for status in await store.list_feeds()]
        feeds = [*feeds, *(feed for feed in known if feed.origin is FeedOrigin.FILE and feed.id not in good)]
    await store.sync_feeds(feeds, now)
