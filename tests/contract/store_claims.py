"""What every store promises about claiming deliveries: who is next, in which order, and for how long."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chats import NO_REPLY_ADDRESS, Platform, ReplyAddress
from bot.domain.deliveries import LEASE, Receipt, Urgency
from bot.domain.messages import Button, Gap, Message, Moment, Quote, Text, bold, line, plain_message
from bot.ports.store import Store
from tests.contract.outbox import DESK, claim, claim_keys, keys, put, retry
from tests.contract.reopening import Reopen
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_outgoing,
    build_planned_card,
    build_ringing_poll,
    build_slack_destination,
)
from tests.fakes.clock import START

OTHER = build_destination("2002")


class ClaimContract:
    """The outbox, on its way out."""

    async def test_a_card_is_claimed_by_its_alert(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        await store.record_polls([build_ringing_poll("item-1", DESK)], START)
        (card,) = await claim(store, at(1))
        assert (await store.get_alert(card.alert_id)).story.key == "item-1"
        assert (card.destination, card.urgency, card.message, card.reply_to) == (
            DESK,
            Urgency.ALERT,
            None,
            NO_REPLY_ADDRESS,
        )
        assert (card.attempts, card.possible_duplicate, card.silent, card.created_at) == (1, False, False, START)

    async def test_a_message_comes_out_as_it_was_put_in(self, store: Store) -> None:
        message = Message(
            blocks=(
                line("🔴 ", bold("CRITICAL"), Text("x", code=True, url="https://a.example/?q=1&r=<2>"), style="head"),
                Gap(),
                Quote((Text("\u2068حمله\u2069"), Moment(at(3), "10:03")), expandable=True),
            ),
            summary="A summary",
            buttons=(
                (Button("Why", "why", "7KD4"), Button("Open", url="https://a.example")),
                (Button("+", primary=True),),
            ),
            silent=True,
        )
        address = ReplyAddress("77", "U1", "https://hooks.slack.example/1")
        channel = build_slack_destination()
        await store.enqueue([build_outgoing(destination=channel, message=message, reply_to=address)], START)
        (delivery,) = await claim(store, platform=Platform.SLACK)
        assert (delivery.message, delivery.reply_to, delivery.destination) == (message, address, channel)
        assert (delivery.alert_id, delivery.silent) == ("", True)

    async def test_half_a_surrogate_pair_in_a_message_does_not_stop_it(self, store: Store) -> None:
        await put(store, "odd \ud83d text")
        assert await claim_keys(store) == ["odd ? text"]

    async def test_a_key_is_put_in_only_once(self, store: Store) -> None:
        await put(store, "once")
        await put(store, "once", destination=OTHER)
        assert [delivery.destination for delivery in await claim(store)] == [DESK]

    async def test_a_suppressed_card_is_kept_but_never_claimed(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        poll = replace(build_ringing_poll("item-1"), cards=(build_planned_card(suppressed="muted"),))
        assert (await store.record_polls([poll], START)).deliveries == 1
        assert await claim(store) == []
        assert await store.next_delivery_at(Platform.TELEGRAM) is None
        assert (await store.count_totals()).deliveries_pending == 0

    async def test_each_destination_gives_one_and_only_of_the_platform_asked_for(self, store: Store) -> None:
        for key, destination in (("a", DESK), ("b", DESK), ("c", OTHER), ("d", build_slack_destination())):
            await put(store, key, destination=destination)
        assert await claim_keys(store) == ["a", "c"]
        assert await claim_keys(store) == []
        assert keys(await claim(store, platform=Platform.SLACK)) == ["d"]

    async def test_the_most_urgent_go_first_and_the_limit_is_kept(self, store: Store) -> None:
        urgencies = {
            "a": Urgency.NOTICE,
            "b": Urgency.ALERT,
            "c": Urgency.CRITICAL,
            "d": Urgency.REPLY,
            "e": Urgency.ALERT,
        }
        for key, urgency in urgencies.items():
            await put(store, key, urgency, build_destination(key))
        assert await claim_keys(store, limit=3) == ["d", "c", "b"]
        assert await claim_keys(store, limit=3) == ["e", "a"]

    async def test_a_destination_sends_by_urgency_and_then_in_order(self, store: Store) -> None:
        order = ["reply", "critical", "first", "second", "notice"]
        for key, urgency in (
            ("notice", Urgency.NOTICE),
            ("first", Urgency.ALERT),
            ("critical", Urgency.CRITICAL),
            ("second", Urgency.ALERT),
            ("reply", Urgency.REPLY),
        ):
            await put(store, key, urgency)
        for key in order:
            (delivery,) = await claim(store)
            assert keys([delivery]) == [key]
            await store.record_sent(delivery.id, Receipt(key), START)
        assert await claim(store) == []

    async def test_a_head_that_waits_holds_those_behind_it_but_not_other_urgencies(self, store: Store) -> None:
        await put(store, "first")
        await put(store, "second")
        (first,) = await claim(store)
        await store.record_failure(first.id, retry(at(5)), at(0))
        assert await claim(store, at(1)) == []
        await put(store, "reply", Urgency.REPLY, now=at(1))
        (reply,) = await claim(store, at(1))
        assert keys([reply]) == ["reply"]
        await store.record_sent(reply.id, Receipt("1"), at(1))
        (again,) = await claim(store, at(5))
        assert (keys([again]), again.attempts) == (["first"], 2)
        await store.record_sent(again.id, Receipt("2"), at(5))
        assert await claim_keys(store, at(5)) == ["second"]

    async def test_busy_destinations_give_nothing(self, store: Store) -> None:
        await put(store, "a")
        await put(store, "b", destination=OTHER)
        assert keys(await claim(store, busy=[DESK.key])) == ["b"]

    async def test_disabled_destinations_give_nothing_until_they_are_back(self, store: Store) -> None:
        await put(store, "a")
        await store.disable_destination(DESK.key, "blocked by the user")
        assert await claim(store) == []
        assert await store.next_delivery_at(Platform.TELEGRAM) is None
        await store.ensure_destination(DESK)
        assert await claim_keys(store) == ["a"]

    async def test_an_expired_lease_is_taken_again_as_a_possible_duplicate(self, store: Store) -> None:
        await put(store, "a")
        await put(store, "b")
        await claim(store)
        assert await claim(store, START + LEASE - timedelta(seconds=1)) == []
        (again,) = await claim(store, START + LEASE)
        assert (keys([again]), again.possible_duplicate, again.attempts) == (["a"], True, 2)

    async def test_what_its_sender_vanished_over_five_times_is_given_up_and_the_next_goes(self, store: Store) -> None:
        await put(store, "a")
        await put(store, "b")
        for times in range(5):
            assert await claim_keys(store, START + times * LEASE) == ["a"]
        assert await claim_keys(store, START + 5 * LEASE) == ["b"]
        assert (await store.count_totals()).deliveries_failed == 1

    async def test_a_repeat_whose_sender_vanished_is_doubtful_and_not_sent_a_third_time(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        await store.record_polls([build_ringing_poll("item-1", DESK)], START)
        await claim(store)
        (again,) = await claim(store, START + LEASE)
        await store.record_repeat(again.id)
        assert await claim(store, START + 2 * LEASE) == []
        (doubtful,) = await store.list_doubtful(Platform.TELEGRAM)
        assert (doubtful.id, doubtful.destination) == (again.id, DESK)
        await store.cover_cards(
            [doubtful.id], build_outgoing("named", destination=DESK, message=plain_message("named")), START + 2 * LEASE
        )
        assert await store.list_doubtful(Platform.TELEGRAM) == []
        assert await claim_keys(store, START + 2 * LEASE) == ["named"]
        assert (await store.list_missed(DESK.key, 5, 0)).total == 1

    async def test_cards_whose_senders_vanished_five_times_are_doubtful(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        await store.record_polls([build_ringing_poll("item-1", DESK), build_ringing_poll("item-2", OTHER)], START)
        (card, covered) = sorted(await claim(store), key=lambda one: one.destination.key)
        await store.record_failure(covered.id, retry(START), START)
        await store.cover_cards([covered.id], build_outgoing("digest", destination=OTHER), START)
        for times in range(1, 6):
            await claim(store, START + times * LEASE)
        assert {one.id for one in await store.list_doubtful(Platform.TELEGRAM)} == {card.id}
        await claim(store, START + 6 * LEASE)
        doubtful = await store.list_doubtful(Platform.TELEGRAM)
        assert {one.id for one in doubtful} == {card.id, covered.id}
        for one in doubtful:
            notice = build_outgoing(f"doubtful:{one.id}", destination=one.destination)
            await store.cover_cards([one.id], notice, START + 6 * LEASE)
        assert await store.list_doubtful(Platform.TELEGRAM) == []
        assert len(await claim(store, START + 6 * LEASE)) == 2

    async def test_a_repeat_that_certainly_was_not_sent_is_repeated(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        await store.record_polls([build_ringing_poll("item-1", DESK)], START)
        await claim(store)
        (again,) = await claim(store, START + LEASE)
        await store.record_repeat(again.id)
        await store.record_failure(again.id, retry(START, possible_duplicate=True), START)
        await claim(store, START + LEASE)
        (third,) = await claim(store, START + 2 * LEASE)
        assert (third.id, third.possible_duplicate) == (again.id, True)

    async def test_a_lease_does_not_expire_under_a_busy_destination(self, store: Store) -> None:
        await put(store, "a")
        await put(store, "b")
        (slow,) = await claim(store)
        assert await claim(store, at(10), busy=[DESK.key]) == []
        await store.record_sent(slow.id, Receipt("1"), at(10))
        assert await claim_keys(store, at(10)) == ["b"]

    async def test_leases_outlive_a_restart(self, store: Store, reopen: Reopen) -> None:
        await put(store, "a")
        await claim(store)
        store = await reopen()
        assert await claim(store, START + timedelta(seconds=1)) == []
        (again,) = await claim(store, START + LEASE)
        assert again.possible_duplicate

    async def test_claims_at_the_same_time_never_share_a_delivery(self, store: Store) -> None:
        for number in range(12):
            await put(store, f"m{number}", destination=build_destination(str(number % 6)))
        claims = await asyncio.gather(*(claim(store, limit=2) for _ in range(8)))
        taken = [delivery.destination.key for one in claims for delivery in one]
        assert len(taken) == len(set(taken)) == 6

    async def test_a_cancelled_claim_leases_nothing(self, store: Store) -> None:
        await put(store, "a")
        task = asyncio.create_task(claim(store))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (delivery,) = await claim(store)
        assert (delivery.attempts, delivery.possible_duplicate) == (1, False)

    async def test_the_next_delivery_is_the_earliest_that_could_be_claimed(self, store: Store) -> None:
        telegram = Platform.TELEGRAM
        assert await store.next_delivery_at(telegram) is None
        await put(store, "a")
        await put(store, "b", now=at(1))
        assert await store.next_delivery_at(telegram) == START
        assert await store.next_delivery_at(Platform.SLACK) is None
        (first,) = await claim(store)
        assert await store.next_delivery_at(telegram) == START + LEASE
        assert await store.next_delivery_at(telegram, frozenset({DESK.key})) is None
        await store.record_failure(first.id, retry(at(7)), START)
        assert await store.next_delivery_at(telegram) == at(7)
        await put(store, "c", destination=OTHER, now=at(2))
        assert await store.next_delivery_at(telegram) == at(2)
        assert await store.next_delivery_at(telegram, frozenset({OTHER.key})) == at(7)
