"""/settings shows what holds, and its switches change it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.invocation import Reply
from bot.commands.veiled import veil_reply
from bot.domain.chat_settings import Switch
from bot.domain.chats import ChatKind
from bot.domain.deliveries import LEASE, Delivery, Receipt
from bot.domain.lateness import Sending
from bot.domain.messages import Button, Message, plain_message, plain_text
from bot.matching.records import Priority
from bot.services.chat_settings import set_switch
from bot.services.composing import Composed, compose
from tests import factories
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of, text_of

GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP)
MEMBER = factories.build_person("666")
DISCREET = "Discreet: off · cards show a number only, until Show is pressed"
HIDE_EXILE = "Hide exile: off · outlets in exile or banned somewhere are neither named nor linked to"


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
        HIDE_EXILE,
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
    assert labels == ["Discreet: turn on", "Reminders: turn on", "Members may mute: turn on", "Hide exile: turn on"]
    answer = await desk.write("/settings reminders on", GROUP, MEMBER)
    assert "Reminders: on" in text_of(answer)
    desk.app.admins.clear()
    await desk.write("/settings reminders off", GROUP, MEMBER)
    assert "Reminders: on" in text_of(await desk.write("/settings", GROUP, MEMBER))


async def test_only_slack_has_somebody_to_call(desk: Desk) -> None:
    desk.app.admins.add(MEMBER.key)
    refused = text_of(await desk.write("/settings here on", GROUP, MEMBER))
    assert refused.startswith("I know these switches: discreet, reminders, members_can_mute, hide exile.")


async def test_exile_is_hidden_by_two_words_and_named_again_by_three(desk: Desk) -> None:
    assert HIDE_EXILE.replace("off", "on") in text_of(await desk.write("/settings hide exile"))
    assert HIDE_EXILE in text_of(await desk.write("/settings hide exile off"))
    assert [one.subject_id for one in await desk.store.list_audit(2)] == ["hide exile", "hide exile"]


@pytest.mark.parametrize("words", ["loud on", "discreet", "discreet maybe", "discreet on now"])
async def test_what_is_no_switch_is_told_with_an_example(desk: Desk, words: str) -> None:
    answer = text_of(await desk.write(f"/settings {words}"))
    assert "I know these switches: discreet, hide exile." in answer
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


async def test_where_exile_is_hidden_no_card_and_no_answer_names_it(desk: Desk) -> None:
    await desk.store.sync_feeds([factories.build_feed(owner="exile")], desk.clock.now())
    card = await claim_card(desk)
    assert "Asia Plus · reliability B" in plain_text(await compose_card(desk, card))
    await desk.write("/settings hide exile")
    hidden = await compose_card(desk, card)
    answers = [await desk.write(f"/{verb} {card.alert_id}") for verb in ("why", "full", "story")]
    answers += [await desk.write(words) for words in ("/recent", "/search troops", "/feeds", "/saved")]
    for message in (hidden, *answers):
        assert message is not None
        assert not re.search("asia.plus", f"{plain_text(message)} {message.summary}", re.IGNORECASE)
    assert "[outlet] · reliability B" in plain_text(hidden)
    await desk.write("/settings hide exile off")
    assert "Asia Plus" in plain_text(await compose_card(desk, card))


async def test_notices_and_messages_that_were_written_before_are_veiled_too(desk: Desk) -> None:
    await desk.store.sync_feeds([factories.build_feed(owner="exile")], desk.clock.now())
    card = await claim_card(desk)
    await desk.write("/settings hide exile")
    keys = ((Button("🔕 Asia Plus", "mute"),),)
    reply = await veil_reply(desk.store, PRIVATE, Reply(notice="Asia Plus muted.", buttons=keys))
    assert reply == Reply(notice="[outlet] muted.", buttons=((Button("🔕 [outlet]", "mute"),),))
    written = replace(card, message=plain_message("Digest: Asia Plus"), alert_id="")
    assert plain_text(await compose_card(desk, written)) == "Digest: [outlet]"


@pytest.mark.parametrize("is_discreet", [False, True])
async def test_only_a_first_critical_card_calls_who_is_there_and_only_where_that_was_asked_for(
    desk: Desk, is_discreet: bool
) -> None:
    await set_switch(desk.store, PRIVATE, Switch.DISCREET, on=is_discreet, by=MEMBER, now=desk.clock.now())
    card = await claim_card(desk)
    loud = factories.build_ringing_poll("loud", PRIVATE)
    critical = factories.build_match(priority=Priority.CRITICAL)
    loud = replace(loud, matches=(factories.build_item_match("loud", match=critical),))
    await desk.store.record_polls([loud], desk.clock.now())
    (alarm,) = await desk.store.claim_deliveries(desk.app.platform, desk.clock.now(), 1, LEASE, frozenset())
    assert not (await compose_card(desk, alarm)).here
    await set_switch(desk.store, PRIVATE, Switch.HERE, on=True, by=MEMBER, now=desk.clock.now())
    assert (await compose_card(desk, alarm)).here
    assert not (await compose_card(desk, card)).here
    assert not (await compose_card(desk, replace(alarm, edits="m1"))).here


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
