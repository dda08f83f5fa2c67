"""/ack, /note, /rate, /save and /saved."""

import pytest

from bot.domain.chats import ChatKind, Destination
from bot.domain.deliveries import LEASE, Delivery, Receipt
from bot.domain.messages import Button
from tests import factories
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, button_of, buttons_of, text_of

DANA = factories.build_person("7", name="Dana")
OMAR = factories.build_person("8", name="Omar")
GROUP = factories.build_destination("-1001", kind=ChatKind.GROUP)


async def ring(desk: Desk, key: str = "item-1", *destinations: Destination) -> tuple[str, str]:
    """An alert in the group, or in these chats."""
    shown = destinations or (GROUP,)
    for one in shown:
        await desk.watch("csto", destination=one)
    return await desk.ring(factories.build_ringing_poll(key, *shown), shown[0])


async def claim_edits(desk: Desk) -> list[Delivery]:
    """The edits of cards that are due now, one of each chat."""
    claimed = await desk.store.claim_deliveries(desk.app.platform, desk.clock.now(), 10, LEASE, frozenset())
    for delivery in claimed:
        await desk.store.record_sent(delivery.id, Receipt(delivery.edits or ""), desk.clock.now())
    return [delivery for delivery in claimed if delivery.edits]


async def test_whoever_takes_a_story_first_has_it(desk: Desk) -> None:
    alert, _ = await ring(desk)
    await desk.press(Button("✅ I have this", "ack", alert), GROUP, DANA)
    await desk.clock.advance(3600)
    await desk.press(Button("✅ I have this", "ack", alert), GROUP, OMAR)
    await desk.press(Button("✅ I have this", "ack", alert), GROUP, DANA)
    assert desk.app.notices == ["✅ Dana, 07:00", "Dana has it since 07:00.", "You have it since 07:00."]
    held = (await desk.store.get_alert(alert)).triage.acknowledged
    assert held is not None
    assert held.person == DANA.key


async def test_the_cards_of_every_chat_are_renewed(desk: Desk) -> None:
    elsewhere = factories.build_destination("-1002", kind=ChatKind.GROUP)
    alert, card = await ring(desk, "item-1", GROUP, elsewhere)
    await desk.inbox.store_update(desk.app.press("ack", alert, "", GROUP, DANA, on=card))
    await handle_pending(desk.inbox, desk.app)
    assert {edit.destination.key for edit in await claim_edits(desk)} == {GROUP.key, elsewhere.key}


@pytest.mark.parametrize("word", ["ack", "ok", "OK!", "принял"])
async def test_a_word_in_answer_to_the_card_takes_the_story(desk: Desk, word: str) -> None:
    _, card = await ring(desk)
    assert text_of(await desk.answer(word, card, GROUP, DANA)) == "✅ Dana, 07:00"


async def test_only_who_has_a_story_and_admins_give_it_back(desk: Desk) -> None:
    alert, card = await ring(desk)
    await desk.write(f"/ack {alert}", GROUP, DANA)
    assert text_of(await desk.answer("unack", card, GROUP, OMAR)) == (
        "Dana has it since 07:00. Only they and admins can give it back."
    )
    desk.app.admins.add(OMAR.key)
    assert text_of(await desk.answer("unack", card, GROUP, OMAR)) == f"{alert} is open again."
    assert text_of(await desk.write(f"/unack {alert}", GROUP, DANA)) == f"Nobody has {alert}."
    assert text_of(await desk.write(f"/ack {alert}", GROUP, OMAR)) == "✅ Omar, 07:00"


async def test_the_time_it_took_is_kept(desk: Desk) -> None:
    alert, _ = await ring(desk)
    began = desk.clock.now()
    await desk.clock.advance(14 * 60)
    await desk.write(f"/ack {alert}", GROUP, DANA)
    (response,) = await desk.store.list_responses(began)
    assert (response.alert_id, response.took.total_seconds()) == (alert, 14 * 60)


