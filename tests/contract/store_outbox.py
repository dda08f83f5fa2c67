"""Looking after the outbox: backlogs become digests, dead letters come back, figures tell how it stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, DeliveryState, Receipt
from bot.domain.messages import Attachment
from bot.errors import Superseded
from bot.ports.store import Store
from tests.contract.outbox import DESK, claim, put, retry
from tests.contract.reopening import Reopen
from tests.factories import at, build_destination, build_feed, build_outgoing, build_ringing_poll
from tests.fakes.clock import START

OTHER = build_destination("1002")


async def ring(store: Store, count: int) -> None:
    """So many stories ring at the desk, one a minute."""
    await store.sync_feeds([build_feed()], START)
    await store.ensure_destination(DESK)
    for number in range(count):
        await store.record_polls([build_ringing_poll(f"item-{number}", DESK)], at(number))


class OutboxContract:
    """The promises of `OutboxStore`, and of tenures in `UpkeepStore`."""

    async def test_a_backlog_is_several_old_cards(self, store: Store) -> None:
        await ring(store, 3)
        assert await store.list_backlogs(Platform.TELEGRAM, at(1)) == []
        assert [card.destination for card in await store.list_backlogs(Platform.TELEGRAM, at(2))] == [DESK] * 3
        assert await store.list_backlogs(Platform.SLACK, at(2)) == []

    async def test_a_message_comes_back_with_its_file(self, store: Store, reopen: Reopen) -> None:
        file = Attachment("stats.png", "image/png", bytes(range(256)), "12 stories, norm 5.")
        message = replace(build_outgoing().message, attachment=file)
        await store.enqueue([build_outgoing("stats", message=message)], START)
        (delivery,) = await claim(await reopen())
        assert delivery.message == message

    async def test_answers_are_no_backlog(self, store: Store) -> None:
        await put(store, "a")
        await put(store, "b")
        assert await store.list_backlogs(Platform.TELEGRAM, at(1)) == []

    async def test_a_digest_takes_the_place_of_cards_and_they_can_still_be_read(self, store: Store) -> None:
        await ring(store, 3)
        cards = await store.list_backlogs(Platform.TELEGRAM, at(9))
        await store.cover_cards([card.id for card in cards[:2]], build_outgoing("digest"), at(5))
        first, second = cards[0].alert_id, cards[1].alert_id
        missed = await store.list_missed(DESK.key, 1, 0)
        assert (missed.total, [view.alert.id for view in missed.alerts]) == (2, [second])
        assert [view.alert.id for view in (await store.list_missed(DESK.key, 5, 1)).alerts] == [first]
        assert len(await store.list_alerts(DESK.key, START, 10)) == 3
        assert await store.find_alert(first, DESK.key)
        assert (await store.count_totals()).deliveries_pending == 2

    async def test_a_card_on_its_way_is_not_folded(self, store: Store) -> None:
        await ring(store, 1)
        (card,) = await claim(store)
        await store.cover_cards([card.id], build_outgoing("digest"), START)
        await store.record_sent(card.id, Receipt("1"), START)
        assert (await store.list_missed(DESK.key, 5, 0)).total == 0

    async def test_a_dead_letter_is_listed_with_its_reason_and_can_be_tried_again(self, store: Store) -> None:
        await put(store, "a")
        await put(store, "b", destination=OTHER)
        for delivery in await claim(store):
            given_up = retry(START, possible_duplicate=False)
            failed = given_up.__class__(DeliveryState.FAILED, START, given_up.form, False, "can't parse")
            await store.record_failure(delivery.id, failed, START)
        (letter,) = await store.list_dead_letters(DESK.key, 10)
        assert (letter.summary, letter.reason, letter.destination) == ("a", "can't parse", DESK)
        assert len(await store.list_dead_letters(None, 10)) == 2
        assert await store.retry_dead_letters([letter.id], at(1)) == 1
        assert await store.retry_dead_letters([letter.id], at(1)) == 0
        (again,) = await claim(store, at(1))
        assert (again.id, again.attempts) == (letter.id, 1)

    async def test_the_outbox_is_measured_for_each_platform(self, store: Store) -> None:
        assert await store.measure_outbox(START) == []
        await put(store, "a")
        await put(store, "b", now=at(1))
        (health,) = await store.measure_outbox(at(5))
        assert (health.platform, health.pending, health.oldest_due_at) == (Platform.TELEGRAM, 2, START)
        await claim(store, at(5))
        (delivery,) = await claim(store, at(5) + LEASE)
        await store.record_sent(delivery.id, Receipt("1"), at(7))
        (health,) = await store.measure_outbox(at(7))
        assert (health.pending, health.repeats, health.dead) == (1, 1, 0)

    async def test_a_new_tenure_sends_again_at_once_what_the_last_was_sending(
        self, store: Store, reopen: Reopen
    ) -> None:
        await store.take_over("first", START)
        await put(store, "a")
        await claim(store)
        store = await reopen()
        await store.take_over("second", at(0.1))
        (again,) = await claim(store, at(0.1))
        assert again.possible_duplicate

    async def test_a_stale_owner_can_neither_claim_nor_record(self, store: Store, second: Store) -> None:
        await store.take_over("first", START)
        await put(store, "a")
        (stale,) = await claim(store)
        await second.take_over("second", at(1))
        for refused in (
            claim(store),
            store.record_sent(stale.id, Receipt("1"), START),
            store.record_failure(stale.id, retry(at(9)), START),
            store.check_writable(at(1)),
        ):
            with pytest.raises(Superseded, match="second has taken over"):
                await refused
        (again,) = await claim(second, at(1))
        await second.record_sent(again.id, Receipt("2"), at(1))

    async def test_times_move_with_the_clock(self, store: Store) -> None:
        hour = timedelta(hours=1)
        await store.sync_feeds([build_feed()], START)
        await put(store, "a", now=at(10))
        assert await store.list_due_feeds(START - hour, 5) == []
        await store.shift_times(-hour)
        assert len(await store.list_due_feeds(START - hour, 5)) == 1
        assert await store.next_delivery_at(Platform.TELEGRAM) == at(10) - hour

    async def test_a_tenure_mends_what_a_wrong_clock_put_into_the_future(self, store: Store) -> None:
        day = timedelta(days=1)
        await ring(store, 1)
        await store.take_over("later", START - day)
        assert len(await store.list_due_feeds(START - day, 5)) == 1
        assert len(await claim(store, START - day)) == 1

    async def test_settled_messages_are_forgotten_and_alerts_are_not(self, store: Store) -> None:
        await ring(store, 1)
        await put(store, "a", destination=OTHER)
        await put(store, "b", destination=OTHER)
        for delivery in await claim(store):
            await store.record_sent(delivery.id, Receipt("1"), START)
        assert await store.forget_settled(START) == 0
        assert await store.forget_settled(at(1)) == 1
        await store.vacuum()
        totals = await store.count_totals()
        assert (totals.deliveries, totals.deliveries_pending) == (2, 1)
