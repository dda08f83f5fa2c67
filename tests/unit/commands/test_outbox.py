"""/missed and /retry: nothing that went another way than as a card is out of reach."""

from bot.domain.backlog import LINES
from bot.domain.deliveries import AfterFailure, DeliveryState, Form, OutgoingMessage, Receipt, Urgency
from bot.domain.messages import Message, plain_message, plain_text
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.factories import at, build_destination, build_feed, build_ringing_poll, build_watchlist
from tests.fakes.clock import START
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk

OTHER = build_destination("1002")


async def fold(store: Store, count: int) -> None:
    """So many alerts went into a digest."""
    await store.sync_feeds([build_feed()], START)
    await store.ensure_destination(PRIVATE)
    await store.subscribe(PRIVATE, "csto", "telegram:42", START)
    for number in range(count):
        await store.record_polls([build_ringing_poll(f"item-{number}", PRIVATE)], START)
    cards = await store.list_backlogs(PRIVATE.platform, at(9))
    digest = OutgoingMessage("digest", PRIVATE, plain_message("digest"), urgency=Urgency.NOTICE)
    await store.cover_cards([card.id for card in cards], digest, START)
    for sent in await claim(store):
        await store.record_sent(sent.id, Receipt("1"), START)


async def give_up(store: Store, text: str, destination: object = PRIVATE) -> None:
    """A message to a chat was given up."""
    assert isinstance(destination, type(PRIVATE))
    await store.enqueue([OutgoingMessage(text, destination, plain_message(text))], START)
    (delivery,) = [one for one in await claim(store) if one.message and plain_text(one.message) == text]
    failed = AfterFailure(DeliveryState.FAILED, START, Form.MINIMAL, possible_duplicate=False, reason="can't parse")
    await store.record_failure(delivery.id, failed, START)


def words(message: Message | None) -> str:
    assert message
    return plain_text(message)


async def test_missed_pages_through_everything_that_digests_stand_for(store: Store) -> None:
    desk = Desk(store, build_watchlist())
    assert "Nothing was sent here as a digest" in words(await desk.write("/missed"))
    await fold(store, LINES + 3)
    first = await desk.write("/missed")
    assert first
    assert f"Sent as a digest: {LINES + 3} alerts" in words(first)
    assert words(first).count("https://") == LINES
    assert [button.text for button in first.buttons[0]] == ["1/2", "›"]
    assert words(await desk.write("/missed 2")).count("https://") == 3
    assert words(await desk.write("/missed 9")).startswith("There is no page 9. Showing the newest.")


async def test_retry_lists_and_sends_again_what_was_given_up_in_this_chat_only(store: Store) -> None:
    desk = Desk(store, build_watchlist())
    assert "Nothing was given up" in words(await desk.write("/retry"))
    await give_up(store, "first")
    await give_up(store, "second")
    await give_up(store, "elsewhere", OTHER)
    listed = words(await desk.write("/retry"))
    assert "Given up here: 2 messages" in listed
    assert "can't parse" in listed
    assert "elsewhere" not in listed
    (there,) = await store.list_dead_letters(OTHER.key, 5)
    assert f"No message {there.id} was given up here" in words(await desk.write(f"/retry {there.id}"))
    await desk.inbox.store_update(desk.app.write("/retry all", PRIVATE, NILUFAR))
    await handle_pending(desk.inbox, desk.app)
    said = [words(outgoing.message) for outgoing in await desk.take_messages()]
    assert sorted(said) == ["2 messages on the way again.", "first", "second"]
    assert await store.list_dead_letters(PRIVATE.key, 5) == []
    assert len(await store.list_dead_letters(None, 5)) == 1


async def test_status_tells_what_was_given_up_here(store: Store) -> None:
    desk = Desk(store, build_watchlist())
    await give_up(store, "first")
    assert "Given up here: 1 message (/retry)" in words(await desk.write("/status"))