async def test_notes_stand_in_the_story_of_every_chat(desk: Desk) -> None:
    elsewhere = factories.build_destination("-1002", kind=ChatKind.GROUP)
    alert, card = await ring(desk, "item-1", elsewhere, GROUP)
    assert text_of(await desk.answer("Note: Drivers called back", card, GROUP, DANA)) == (
        f"Noted with {alert}. /story {alert} shows it."
    )
    await desk.write(f"/note {alert} road is open\nagain", GROUP, OMAR)
    told = text_of(await desk.write(f"/story {alert}", elsewhere))
    assert told.splitlines()[-5:] == [
        "📝 Dana · 24 Nov 07:00",
        "> Drivers called back",
        "📝 Omar · 24 Nov 07:00",
        "> road is open",
        "again",
    ]


async def test_an_empty_note_is_asked_for_and_a_long_one_refused(desk: Desk) -> None:
    alert, card = await ring(desk)
    assert text_of(await desk.write(f"/note {alert}", GROUP)).startswith("What should the note say?")
    assert text_of(await desk.answer(f"note: {'x' * 1001}", card, GROUP)).startswith("That note has 1,001 characters")
    assert (await desk.store.get_alert(alert)).triage.notes == ()


async def test_a_story_is_rated_by_the_digits_of_the_admiralty_code(desk: Desk) -> None:
    alert, _ = await ring(desk)
    assert text_of(await desk.write(f"/rate {alert} 2", GROUP, DANA)) == f"{alert}: credibility 2 (probably true)."
    assert text_of(await desk.write(f"/rate {alert} 7", GROUP, DANA)).startswith("How likely is it? 1 confirmed by")
    credibility = (await desk.store.get_alert(alert)).triage.credibility
    assert credibility is not None
    assert credibility.digit == 2


async def test_what_is_saved_in_a_group_is_shown_to_that_person_alone(desk: Desk) -> None:
    alert, card = await ring(desk)
    await desk.press(Button("🔖 Save", "save", alert), GROUP, NILUFAR)
    assert desk.app.notices == ["Saved. /saved"]
    assert text_of(await desk.answer("save", card, GROUP, NILUFAR)) == "You saved it before. /saved"
    assert "yours alone" in text_of(await desk.write("/saved", GROUP, NILUFAR))
    mine = await desk.write("/saved", PRIVATE, NILUFAR)
    assert text_of(mine).splitlines()[0] == "🔖 1 saved alert"
    assert factories.HEADLINE in text_of(mine)
    assert text_of(await desk.write("/saved", PRIVATE, DANA)) == "Nothing saved. Use 🔖 on an alert."


async def test_saved_alerts_come_in_pages_and_are_removed(desk: Desk) -> None:
    for number in range(7):
        alert, _ = await ring(desk, f"item-{number}", PRIVATE)
        await desk.write(f"/save {alert}")
        await desk.clock.advance(60)
    first = await desk.write("/saved")
    assert len([text for text in buttons_of(first) if text.startswith("Remove")]) == 5
    assert buttons_of(first)[-2:] == ["1/2", "›"]
    second = await desk.press(button_of(first, "›"))
    assert "🔖 7 saved alerts" in text_of(second)
    await desk.press(Button("", "saved", "p.2", buttons_of(second)[0].replace("Remove", "remove")))
    assert desk.app.notices[-1] == "Removed."
    assert len(await desk.store.list_saved(NILUFAR.key)) == 6
    assert text_of(await desk.write("/saved p.1 remove 0000")) == "0000 is not saved."


async def test_a_name_on_a_card_brings_nothing_to_life(desk: Desk) -> None:
    alert, _ = await ring(desk)
    trap = factories.build_person("9", name="@everyone <b> https://evil.example/x /start #tag")
    assert text_of(await desk.write(f"/ack {alert}", GROUP, trap)) == "✅ everyone b https evil example x start…, 07:00"
