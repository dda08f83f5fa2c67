"""What every store promises about what follows a send: receipts, failures, holds, moved and lost destinations."""

from dataclasses import replace

import pytest

from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import LEASE, DeliveryState, Form, Receipt, Urgency
from bot.errors import NotFound
from bot.ports.store import Store
from tests.contract.outbox import DESK, claim, claim_keys, keys, put, retry
from tests.contract.reopening import Reopen
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_planned_card,
    build_ringing_poll,
    build_slack_destination,
)
from tests.fakes.clock import START

NEW_DESK = build_destination("-1009")
GIVEN_UP = replace(retry(START), state=DeliveryState.FAILED)


async def _move(store: Store, *, to: Destination) -> None:
    """Fails the next delivery of the desk because it has moved."""
    (delivery,) = await claim(store)
    await store.record_failure(delivery.id, retry(at(0), moved_to=to.address), at(0))


async def _watched(store: Store, destination: Destination) -> list[str]:
    return [subscription.watchlist for subscription in await store.list_subscriptions(destination.key)]


class OutcomeContract:
    """The outbox, when an answer came back."""

    async def test_a_sent_delivery_is_never_claimed_again(self, store: Store, reopen: Reopen) -> None:
        await put(store, "a")
        (delivery,) = await claim(store)
        await store.record_sent(delivery.id, Receipt("901"), at(0))
        store = await reopen()
        assert await claim(store, at(0) + 10 * LEASE) == []
        assert (await store.count_totals()).deliveries_pending == 0

    async def test_a_confirmation_wins_over_a_later_failure(self, store: Store) -> None:
        await put(store, "a")
        (delivery,) = await claim(store)
        await store.record_sent(delivery.id, Receipt("901"), at(0))
        await store.record_failure(delivery.id, retry(at(0)), at(0))
        assert await claim(store, at(60)) == []

    async def test_a_confirmation_after_the_lease_ran_out_still_counts(self, store: Store) -> None:
        await put(store, "a")
        (slow,) = await claim(store)
        await claim(store, START + LEASE)
        await store.record_sent(slow.id, Receipt("901"), START + LEASE)
        assert await claim(store, START + 3 * LEASE) == []
        assert (await store.count_totals()).deliveries_failed == 0

    async def test_a_retry_keeps_what_was_learned(self, store: Store) -> None:
        await put(store, "a")
        (delivery,) = await claim(store)
        after = retry(at(2), form=Form.PLAIN, possible_duplicate=True)
        await store.record_failure(delivery.id, after, at(0))
        assert await claim(store, at(1)) == []
        (again,) = await claim(store, at(2))
        assert (again.form, again.possible_duplicate, again.attempts) == (Form.PLAIN, True, 2)

    async def test_a_delivery_that_is_given_up_lets_the_next_go(self, store: Store) -> None:
        await put(store, "a")
        await put(store, "b")
        (delivery,) = await claim(store)
        await store.record_failure(delivery.id, GIVEN_UP, at(0))
        assert await claim_keys(store) == ["b"]
        totals = await store.count_totals()
        assert (totals.deliveries, totals.deliveries_pending, totals.deliveries_failed) == (2, 1, 1)

    async def test_an_unknown_delivery_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            await store.record_sent(404, Receipt("1"), at(0))
        with pytest.raises(NotFound):
            await store.record_failure(404, GIVEN_UP, at(0))

    async def test_a_lost_destination_is_disabled_with_the_reason(self, store: Store) -> None:
        await store.subscribe(DESK, "csto", "telegram:42", at(0))
        await put(store, "a")
        await put(store, "b")
        (delivery,) = await claim(store)
        await store.record_failure(delivery.id, replace(GIVEN_UP, reason="kicked", disable_destination=True), at(0))
        assert await claim(store) == []
        assert await store.list_subscriptions() == []
        (subscription,) = await store.list_subscriptions(DESK.key)
        assert subscription.destination == replace(DESK, disabled="kicked")

    async def test_a_held_platform_gives_nothing_until_then(self, store: Store, reopen: Reopen) -> None:
        await put(store, "a")
        await put(store, "b", destination=build_destination("2002"))
        await put(store, "c", destination=build_slack_destination())
        (delivery, _) = await claim(store)
        await store.record_failure(delivery.id, replace(retry(at(3)), hold_platform=True), at(0))
        store = await reopen()
        assert await claim(store, at(2)) == []
        assert await store.next_delivery_at(Platform.TELEGRAM) == at(3)
        assert keys(await claim(store, at(2), platform=Platform.SLACK)) == ["c"]
        assert await claim_keys(store, at(3)) == ["a", "b"]

    async def test_a_chat_that_moved_to_an_unknown_address_takes_everything_along(self, store: Store) -> None:
        await store.subscribe(DESK, "csto", "telegram:42", at(0))
        await put(store, "a")
        await put(store, "b")
        await _move(store, to=NEW_DESK)
        assert await _watched(store, NEW_DESK) == ["csto"]
        assert await _watched(store, DESK) == []
        (delivery,) = await claim(store)
        assert (keys([delivery]), delivery.destination) == (["a"], replace(NEW_DESK, title=DESK.title))

    async def test_a_chat_that_moved_to_a_known_address_becomes_one_with_it(self, store: Store) -> None:
        for destination, watchlist in ((DESK, "csto"), (DESK, "iskp"), (NEW_DESK, "csto"), (NEW_DESK, "ttp")):
            await store.subscribe(destination, watchlist, "telegram:42", at(0))
        await put(store, "a")
        await store.disable_destination(NEW_DESK.key, "not there yet")
        await _move(store, to=NEW_DESK)
        assert await _watched(store, NEW_DESK) == ["csto", "iskp", "ttp"]
        assert {one.destination.key for one in await store.list_subscriptions()} == {NEW_DESK.key}
        assert [(keys([one]), one.destination.key) for one in await claim(store)] == [(["a"], NEW_DESK.key)]

    async def test_a_card_that_both_addresses_have_goes_out_once(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([build_ringing_poll("item-1", NEW_DESK)], at(0))
        (card,) = await claim(store)
        await store.record_sent(card.id, Receipt("1"), at(0))
        poll = build_ringing_poll("item-2")
        card_for_desk = build_planned_card(story_key="item-2", destination=DESK)
        card_for_new = build_planned_card(story_key="item-2", destination=NEW_DESK)
        await store.record_polls([replace(poll, cards=(card_for_desk, card_for_new))], at(0))
        claimed = await claim(store)
        desk = next(one for one in claimed if one.destination.key == DESK.key)
        new = next(one for one in claimed if one.destination.key == NEW_DESK.key)
        await store.record_sent(new.id, Receipt("2"), at(0))
        await store.record_failure(desk.id, retry(at(0), moved_to=NEW_DESK.address), at(0))
        assert await claim(store, at(10)) == []
        assert len(await store.list_alerts(NEW_DESK.key, at(-1), 10)) == 2

    async def test_the_threads_of_a_moved_chat_move_with_it(self, store: Store) -> None:
        topic = build_destination(DESK.address, thread="7")
        await store.subscribe(topic, "ttp", "telegram:42", at(0))
        await put(store, "a", Urgency.REPLY)
        await _move(store, to=NEW_DESK)
        assert await _watched(store, replace(topic, address=NEW_DESK.address)) == ["ttp"]

    async def test_alerts_of_the_old_address_are_found_at_the_new_one(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.ensure_destination(NEW_DESK)
        await store.record_polls([build_ringing_poll("item-1", DESK)], at(0))
        (card,) = await claim(store)
        await store.record_sent(card.id, Receipt("1"), at(0))
        await put(store, "b")
        await _move(store, to=NEW_DESK)
        assert await store.find_alert(card.alert_id, NEW_DESK.key) is not None
