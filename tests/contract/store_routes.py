"""What every store promises about destinations that routes name, and about cards that quiet hours put off."""

from dataclasses import replace

from bot.domain.chats import Platform
from bot.domain.deliveries import Receipt, Urgency
from bot.domain.policy import BELOW_CLEARANCE
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_item,
    build_outgoing,
    build_planned_card,
    build_ringing_poll,
)

DESK = build_destination()


async def _report(store: Store, key: str, minutes: float, **card: object) -> None:
    """Records a report of the story `item-1` with a card for the desk that has these fields."""
    poll = build_ringing_poll("item-1", DESK)
    if key != "item-1":
        item = build_item(key)
        match = replace(poll.matches[0], item_key=key)
        poll = replace(poll, items=(item,), words=((key, "csto"),), matches=(match,))
    await store.record_polls([replace(poll, cards=(build_planned_card(**card),))], at(minutes))


class RouteContract:
    """Destinations of routes, quiet hours, clearance."""

    async def test_destinations_of_routes_are_made_named_and_not_revived(self, store: Store) -> None:
        routed = replace(DESK, title="Night desk", timezone="Asia/Dushanbe")
        await store.record_destinations([routed])
        assert await store.list_destinations([DESK.key, "telegram:404"]) == [routed]
        await store.disable_destination(DESK.key, "kicked")
        await store.record_destinations([replace(routed, title="", timezone="Asia/Bishkek")])
        (stored,) = await store.list_destinations([DESK.key])
        assert (stored.title, stored.timezone, stored.disabled) == ("Night desk", "Asia/Bishkek", "kicked")
        assert stored.platform is Platform.TELEGRAM

    async def test_a_card_put_off_by_quiet_hours_waits_until_they_end(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await _report(store, "item-1", 0, not_before=at(60), silent=True)
        assert await claim(store, at(61)) == []
        assert await store.next_delivery_at(Platform.TELEGRAM) is None
        (held,) = await store.list_held()
        assert (held.destination, held.priority, held.created_at) == (DESK, Priority.HIGH, at(0))
        await store.release_held([held.id], at(62))
        (card,) = await claim(store, at(62))
        assert (card.silent, card.due_at) == (True, at(62))
        assert await store.list_held() == []

    async def test_held_cards_come_out_as_one_message_that_stands_for_them(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        for key in ("item-1", "item-2"):
            poll = build_ringing_poll(key, DESK)
            cards = (build_planned_card(story_key=key, not_before=at(60), silent=True),)
            await store.record_polls([replace(poll, cards=cards)], at(0))
        ids = [held.id for held in await store.list_held()]
        await store.cover_cards(ids, build_outgoing("quiet", destination=DESK), at(60))
        (summary,) = await claim(store, at(60))
        assert summary.message
        missed = await store.list_missed(DESK.key, 10, 0)
        assert missed.total == 2
        # Shown in the summary, a story gets no card of its own.
        await _report(store, "item-3", 70)
        await store.record_sent(summary.id, Receipt("1"), at(71))
        assert await claim(store, at(71)) == []

    async def test_critical_cards_that_rang_meanwhile_are_told_with_their_time(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await _report(store, "item-1", 0, urgency=Urgency.CRITICAL)
        (card,) = await claim(store, at(0))
        await store.record_sent(card.id, Receipt("1"), at(1))
        assert await store.list_critical(DESK.key, at(0)) == [at(1)]
        assert await store.list_critical(DESK.key, at(1)) == []

    async def test_a_card_that_waits_goes_out_at_once_when_its_story_becomes_urgent(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await _report(store, "item-1", 0, not_before=at(60), silent=True)
        await _report(store, "item-2", 10, urgency=Urgency.CRITICAL)
        (card,) = await claim(store, at(10))
        assert (card.urgency, card.silent) == (Urgency.CRITICAL, False)
        await store.record_sent(card.id, Receipt("1"), at(10))
        assert await claim(store, at(60)) == []

    async def test_a_later_report_puts_no_card_off_further(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await _report(store, "item-1", 0)
        await _report(store, "item-2", 10, not_before=at(60), silent=True)
        (card,) = await claim(store, at(10))
        assert not card.silent

    async def test_a_card_held_back_for_its_source_goes_out_with_a_better_one(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await _report(store, "item-1", 0, suppressed=BELOW_CLEARANCE)
        assert await claim(store, at(0)) == []
        await _report(store, "item-2", 10)
        assert len(await claim(store, at(10))) == 1
