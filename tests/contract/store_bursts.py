"""What every store promises about the rolling messages of busy chats."""

from bot.domain.bursts import CALM, EDITS_APART
from bot.domain.deliveries import Delivery, DeliveryState, OutgoingMessage, Receipt, Urgency
from bot.domain.messages import Message
from bot.ports.store import Store
from tests.contract.outbox import DESK, claim, retry
from tests.factories import at, build_feed, build_outgoing, build_ringing_poll
from tests.fakes.clock import START


async def ring(store: Store, *numbers: int, minutes: float = 0) -> None:
    await store.sync_feeds([build_feed()], START)
    for number in numbers:
        await store.record_polls([build_ringing_poll(f"item-{number}", DESK)], at(minutes))


async def open_burst(store: Store) -> Delivery:
    """Three stories stand in a rolling message, which is claimed."""
    await ring(store, 1, 2, 3)
    (claimed,) = await claim(store)
    waiting = (await store.read_load(DESK.key, at(-60))).waiting
    message = OutgoingMessage("burst:1", DESK, Message((), ""), urgency=Urgency.NOTICE)
    await store.open_burst(waiting, message, claimed.id, START)
    (rolling,) = await claim(store)
    return rolling


class BurstContract:
    """Bursts."""

    async def test_the_load_of_a_chat_is_what_it_was_sent_and_what_waits(self, store: Store) -> None:
        await ring(store, 1, 2)
        (card,) = await claim(store)
        await store.enqueue([build_outgoing("reply")], START)
        load = await store.read_load(DESK.key, at(-60))
        assert (load.sent, load.waiting[0].alert_id, len(load.waiting)) == ((), card.alert_id, 2)
        await store.record_sent(card.id, Receipt("1"), at(1))
        load = await store.read_load(DESK.key, at(-60))
        assert (load.sent, len(load.waiting), load.burst) == ((at(1),), 1, None)
        assert (await store.read_load(DESK.key, at(2))).sent == ()
        assert (await store.read_load("telegram:404", at(-60))).waiting == ()

    async def test_a_rolling_message_stands_for_its_cards(self, store: Store) -> None:
        rolling = await open_burst(store)
        assert (rolling.burst, rolling.edits, rolling.urgency) == (rolling.id, None, Urgency.NOTICE)
        contents = await store.read_burst(rolling.burst)
        assert (contents.total, [story.number for story in contents.newest]) == (3, [1, 2, 3])
        assert (contents.burst.began_at, contents.burst.last_at) == (START, START)
        assert (await store.list_missed(DESK.key, 10, 0)).total == 3
        await store.record_sent(rolling.id, Receipt("50"), START)
        ids = [story.view.alert.id for story in contents.newest]
        assert await store.list_digest_alerts(DESK.key, "50") == ids
        assert await store.list_digest_alerts(DESK.key, "51") == []

    async def test_it_is_edited_half_a_minute_apart_as_it_grows(self, store: Store) -> None:
        rolling = await open_burst(store)
        await store.record_sent(rolling.id, Receipt("50"), START)
        await ring(store, 4, minutes=0.1)
        load = await store.read_load(DESK.key, at(-60))
        assert load.burst
        await store.grow_burst(load.burst.id, load.waiting, 0, at(0.1))
        assert await store.next_delivery_at(DESK.platform) == START + EDITS_APART
        (edit,) = await claim(store, START + EDITS_APART)
        assert (edit.edits, edit.burst) == ("50", rolling.id)
        contents = await store.read_burst(rolling.id)
        assert (contents.total, contents.burst.last_at) == (4, at(0.1))

    async def test_it_is_closed_once_it_is_calm_and_looked_at_again_until_then(self, store: Store) -> None:
        rolling = await open_burst(store)
        await store.record_sent(rolling.id, Receipt("50"), START)
        assert await store.next_delivery_at(DESK.platform) == START + CALM
        (edit,) = await claim(store, START + CALM)
        await store.settle_burst(edit.burst, START + CALM)
        await store.record_sent(edit.id, Receipt("50"), START + CALM)
        assert (await store.read_load(DESK.key, at(-60))).burst is None
        assert await store.next_delivery_at(DESK.platform) is None

    async def test_cards_wait_again_when_the_message_turns_out_to_be_gone(self, store: Store) -> None:
        rolling = await open_burst(store)
        await store.record_sent(rolling.id, Receipt("50"), START)
        (edit,) = await claim(store, START + CALM)
        gone = retry(START)
        lost = gone.__class__(DeliveryState.SUPPRESSED, START, gone.form, False, "message to edit not found")
        await store.record_failure(edit.id, lost, at(10))
        load = await store.read_load(DESK.key, at(-60))
        assert (len(load.waiting), load.burst) == (3, None)
