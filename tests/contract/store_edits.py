"""What every store promises about bringing messages up to date that were sent."""

from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Delivery, DeliveryState, Receipt, Urgency
from bot.ports.store import Store
from tests.contract.outbox import DESK, claim, put, retry
from tests.contract.reopening import Reopen
from tests.factories import at, build_feed, build_ringing_poll, build_slack_destination
from tests.fakes.clock import START

CHANNEL = build_slack_destination()


async def send_card(store: Store, platform: Platform = Platform.TELEGRAM, receipt: str = "901") -> Delivery:
    """Sends the card that waits on a platform."""
    (card,) = await claim(store, platform=platform)
    await store.record_sent(card.id, Receipt(receipt), START)
    return card


async def ring(store: Store) -> None:
    """A story rings at the desk and in the channel."""
    await store.sync_feeds([build_feed()], START)
    await store.record_polls([build_ringing_poll("item-1", DESK, CHANNEL)], START)


class EditContract:
    """Edits."""

    async def test_an_edit_reaches_every_card_of_the_story_in_its_place(self, store: Store) -> None:
        await ring(store)
        card = await send_card(store)
        await send_card(store, Platform.SLACK, "17.1")
        assert await store.request_edits(card.alert_id, at(1)) == 2
        (edit,) = await claim(store, at(1))
        assert (edit.edits, edit.alert_id, edit.message, edit.destination) == ("901", card.alert_id, None, DESK)
        assert (edit.silent, edit.urgency) == (True, Urgency.REPLY)
        (other,) = await claim(store, at(1), platform=Platform.SLACK)
        assert (other.edits, other.destination.key) == ("17.1", CHANNEL.key)

    async def test_what_is_asked_for_twice_is_done_once(self, store: Store) -> None:
        await ring(store)
        card = await send_card(store)
        await store.request_edits(card.alert_id, at(1))
        await store.request_edits(card.alert_id, at(1))
        (edit,) = await claim(store, at(1))
        await store.record_sent(edit.id, Receipt("901"), at(1))
        assert await claim(store, at(60)) == []

    async def test_what_is_asked_for_while_it_is_done_is_done_again(self, store: Store) -> None:
        await ring(store)
        card = await send_card(store)
        await store.request_edits(card.alert_id, at(1))
        (edit,) = await claim(store, at(1))
        await store.request_edits(card.alert_id, at(1))
        await store.record_sent(edit.id, Receipt("901"), at(1))
        (again,) = await claim(store, at(1))
        assert again.edits == "901"

    async def test_a_card_that_was_not_sent_yet_is_not_edited(self, store: Store) -> None:
        await ring(store)
        (card,) = await claim(store)
        await store.record_failure(card.id, retry(at(2)), at(0))
        assert await store.request_edits(card.alert_id, at(1)) == 0
        assert await claim(store, at(1)) == []

    async def test_a_card_on_its_way_is_edited_once_it_arrived(self, store: Store) -> None:
        await ring(store)
        (card,) = await claim(store)
        assert await store.request_edits(card.alert_id, START) == 1
        assert await claim(store) == []
        await store.record_sent(card.id, Receipt("901"), START)
        (edit,) = await claim(store)
        assert edit.edits == "901"

    async def test_an_edit_whose_card_never_arrived_names_no_message(self, store: Store) -> None:
        await ring(store)
        (card,) = await claim(store)
        await store.request_edits(card.alert_id, START)
        await store.record_failure(card.id, retry(at(5)), START)
        (edit,) = await claim(store, at(1))
        assert edit.edits == ""

    async def test_edits_wait_for_messages_and_are_no_cards(self, store: Store) -> None:
        await ring(store)
        card = await send_card(store)
        assert await store.find_alert_by_message(DESK.key, "901") == card.alert_id
        await store.request_edits(card.alert_id, at(1))
        await put(store, "answer", now=at(1), urgency=Urgency.REPLY)
        assert len(await store.list_alerts(DESK.key, START, 10)) == 1
        assert await store.next_delivery_at(Platform.TELEGRAM) == at(1)

    async def test_an_edit_outlives_a_restart_and_is_no_repeat(self, store: Store, reopen: Reopen) -> None:
        await ring(store)
        card = await send_card(store)
        await store.request_edits(card.alert_id, at(1))
        await claim(store, at(1))
        store = await reopen()
        (edit,) = await claim(store, at(1) + LEASE)
        assert (edit.edits, edit.possible_duplicate) == ("901", False)

    async def test_an_edit_that_brings_its_sender_down_is_given_up_without_a_dead_letter(self, store: Store) -> None:
        await ring(store)
        card = await send_card(store)
        await store.request_edits(card.alert_id, at(1))
        for times in range(6):
            await claim(store, at(1) + times * LEASE)
        assert await claim(store, at(60)) == []
        assert await store.list_dead_letters(None, 10) == []

    async def test_an_edit_that_failed_is_tried_again(self, store: Store) -> None:
        await ring(store)
        card = await send_card(store)
        await store.request_edits(card.alert_id, at(1))
        (edit,) = await claim(store, at(1))
        assert retry(at(2)).state is DeliveryState.PENDING
        await store.record_failure(edit.id, retry(at(2)), at(1))
        (again,) = await claim(store, at(2))
        assert (again.id, again.edits, again.attempts) == (edit.id, "901", 2)
