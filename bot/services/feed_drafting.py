"""Adding a feed from a chat in two steps: a look at what it carries, then the decision."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.domain.chats import Destination, Person
from bot.domain.feed_drafts import FeedDraft
from bot.domain.feeds import Feed, FeedOrigin
from bot.ports.chat_store import SubscriptionStore
from bot.ports.feed_draft_store import FeedDraftStore
from bot.ports.feed_store import FeedStore
from bot.ports.fetcher import Fetcher, ParsedFeed, Parser
from bot.services.catalog import Catalog
from bot.services.feed_admin import (
    PREVIEWED,
    build_feed,
    build_first_items,
    count_ringing,
    read_new_feed,
    refuse_glutton,
    refuse_known,
)
from bot.services.routing import watched_ids


class DraftingStore(FeedStore, FeedDraftStore, SubscriptionStore, Protocol):
    """The parts of the store that are needed here."""


async def look_at_feed(
    store: DraftingStore,
    catalog: Catalog,
    fetcher: Fetcher,
    parser: Parser,
    *,
    url: str,
    person: Person,
    destination: Destination,
    now: datetime,
) -> FeedDraft:
    """Reads the feed at `url` once and keeps what was seen, for the chat to decide on.

    Raises as `bot.services.feed_admin.read_new_feed` does.
    """
    feed, parsed = await read_new_feed(store, fetcher, parser, url=url, person=person, origin=FeedOrigin.CHAT)
    items = build_first_items(feed, parsed, now)
    watched = await watched_ids(store, catalog, destination)
    languages = Counter(item.lang.split("-")[0] for item in items if item.lang)
    return await store.record_feed_draft(
        FeedDraft(
            destination=destination.key,
            url=feed.url,
            title=feed.outlet,
            lang=feed.lang or next(iter(dict(languages.most_common(1))), ""),
            items=len(items),
            newest=max((item.published for item in items if item.published), default=None),
            ringing=count_ringing(items, feed, catalog.matcher, now - PREVIEWED, watched),
            author=person.key,
            at=now,
        )
    )


async def add_draft(store: DraftingStore, draft: FeedDraft, person: Person, now: datetime) -> Feed:
    """The feed, in use from now on. Raises Conflict for one that was added meanwhile, Forbidden for one too many.

    The same request, which is made `now`, adds it once.
    """
    known = await store.list_feeds()
    if draft.used_at is not None:
        own = [status.feed for status in known if (status.feed.url, status.feed.added_by) == (draft.url, person.key)]
        if own:
            return own[0]
    refuse_known(known, draft.url)
    refuse_glutton(known, person)
    seen = ParsedFeed(title=draft.title, lang=draft.lang, home="", items=())
    taken = {status.feed.id for status in known}
    feed = build_feed(draft.url, seen, taken, person=person, origin=FeedOrigin.CHAT)
    feed = replace(feed, owner=draft.owner, grade=draft.grade or feed.grade)
    await store.use_feed_draft(draft.id, draft.destination, now)
    await store.add_feed(feed, now, name=person.name)
    return feed
