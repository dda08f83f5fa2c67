"""Useful and Not relevant."""

import pytest

from bot.commands.all_commands import REGISTRY
from bot.domain.chats import ChatKind
from bot.domain.messages import Button
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of

DANA = factories.build_person("7", name="Dana")
SLACK = factories.build_slack_destination()
REASONS = ["Wrong meaning", "Wrong place", "Only mentioned", "Too minor", "Old or repeat", "Bad source", "‹ Undo"]


def texts(rows: tuple[tuple[Button, ...], ...]) -> list[str]:
    return [button.text for row in rows for button in row]


async def test_useful_is_counted_and_thanked_for_in_a_notice(desk: Desk) -> None:
    await desk.watch("csto")
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    assert await desk.press(Button("👍 Useful", "up", alert)) is None
    assert desk.app.notices == ["Noted. CSTO: 1 of 1 rated alerts useful."]
    second, card = await desk.ring(factories.build_ringing_poll("item-2", PRIVATE))
    assert second != alert
    assert text_of(await desk.answer("+", card, person=DANA)) == "Noted. CSTO: 2 of 2 rated alerts useful."


async def test_not_relevant_is_counted_at_once_and_asks_why_under_the_card(desk: Desk) -> None:
    await desk.watch("csto")
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    assert await desk.press(Button("👎 Not relevant", "dn", alert), on=card) is None
    assert texts(desk.app.keyboards[-1]) == REASONS
    assert await desk.store.count_feedback("csto") == (0, 1)
    aside = next(button for row in desk.app.keyboards[-1] for button in row if button.text == "Only mentioned")
    assert await desk.press(aside, on=card) is None
    assert desk.app.notices == ["Noted. What was wrong?", "Noted. CSTO: 0 of 1 rated alerts useful."]
    assert texts(desk.app.keyboards[-1]) == ["🔗 Open", "❓ Why", "👍 Useful", "👎 Not relevant", "⋯ More"]


async def test_a_verdict_can_be_taken_back(desk: Desk) -> None:
    await desk.watch("csto")
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.press(Button("👎 Not relevant", "dn", alert), on=card)
    await desk.press(desk.app.keyboards[-1][-1][0], on=card)
    assert desk.app.notices[-1] == "Taken back. CSTO: 0 of 0 rated alerts useful."
    assert await desk.store.list_rated(START) == []


async def test_where_buttons_stay_the_question_is_a_message(desk: Desk) -> None:
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    question = await desk.write(f"/dn {alert} whatever")
    assert text_of(question) == f"Noted: {alert} was not relevant. What was wrong with it?"
    assert question is not None
    assert texts(question.buttons) == REASONS


async def test_a_second_verdict_of_a_person_replaces_the_first(desk: Desk) -> None:
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.answer("no", card, person=NILUFAR)
    await desk.answer("good", card, person=NILUFAR)
    assert await desk.store.count_feedback("csto") == (1, 1)
    assert text_of(await desk.write(f"/dn {alert} old", person=DANA)) == "Noted. CSTO: 1 of 1 rated alerts useful."
    (rated,) = await desk.store.list_rated(START)
    assert rated.reasons() == {"old"}


async def test_an_answer_to_the_digests_question_counts_as_asked_only_where_it_was_asked(desk: Desk) -> None:
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.press(Button("👍", "up", alert, "asked"))
    (rated,) = await desk.store.list_rated(START)
    assert [verdict.asked for verdict in rated.verdicts] == [False]
    await desk.store.record_question(PRIVATE.key, alert, START)
    await desk.press(Button("👍", "up", alert, "asked"))
    (rated,) = await desk.store.list_rated(START)
    assert [verdict.asked for verdict in rated.verdicts] == [True]


async def test_only_alerts_of_this_chat_can_be_rated(desk: Desk) -> None:
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    elsewhere = factories.build_destination("2002")
    assert await desk.press(Button("👍 Useful", "up", alert), elsewhere) is None
    assert desk.app.notices == ["This alert has expired. The link above still works."]
    assert await desk.store.count_feedback("csto") == (0, 0)


async def test_an_alert_expires_after_90_days(desk: Desk) -> None:
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.clock.advance(91 * 24 * 3600)
    assert await desk.press(Button("👍 Useful", "up", alert)) is None
    assert desk.app.notices == ["This alert has expired. The link above still works."]


async def test_more_unfolds_under_the_card_and_folds_again(desk: Desk) -> None:
    await desk.watch("csto")
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.press(Button("⋯ More", "unfold", alert), on=card)
    more = desk.app.keyboards[-1]
    assert [texts((row,)) for row in more] == [
        ["📄 Full text", "🔖 Save", "🌐 Translate"],
        ["🔕 This story", "🔕 CSTO", "🔕 Asia Plus"],
        ["‹ Back"],
    ]
    await desk.press(more[2][0], on=card)
    assert texts(desk.app.keyboards[-1])[-3:] == ["👍 Useful", "👎 Not relevant", "⋯ More"]
    await desk.press(more[0][2], on=card)
    assert desk.app.notices[-1] == ("Translation is off on this server. Long-press the message to use Telegram’s own.")


async def test_a_mute_button_asks_how_long_under_the_card(desk: Desk) -> None:
    await desk.watch("csto")
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.press(Button("🔕 CSTO", "mute", alert, "list"), on=card)
    durations = desk.app.keyboards[-1]
    assert [texts((row,)) for row in durations] == [
        ["1 hour", "8 hours", "1 day"],
        ["7 days", "Until I unmute"],
        ["‹ Back"],
    ]
    answer = await desk.press(durations[0][2], on=card)
    assert text_of(answer) == "🔕 CSTO muted until Wed 25 Nov 07:00. Critical still comes through."
    assert texts(desk.app.keyboards[-1])[-1] == "⋯ More"


async def test_in_a_group_the_card_is_taken_in_hand_rather_than_rated(desk: Desk) -> None:
    group = factories.build_destination("-1001", kind=ChatKind.GROUP)
    await desk.watch("csto", destination=group)
    alert, card = await desk.ring(factories.build_ringing_poll("item-1", group), group)
    await desk.press(Button("‹ Back", "back", alert), group, on=card)
    assert texts(desk.app.keyboards[-1])[-3:] == ["✅ I have this", "👎 Not relevant", "⋯ More"]
    assert await desk.press(Button("🔕 CSTO", "mute", alert, "list 1d"), group, on=card) is None
    assert desk.app.notices[-1] == "Only admins of this group can do that. I told no one you asked."


@pytest.mark.parametrize("word", ["why", "more", "story", "ack", "+", "-", "save", "принял"])
async def test_a_word_in_answer_to_a_card_is_known(word: str) -> None:
    assert any(word in command.reply_words for command in REGISTRY.commands)
