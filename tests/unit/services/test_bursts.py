"""A busy chat gets one rolling message in the place of cards."""

from dataclasses import replace

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_settings import ChatSettings
from bot.domain.deliveries import Urgency
from bot.domain.messages import plain_text
from bot.domain.polls import PlannedAlert
from bot.errors import SendError, SendOutcome
from bot.matching.records import Priority
from bot.ports.store import Store
from bot.services.digesting import find_digest_card
from tests.factories import build_item_match, build_match, build_planned_card, build_ringing_poll
from tests.fakes.clock import START
from tests.unit.services.test_delivering import DESK, OTHER, Post


async def busy(store: Store, count: int = 8) -> Post:
    """So many stories ring at once, and their chat was sent what it bears."""
    post = Post(store)
    for number in range(count):
        await post.ring(f"item-{number}", DESK)
    await post.deliver_until(12)
    return post


def texts(post: Post) -> list[str]:
    return [plain_text(sent.message) for sent in post.messenger.sent]


async def test_more_than_five_alerts_become_five_cards_and_one_message(store: Store) -> None:
    post = await busy(store)
    assert len(texts(post)) == 6
    assert texts(post)[-1].startswith("🟠 Busy: 3 alerts in 1 min · grouped until 07:")
    assert post.messenger.sent[-1].silent


async def test_what_comes_next_edits_it_at_most_every_half_minute(store: Store) -> None:
    post = await busy(store)
    for number in range(10, 14):
        await post.ring(f"item-{number}", DESK)
        await post.deliver_until(5)
    await post.deliver_until(60)
    assert len(post.messenger.sent) == 6
    times = [edit.at for edit in post.messenger.edits]
    assert 1 <= len(times) <= 2
    assert times[0] - post.messenger.sent[-1].at >= 30
    assert "Busy: 7 alerts" in plain_text(post.messenger.edits[-1].message)
    assert {edit.message_id for edit in post.messenger.edits} == {"message-6"}


async def test_after_ten_calm_minutes_it_is_closed_and_cards_come_again(store: Store) -> None:
    post = await busy(store)
    await post.clock.advance(600)
    await post.deliver_until(3)
    assert "Was busy: 3 alerts" in plain_text(post.messenger.edits[-1].message)
    await post.ring("item-20", DESK)
    await post.deliver_until(3)
    assert "Why:" in texts(post)[-1]
    await post.clock.advance(3600)
    await post.deliver_until(3)
    assert len(post.messenger.edits) == 1


async def test_critical_alerts_have_their_own_card_even_then(store: Store) -> None:
    post = await busy(store)
    poll = build_ringing_poll("item-90")
    loud = replace(
        poll,
        matches=(build_item_match("item-90", match=build_match(priority=Priority.CRITICAL)),),
        alerts=(PlannedAlert("item-90", Priority.CRITICAL),),
        cards=(build_planned_card(story_key="item-90", destination=DESK, urgency=Urgency.CRITICAL),),
    )
    await store.record_polls([loud], post.clock.now())
    await post.deliver_until(3)
    assert texts(post)[-1].startswith("🔴")
    assert not post.messenger.sent[-1].silent


async def test_a_discreet_chat_is_only_told_how_many(store: Store) -> None:
    entry = AuditEntry(START, "telegram:42", Action.CHANGED, Subject.SETTING, DESK.key)
    await store.record_settings(DESK, ChatSettings(discreet=True), entry)
    post = await busy(store)
    (line,) = texts(post)[-1].splitlines()
    assert line.startswith("🟠 Busy: 3 alerts in 1 min")


async def test_other_chats_are_not_concerned(store: Store) -> None:
    post = await busy(store)
    await post.ring("item-30", DESK, OTHER)
    await post.deliver_until(3)
    assert post.arrived[-1] == OTHER.key
    assert "Why:" in texts(post)[-1]


async def test_a_number_opens_a_story_of_the_message(store: Store) -> None:
    post = await busy(store)
    card = await find_digest_card(store, post.catalog, DESK, 2, "message-6")
    opened = plain_text(card).splitlines()[0].rsplit(" ", 1)[1]
    missed = await store.list_missed(DESK.key, 10, 0)
    assert opened in {view.alert.id for view in missed.alerts}


async def test_what_stood_in_a_message_that_was_deleted_is_sent_again(store: Store) -> None:
    post = await busy(store)
    post.messenger.deleted.add("message-6")
    await post.ring("item-40", DESK)
    await post.deliver_until(60)
    assert "Busy: 4 alerts" in texts(post)[-1]
    assert (await store.list_missed(DESK.key, 10, 0)).total == 4


async def test_what_stood_in_a_message_that_could_not_be_sent_is_sent_again(store: Store) -> None:
    post = Post(store)
    for number in range(8):
        await post.ring(f"item-{number}", DESK)
    while len(texts(post)) < 5:
        await post.deliver_until(0.5)
    post.messenger.refuse(DESK, *[SendError(SendOutcome.BAD_MESSAGE, "no")] * 3)
    await post.deliver_until(30)
    assert "Busy: 3 alerts" in texts(post)[-1]


async def test_a_card_that_comes_late_says_so_and_why(store: Store) -> None:
    post = Post(store)
    await post.ring("item-1", DESK)
    post.messenger.outage = SendError(SendOutcome.NOT_SENT, "down")
    await post.deliver_until(540)
    post.messenger.outage = None
    await post.deliver_until(60)
    assert "\nSent 9 min late (Telegram did not answer).\n" in texts(post)[0]


async def test_a_card_that_waited_for_its_turn_blames_the_limit_of_the_platform(store: Store) -> None:
    post = Post(store)
    await post.ring("item-1", DESK)
    await post.clock.advance(300)
    await post.deliver_until(3)
    assert "Sent 5 min late (Telegram limit)." in texts(post)[0]
