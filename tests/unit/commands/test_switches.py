"""/settings shows what holds, and its switches change it."""

from datetime import timedelta

import pytest

from bot.domain.chats import ChatKind
from bot.domain.deliveries import LEASE, Delivery, Receipt
from bot.domain.lateness import Sending
from bot.domain.messages import Message, plain_text
from bot.services.composing import Composed, compose
from tests import factories
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of, text_of

GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP)
MEMBER = factories.build_person("666")
DISCREET = "Discreet: off · cards show a number only, until Show is pressed"


async def test_settings_tell_what_holds_and_how_to_change_it(desk: Desk) -> None:
    await desk.write("/quiet 22:00-06:30")
    answer = await desk.write("/settings")
    rows = text_of(answer).splitlines()
    assert rows[1:] == [
        "Language: English · /language",
        "Time zone: UTC · /timezone",
        "Quiet hours: 22:00-06:30 daily, override critical · /quiet",
        "Daily digest: 07:00 daily · /digest",
        DISCREET,
    ]


async def test_a_switch_is_turned_by_its_button_in_place(desk: Desk) -> None:
    desk.app.edits_in_place = True
    answer = await desk.write("/settings")
    assert await desk.press(button_of(answer, "Discreet: turn on")) is None
    turned = desk.app.in_place[-1]
    assert DISCREET.replace("off", "on") in text_of(turned)
    await desk.press(button_of(turned, "Discreet: turn off"))
    assert DISCREET in text_of(desk.app.in_place[-1])
    assert [one.subject_id for one in await desk.store.list_audit(2)] == ["discreet", "discreet"]


async def test_a_group_has_more_switches_and_only_admins_turn_them(desk: Desk) -> None:
    assert buttons_of(await desk.write("/settings", GROUP, MEMBER)) == []
    desk.app.admins.add(MEMBER.key)
    labels = buttons_of(await desk.write("/settings", GROUP, MEMBER))
    assert labels == ["Discreet: turn on", "Reminders: turn on", "Members may mute: turn on"]
    answer = await desk.write("/settings reminders on", GROUP, MEMBER)
    assert "Reminders: on" in text_of(answer)
    desk.app.admins.clear()
    await desk.write("/settings reminders off", GROUP, MEMBER)
    assert "Reminders: on" in text_of(await desk.write("/settings", GROUP, MEMBER))


@pytest.mark.parametrize("words", ["loud on", "discreet", "discreet maybe", "discreet on now"])
async def test_what_is_no_switch_is_told_with_an_example(desk: Desk, words: str) -> None:
    answer = text_of(await desk.write(f"/settings {words}"))
    assert "discreet, reminders, members_can_mute" in answer
    assert "Example: /settings discreet on" in answer


async def claim_card(desk: Desk) -> Delivery:
    await desk.watch("csto")
    await desk.store.record_polls([factories.build_ringing_poll("story-1", PRIVATE)], desk.clock.now())
    (card,) = await desk.store.claim_deliveries(desk.app.platform, desk.clock.now(), 1, LEASE, frozenset())
    await desk.store.record_sent(card.id, Receipt("m1"), desk.clock.now())
    return card


async def compose_card(desk: Desk, card: Delivery) -> Message:
    sending = Sending(desk.app.platform, desk.clock.now() - timedelta(days=1))
    composed = await compose(desk.store, desk.services.catalog, card, sending, desk.clock.now())
    assert isinstance(composed, Composed)
    return composed.message


async def test_a_discreet_card_is_a_number_until_show_is_pressed(desk: Desk) -> None:
    desk.app.edits_in_place = True
    card = await claim_card(desk)
    full = await compose_card(desk, card)
    await desk.write("/settings discreet on")
    hidden = await compose_card(desk, card)
    assert plain_text(hidden) == f"🟠 Update {card.alert_id}"
    assert hidden.summary == f"Update {card.alert_id}"
    assert await desk.press(button_of(hidden, "Show")) is None
    assert plain_text(desk.app.in_place[-1]) == plain_text(full)


async def test_a_card_that_was_opened_is_not_hidden_again_by_a_later_edit(desk: Desk) -> None:
    card = await claim_card(desk)
    await desk.write("/settings discreet on")
    hidden = await compose_card(desk, card)
    for opened, on in (("🟠 Update", "m9"), ("🟠 HIGH · CSTO", "m1")):
        await desk.press(button_of(hidden, "Show"), on=on)
        await desk.store.request_edits(card.alert_id, desk.clock.now())
        (edit,) = await desk.store.claim_deliveries(desk.app.platform, desk.clock.now(), 1, LEASE, frozenset())
        assert plain_text(await compose_card(desk, edit)).startswith(opened)
        await desk.store.record_sent(edit.id, Receipt("m1"), desk.clock.now())


async def test_where_nothing_can_be_changed_the_card_comes_below(desk: Desk) -> None:
    card = await claim_card(desk)
    await desk.write("/settings discreet on")
    shown = await desk.press(button_of(await compose_card(desk, card), "Show"))
    assert "CSTO troops deploy" in text_of(shown)
