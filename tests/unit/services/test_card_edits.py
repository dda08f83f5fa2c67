"""Cards that were sent are brought up to date by the lanes."""

from bot.domain.corrections import Correction
from bot.domain.messages import plain_text
from bot.errors import SendError, SendOutcome
from bot.ports.store import Store
from tests.fakes.clock import START
from tests.unit.services.test_delivering import DESK, OTHER, Post


async def sent_card(store: Store) -> tuple[Post, str]:
    """Lanes that sent the card of a story to two chats, and its id."""
    post = Post(store)
    await post.ring("item-1", DESK, OTHER)
    await post.deliver_until(3)
    (view,) = await store.list_alerts(DESK.key, post.clock.now().replace(year=2000), 2)
    return post, view.alert.id


async def test_what_a_person_did_is_on_every_card_at_once(store: Store) -> None:
    post, alert_id = await sent_card(store)
    await store.request_edits(alert_id, post.clock.now())
    await post.deliver_until(3)
    assert sorted(edit.destination for edit in post.messenger.edits) == [DESK.key, OTHER.key]
    assert len(post.messenger.sent) == 2
    assert alert_id in plain_text(post.messenger.edits[0].message)


async def test_an_edit_is_tried_again_however_its_first_try_ended(store: Store) -> None:
    post, alert_id = await sent_card(store)
    outcomes = (SendOutcome.UNKNOWN, SendOutcome.NOT_SENT, SendOutcome.RATE_LIMITED, SendOutcome.UNKNOWN)
    post.messenger.refuse(DESK, *[SendError(outcome, "no") for outcome in outcomes])
    await store.request_edits(alert_id, post.clock.now())
    await post.deliver_until(60)
    assert [edit.destination for edit in post.messenger.edits].count(DESK.key) == 1


async def test_an_edit_of_a_deleted_message_is_given_up_and_holds_up_nothing(store: Store) -> None:
    post, alert_id = await sent_card(store)
    post.messenger.deleted |= {"message-1", "message-2"}
    await store.request_edits(alert_id, post.clock.now())
    await post.ring("item-2", DESK)
    await post.deliver_until(10)
    assert post.messenger.edits == []
    assert len(post.messenger.attempts) == 2 + 2 + 1
    assert (await store.count_totals()).deliveries_failed == 0


async def test_a_chat_is_not_given_up_over_an_edit(store: Store) -> None:
    post, alert_id = await sent_card(store)
    post.messenger.refuse(DESK, SendError(SendOutcome.DESTINATION_GONE, "chat not found"))
    await store.request_edits(alert_id, post.clock.now())
    await post.deliver_until(3)
    await post.ring("item-2", DESK)
    await post.deliver_until(3)
    assert post.arrived.count(DESK.key) == 2


async def test_a_card_of_lists_that_are_no_longer_watched_stays_as_it_is(store: Store) -> None:
    post, alert_id = await sent_card(store)
    await store.unsubscribe(DESK, "csto", "telegram:42", post.clock.now())
    await store.request_edits(alert_id, post.clock.now())
    await post.deliver_until(3)
    assert [edit.destination for edit in post.messenger.edits] == [OTHER.key]


async def test_of_two_cards_of_a_merged_story_the_second_points_to_the_first(store: Store) -> None:
    post, kept = await sent_card(store)
    await post.ring("item-2", DESK)
    await post.deliver_until(6)
    (other,) = {view.alert.id for view in await store.list_alerts(DESK.key, START, 3)} - {kept}
    await store.record_merge(kept, other, Correction("telegram:42", DESK.key, post.clock.now()))
    await post.deliver_until(12)
    pointing = f"↪ Merged into S1: updates come under the card {kept}."
    edits = [plain_text(edit.message) for edit in post.messenger.edits]
    assert [pointing in edit for edit in edits] == [other in edit.partition("\n")[0] for edit in edits]
    assert any(pointing in edit for edit in edits)
