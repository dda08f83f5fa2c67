"""What every store promises about letting go."""

from datetime import timedelta

from bot.domain.feed_notices import FeedNotice, NoticeKind
from bot.ports.store import Store
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_feed_state,
    build_item,
    build_item_match,
    build_poll,
    build_ringing_poll,
    build_story,
)
from tests.fakes.clock import START

DAY = timedelta(days=1)


async def _keys(store: Store, *terms: str) -> list[str]:
    return [report.item.key for report in await store.search_items(terms, 1000)]


class RetentionContract:
    """Old items, crowded feeds, old notices."""

    async def test_items_seen_before_a_moment_are_forgotten_with_their_words_and_stay_known(self, fed: Store) -> None:
        old, new = build_item("old"), build_item("new", first_seen=at(60))
        words = (("old", "csto old"), ("new", "csto new"))
        await fed.record_polls([build_poll(items=(old, new), words=words)], at(60))
        assert (await fed.forget_items(at(30), 0, 10))[0] == 1
        assert await _keys(fed) == ["new"]
        assert await _keys(fed, "csto") == ["new"]
        assert set((await fed.find_seen({"asia-plus": ["old"]}))["asia-plus"]) == {"old"}
        assert (await fed.count_totals()).items == 1

    async def test_what_made_an_alert_stays(self, fed: Store) -> None:
        await fed.record_polls([build_ringing_poll("item-1", build_destination())], at(0))
        assert (await fed.forget_items(at(60), 0, 10))[0] == 0
        assert await _keys(fed) == ["item-1"]

    async def test_matches_and_stories_without_an_alert_go_with_their_items(self, fed: Store) -> None:
        poll = build_poll(items=(build_item(),), matches=(build_item_match(),), stories=(build_story(),))
        await fed.record_polls([poll], at(0))
        await fed.forget_items(at(60), 0, 10)
        totals = await fed.count_totals()
        assert (totals.items, totals.matches, totals.stories) == (0, 0, 0)

    async def test_bites_follow_each_other_to_the_end(self, fed: Store) -> None:
        items = tuple(build_item(f"k{number}", link_key=f"l{number}") for number in range(7))
        await fed.record_polls([build_poll(items=items)], at(0))
        taken, after, bites = 3, 0, []
        while taken:
            taken, after = await fed.forget_items(at(60), after, 3)
            bites.append(taken)
        assert bites == [3, 3, 1, 0]

    async def test_a_crowded_feed_loses_its_oldest(self, fed: Store) -> None:
        for feed_id in ("asia-plus", "tass"):
            items = tuple(build_item(f"{feed_id}-{number}", feed_id=feed_id) for number in range(6))
            await fed.record_polls(
                [build_poll(state=build_feed_state(feed_id), items=items[: 6 if feed_id == "tass" else 3])], at(0)
            )
        assert [await fed.forget_surplus(4, 1) for _ in range(3)] == [1, 1, 0]
        assert sorted(key for key in await _keys(fed) if "tass" in key) == [f"tass-{number}" for number in range(2, 6)]
        assert {status.feed.id: status.items for status in await fed.list_feeds()}["tass"] == 4

    async def test_old_notices_are_forgotten(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        notices = tuple(FeedNotice("asia-plus", START + day * DAY, NoticeKind.GAP, "gap") for day in range(3))
        await store.record_polls([build_poll(notices=notices)], START)
        assert await store.forget_notices(START + DAY) == 1
        assert len(await store.list_feed_notices(START, 10)) == 2
