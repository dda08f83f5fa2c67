"""Useful and Not relevant."""

from bot.domain.messages import Button
from tests import factories
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, button_of, buttons_of, text_of

DANA = factories.build_person("7", name="Dana")


async def test_useful_is_counted_and_thanked_for_in_a_notice(desk: Desk) -> None:
    await desk.watch("csto")
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    assert await desk.press(Button("👍 Useful", "up", alert)) is None
    assert desk.app.notices == ["Noted. CSTO: 1 of 1 rated alerts useful."]
    assert text_of(await desk.answer("+", card, person=DANA)) == "Noted. CSTO: 2 of 2 rated alerts useful."


async def test_not_relevant_is_counted_at_once_and_asks_why(desk: Desk) -> None:
    await desk.watch("csto")
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    question = await desk.press(Button("👎 Not relevant", "dn", alert))
    assert text_of(question) == f"Noted: {alert} was not relevant. What was wrong with it?"
    assert buttons_of(question) == [
        "Wrong meaning",
        "Wrong place",
        "Only mentioned",
        "Too minor",
        "Old or repeat",
        "Bad source",
    ]
    assert await desk.store.count_feedback("csto") == (0, 1)
    assert await desk.press(button_of(question, "Only mentioned")) is None
    assert desk.app.notices == ["Noted. What was wrong?", "Noted. CSTO: 0 of 1 rated alerts useful."]


async def test_a_second_verdict_of_a_person_replaces_the_first(desk: Desk) -> None:
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.answer("no", card, person=NILUFAR)
    await desk.answer("good", card, person=NILUFAR)
    assert await desk.store.count_feedback("csto") == (1, 1)
    assert text_of(await desk.write(f"/dn {alert} old", person=DANA)) == "Noted. CSTO: 1 of 2 rated alerts useful."


async def test_an_unknown_reason_asks_again(desk: Desk) -> None:
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    assert buttons_of(await desk.write(f"/dn {alert} whatever"))[0] == "Wrong meaning"


async def test_only_alerts_of_this_chat_can_be_rated(desk: Desk) -> None:
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    elsewhere = factories.build_destination("2002")
    assert await desk.press(Button("👍 Useful", "up", alert), elsewhere) is None
    assert desk.app.notices == ["This alert has expired. The link above still works."]
    assert await desk.store.count_feedback("csto") == (0, 0)
