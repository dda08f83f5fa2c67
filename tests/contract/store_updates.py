"""What every store promises about cards that later reports change, and about messages under cards."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.deliveries import REPORTS_APART, Delivery, Receipt, Urgency
from bot.domain.messages import plain_message
from bot.domain.polls import PlannedAlert, PollRecord
from bot.domain.updates import PlannedUpdate
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.contract.outbox import DESK, claim, retry
from tests.factories import (
    at,
    build_feed,
    build_filed_report,
    build_item,
    build_item_match,
    build_outgoing,
    build_planned_card,
    build_poll,
    build_ringing_poll,
)
from tests.fakes.clock import START


async def ring(store: Store) -> Delivery:
    """A story rings at the desk, and its card arrives as message 901."""
    await store.sync_feeds([build_feed(), build_feed("vakhsh")], START)
    await store.record_polls([build_ringing_poll("item-1", DESK)], START)
    (card,) = await claim(store)
    await store.record_sent(card.id, Receipt("901"), START)
    return card


async def report(store: Store, card: Delivery, minutes: float, *updates: PlannedUpdate) -> PollRecord:
    """A poll in which another outlet reports the story of the card."""
    story = (await store.get_alert(card.alert_id)).story
    key = f"item-{minutes}"
    return build_poll(
        "vakhsh",
        items=(build_item(key, feed_id="vakhsh", first_seen=at(minutes)),),
        matches=(build_item_match(key, story_key=story.key),),
        stories=(replace(story, last_seen=at(minutes)),),
        filed=(build_filed_report(key),),
        alerts=(PlannedAlert(story.key, Priority.HIGH),),
        cards=(build_planned_card(story_key=story.key),),
        updates=updates,
    )


def update(card: Delivery, minutes: float, *, suppressed: str = "", urgency: Urgency = Urgency.ALERT) -> PlannedUpdate:
    message = replace(plain_message("🔺 Update"), silent=urgency is Urgency.ALERT)
    return PlannedUpdate(f"item-{minutes}", card.alert_id, DESK, message, urgency, suppressed)


async def record(store: Store, poll: PollRecord, now: datetime) -> int:
    return (await store.record_polls([poll], now)).deliveries


class UpdateContract:
    """Cards that live."""

    async def test_a_later_report_edits_the_card_ten_minutes_after_it_was_sent(self, store: Store) -> None:
        card = await ring(store)
        await record(store, await report(store, card, 2), at(2))
        await record(store, await report(store, card, 3), at(3))
        assert await store.next_delivery_at(DESK.platform) == START + REPORTS_APART
        (edit,) = await claim(store, START + REPORTS_APART)
        assert (edit.edits, edit.urgency) == ("901", Urgency.EDIT)
        await store.record_sent(edit.id, Receipt("901"), at(10))
        assert await claim(store, at(60)) == []

    async def test_the_next_edit_keeps_its_distance_from_the_last(self, store: Store) -> None:
        card = await ring(store)
        await record(store, await report(store, card, 30), at(30))
        (edit,) = await claim(store, at(30))
        await store.record_sent(edit.id, Receipt("901"), at(30))
        await record(store, await report(store, card, 31), at(31))
        assert await store.next_delivery_at(DESK.platform) == at(30) + REPORTS_APART

    async def test_what_a_person_did_does_not_wait_for_a_later_report(self, store: Store) -> None:
        card = await ring(store)
        await record(store, await report(store, card, 2), at(2))
        await store.request_edits(card.alert_id, at(3))
        (edit,) = await claim(store, at(3))
        assert edit.urgency is Urgency.REPLY
        await store.record_sent(edit.id, Receipt("901"), at(3))
        assert await claim(store, at(60)) == []

    async def test_an_update_answers_the_message_that_the_card_became(self, store: Store) -> None:
        card = await ring(store)
        assert await record(store, await report(store, card, 2, update(card, 2)), at(2)) == 1
        (sent,) = await claim(store, at(2))
        assert (sent.reply_to.message, sent.reply_to.broadcast, sent.edits) == ("901", False, None)
        assert (sent.message, sent.silent, sent.alert_id) == (update(card, 2).message, True, card.alert_id)
        assert await store.find_alert_by_message(DESK.key, "901") == card.alert_id

    async def test_what_made_a_story_critical_is_broadcast_and_comes_first(self, store: Store) -> None:
        card = await ring(store)
        await store.enqueue([build_outgoing("notice", urgency=Urgency.ALERT)], at(1))
        alarm = update(card, 2, urgency=Urgency.CRITICAL)
        await record(store, await report(store, card, 2, alarm), at(2))
        (sent,) = await claim(store, at(2))
        assert (sent.urgency, sent.reply_to.broadcast, sent.silent) == (Urgency.CRITICAL, True, False)

    async def test_updates_are_told_with_the_card_and_suppressed_ones_are_not(self, store: Store) -> None:
        card = await ring(store)
        story = (await store.get_alert(card.alert_id)).story
        assert story.id is not None
        assert await record(store, await report(store, card, 2, update(card, 2)), at(2)) == 1
        assert await record(store, await report(store, card, 3, update(card, 3, suppressed="muted: all")), at(3)) == 0
        shown = (await store.list_shown([story.id], at(0)))[story.id]
        assert [(one.destination, one.alert_id, one.updates) for one in shown.cards] == [
            (DESK, card.alert_id, (at(2),))
        ]
        assert len(shown.view.reports) == 3
        assert (await store.list_shown([story.id], at(2) + timedelta(seconds=1)))[story.id].cards[0].updates == ()

    async def test_a_story_whose_card_waits_is_known_but_shown_nowhere(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        await store.record_polls([build_ringing_poll("item-1", DESK), build_ringing_poll("item-2", DESK)], START)
        (one, other) = [
            (await store.get_alert(view.alert.id)).story.id for view in await store.list_alerts(DESK.key, START, 2)
        ]
        assert one is not None
        shown = await store.list_shown([one, 404], START)
        assert (list(shown), shown[one].cards, shown[one].view.story.id) == ([one], (), one)
        assert other not in shown

    async def test_an_update_is_recorded_once(self, store: Store) -> None:
        card = await ring(store)
        poll = await report(store, card, 2, update(card, 2))
        assert await record(store, poll, at(2)) == 1
        assert await record(store, poll, at(2)) == 0

    async def test_a_card_in_a_digest_goes_out_when_its_story_becomes_critical(self, store: Store) -> None:
        await store.sync_feeds([build_feed(), build_feed("vakhsh")], START)
        await store.record_polls([build_ringing_poll("item-1", DESK)], START)
        (card,) = await claim(store)
        await store.record_failure(card.id, retry(START), START)
        await store.cover_cards([card.id], build_outgoing("digest", urgency=Urgency.NOTICE), START)
        alarm = replace(await report(store, card, 2), cards=(build_planned_card(urgency=Urgency.CRITICAL),))
        assert await record(store, alarm, at(2)) == 1
        (sent, *_) = await claim(store, at(2))
        assert (sent.alert_id, sent.urgency) == (card.alert_id, Urgency.CRITICAL)
