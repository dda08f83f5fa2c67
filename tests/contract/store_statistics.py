"""What every store promises about looking back over what was told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.alerts import alert_ids
from bot.domain.deliveries import Receipt
from bot.domain.digest_times import DigestMark
from bot.domain.told import RungStory, SeenDelay
from bot.errors import NotFound
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.factories import (
    HEADLINE,
    at,
    build_destination,
    build_feed,
    build_item,
    build_item_match,
    build_match,
    build_outgoing,
    build_planned_card,
    build_poll,
    build_ringing_poll,
)

DESK = build_destination()
OTHER = build_destination("2002")
ALERT = next(alert_ids("item-1"))


class StatisticsContract:
    """Statistics, shifts and weekly trends."""

    @pytest.fixture
    async def told(self, store: Store) -> Store:
        """The story `item-1` rang at the desk and elsewhere; the card of the desk was sent two minutes later."""
        await store.sync_feeds([build_feed("asia-plus"), build_feed("tass")], at(0))
        await store.record_polls([build_ringing_poll("item-1", DESK, OTHER)], at(0))
        delivery = next(one for one in await claim(store, at(1)) if one.destination.key == DESK.key)
        await store.record_sent(delivery.id, Receipt("m1"), at(2))
        return store

    async def test_what_a_destination_was_told_says_when_it_was_seen_due_and_sent(self, told: Store) -> None:
        (one,) = await told.list_told(at(-60), DESK.key)
        assert (one.alert_id, one.destination, one.feed_id, one.reports) == (ALERT, DESK.key, "asia-plus", 1)
        assert one.lists == {"csto"}
        assert (one.at, one.sent_at, one.tries) == (at(0), at(2), 1)

    async def test_all_destinations_are_told_of_where_none_is_named(self, told: Store) -> None:
        assert {one.destination for one in await told.list_told(at(-60))} == {DESK.key, OTHER.key}
        assert [one.sent_at for one in await told.list_told(at(-60), OTHER.key)] == [None]

    async def test_what_was_told_before_or_held_back_is_left_out(self, told: Store) -> None:
        assert await told.list_told(at(1), DESK.key) == []
        held_back = build_planned_card(story_key="item-2", suppressed="muted")
        await told.record_polls([replace(build_ringing_poll("item-2"), cards=(held_back,))], at(1))
        assert [one.alert_id for one in await told.list_told(at(-60), DESK.key)] == [ALERT]

    async def test_the_limit_keeps_the_newest(self, told: Store) -> None:
        await told.record_polls([build_ringing_poll("item-2", DESK)], at(5))
        assert [one.at for one in await told.list_told(at(-60), DESK.key, 1)] == [at(5)]

    async def test_a_story_that_rang_is_told_once_a_list(self, told: Store) -> None:
        rung = await told.list_rung(at(-60), ["csto", "iskp"])
        assert rung == [RungStory("csto", rung[0].story_id, at(0), Priority.HIGH, HEADLINE, "en")]
        assert await told.list_rung(at(-60), ["iskp"]) == []
        assert await told.list_rung(at(1), ["csto"]) == []

    async def test_what_a_feed_listed_at_first_or_only_mentioned_did_not_ring(self, store: Store) -> None:
        await store.sync_feeds([build_feed("asia-plus")], at(0))
        mentions = build_item_match("item-2", match=build_match(rings=False))
        old = build_ringing_poll("item-1", DESK)
        await store.record_polls(
            [
                replace(old, items=tuple(replace(item, baseline=True) for item in old.items)),
                replace(build_ringing_poll("item-2"), matches=(mentions,), cards=(), alerts=()),
            ],
            at(0),
        )
        assert await store.list_rung(at(-60), ["csto"]) == []

    async def test_delays_are_those_of_the_newest_dated_items_of_each_feed(self, store: Store) -> None:
        await store.sync_feeds([build_feed("asia-plus"), build_feed("tass")], at(0))
        items = [
            build_item("old", published=at(-50), first_seen=at(0)),
            build_item("new", published=at(7), first_seen=at(9)),
            build_item("undated", published=None, first_seen=at(9)),
            build_item("first", published=at(1), first_seen=at(9), baseline=True),
        ]
        await store.record_polls([build_poll(items=tuple(items))], at(9))
        assert await store.list_seen_delays(at(-60)) == [
            SeenDelay("asia-plus", timedelta(minutes=2)),
            SeenDelay("asia-plus", timedelta(minutes=50)),
        ]
        assert await store.list_seen_delays(at(-60), 1) == [SeenDelay("asia-plus", timedelta(minutes=2))]
        assert await store.list_seen_delays(at(10)) == []

    async def test_a_shift_begins_where_a_handover_was_done(self, told: Store) -> None:
        assert await told.find_shift(DESK.key) is None
        await told.begin_shift(DESK.key, at(5))
        await told.begin_shift(DESK.key, at(9))
        assert await told.find_shift(DESK.key) == at(9)
        assert await told.find_shift(OTHER.key) is None
        with pytest.raises(NotFound, match="no chat"):
            await told.begin_shift("telegram:1:", at(9))

    async def test_a_day_has_one_trend(self, store: Store) -> None:
        assert await store.list_trend_marks() == {}
        await store.begin_trends([DESK], at(0))
        await store.begin_trends([DESK], at(1))
        assert await store.list_trend_marks() == {DESK.key: DigestMark(at(0))}
        monday = date(2026, 11, 23)
        assert await store.record_trend(DESK, monday, at(2), [build_outgoing("trend")])
        assert not await store.record_trend(DESK, monday, at(3), [build_outgoing("again")])
        assert not await store.record_trend(DESK, monday - timedelta(days=7), at(3), [])
        assert await store.list_trend_marks() == {DESK.key: DigestMark(at(2), monday)}
        (delivery,) = await claim(store, at(4))
        assert delivery.message == build_outgoing("trend").message
