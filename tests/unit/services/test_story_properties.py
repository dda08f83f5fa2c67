"""Whatever news comes in whatever order: no item is lost by grouping, and no chat gets two cards of a story."""

import asyncio
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.corrections import Correction
from bot.domain.items import Item
from bot.domain.polls import PollRecord
from bot.domain.routing import build_watchers
from bot.domain.watchlists import WatchlistCatalog
from bot.matching.records import Priority
from bot.ports.store import Store
from bot.services.alerting import AlertPlanner
from bot.services.catalog import Catalog
from storage import open_store
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_item,
    build_poll,
    build_subscription,
    build_watchlist,
)

DESKS = (build_destination("1001"), build_destination("2002"))
FEEDS = ("asia-plus", "tass", "amu")
_HEADLINES = st.sampled_from(
    [
        "CSTO chief warns UN of drugs from Afghanistan",
        "CSTO chief warns UN about drugs from Afghanistan",
        "CSTO troops end drill at Lyaur range",
        "CSTO drill at Lyaur range ends",
        "CSTO ministers meet in Almaty",
        "ОДКБ: CSTO глава предупредил ООН",
    ]
)
_NEWS = st.lists(st.tuples(st.sampled_from(FEEDS), _HEADLINES, st.booleans()), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(st.lists(_NEWS, min_size=1, max_size=4), st.data())
def test_every_item_is_in_a_story_and_no_chat_gets_two_cards_of_one(
    rounds: list[list[tuple[str, str, bool]]], data: st.DataObject
) -> None:
    merged = data.draw(st.booleans())
    asyncio.run(_check(rounds, merge=merged))


async def _check(rounds: list[list[tuple[str, str, bool]]], *, merge: bool) -> None:
    catalog = Catalog(WatchlistCatalog((build_watchlist(priority=Priority.HIGH),)))
    watchers = build_watchers([build_subscription(destination=desk) for desk in DESKS])
    store = await open_store("sqlite:///:memory:")
    await store.migrate()
    await store.sync_feeds([build_feed(feed) for feed in FEEDS], at(0))
    items = 0
    for minute, news in enumerate(rounds):
        planner = AlertPlanner(store, catalog, watchers)
        records = []
        for feed, title, dated in news:
            items += 1
            item = build_item(
                f"item-{items}",
                feed_id=feed,
                title=title,
                summary="",
                first_seen=at(minute),
                published=at(minute) if dated else None,
            )
            records.append(await _plan(planner, feed, item))
        await store.record_polls(records, at(minute))
        if merge:
            await _merge_two(store)
    views = {desk.key: await store.list_alerts(desk.key, at(-1), 100) for desk in DESKS}
    await store.close()
    for shown in views.values():
        stories = Counter(view.story.id for view in shown)
        assert max(stories.values()) == 1
        reported = {report.item.key for view in shown for report in view.reports}
        assert len(reported) == items
        assert sum(len(view.reports) for view in shown) == items


async def _plan(planner: AlertPlanner, feed: str, item: Item) -> PollRecord:
    plan = await planner.plan(build_feed(feed), await planner.match(build_feed(feed), [item]))
    return build_poll(
        feed,
        items=(item,),
        matches=plan.matches,
        stories=plan.stories,
        alerts=plan.alerts,
        cards=plan.cards,
        filed=plan.filed,
    )


async def _merge_two(store: Store) -> None:
    """Puts the two newest stories together; a card that was not sent yet goes with it."""
    shown = await store.list_alerts(DESKS[0].key, at(-1), 2)
    if len({view.story.id for view in shown}) == 2:
        by = Correction("telegram:42", DESKS[0].key, at(0))
        await store.record_merge(shown[0].alert.id, shown[1].alert.id, by)
