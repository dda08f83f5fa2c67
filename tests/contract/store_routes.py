"""What every store promises about destinations that routes name, and about cards that quiet hours put off."""

from dataclasses import replace

from bot.domain.chats import Platform
from bot.domain.deliveries import Receipt, Urgency
from bot.domain.policy import BELOW_CLEARANCE
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.factories import at, build_destination, build_feed, build_item, build_planned_card, build_ringing_poll

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
        assert await claim(store, at(59)) == []
        assert await store.next_delivery_at(Platform.TELEGRAM) == at(60)
        (card,) = await claim(store, at(60))
        assert card.silent

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
