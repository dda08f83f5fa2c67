"""/start asks five questions in a private chat and ends with an example."""

import pytest

from bot.domain.chats import ChatKind
from bot.domain.messages import Message
from bot.services.onboarding import Reminders
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of, text_of

GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP)
OTHER = factories.build_destination("200")
DAY = 24 * 3600.0


@pytest.fixture
def on_telegram(desk: Desk) -> Desk:
    desk.app.edits_in_place = True
    return desk


async def press(desk: Desk, message: Message | None, label: str) -> Message:
    """What takes the place of the message whose button with this label is pressed."""
    before = len(desk.app.in_place)
    assert await desk.press(button_of(message, label)) is None
    assert len(desk.app.in_place) == before + 1
    return desk.app.in_place[-1]


async def first_city(desk: Desk) -> Message:
    """The question for the place, after that for the language."""
    return await press(desk, await desk.write("/start"), "English")


async def test_five_taps_lead_to_lists_a_clock_quiet_hours_and_an_example(on_telegram: Desk) -> None:
    desk = on_telegram
    await desk.ring(factories.build_ringing_poll("story-1", OTHER), OTHER)
    await desk.clock.advance(3 * 3600)
    asked = await desk.write("/start")
    assert "News only. Follow your organisation's security plan." in text_of(asked)
    assert buttons_of(asked) == ["English", "Русский", "فارسی/دری", "Тоҷикӣ"]
    message = await press(desk, asked, "English")
    assert "Where are you? Times and the morning digest use it." in text_of(message)
    message = await press(desk, message, "Dushanbe")
    assert "Times are now Asia/Dushanbe (UTC+5)." in text_of(message)
    assert "What do you do?" in text_of(message)
    message = await press(desk, message, "Embassy / UN")
    assert "☑ CSTO: decisions and statements" in text_of(message)
    message = await press(desk, message, "Start")
    assert "Quiet 22:00-06:30, digest 07:00. OK?" in text_of(message)
    message = await press(desk, message, "OK")
    assert "You watch 1 list." in text_of(message)
    assert text_of(message).endswith("Example, from 3 h ago:")
    assert "Reply why to any alert. /help for the rest." in text_of(message)
    alerts = await desk.store.list_alerts(PRIVATE.key, START, 10)
    assert [view.story.key for view in alerts] == ["story-1"]
    assert "Quiet 22:00-06:30" in text_of(await desk.write("/quiet"))
    assert "07:00 Asia/Dushanbe" in text_of(await desk.write("/digest"))
    assert text_of(await desk.write("/start")).startswith("Watching 1 list here;")


async def test_volumes_are_measured_on_what_is_stored(on_telegram: Desk) -> None:
    desk = on_telegram
    for number in range(14):
        poll = factories.build_ringing_poll(f"story-{number}", OTHER)
        await desk.store.record_polls([poll], desk.clock.now())
    await desk.clock.advance(2 * DAY)
    message = await press(desk, await first_city(desk), "Dushanbe")
    message = await press(desk, message, "Embassy / UN")
    assert "☑ CSTO: decisions and statements ≈2.0/day" in text_of(message)
    assert "Total ≈2.0 alerts a day, 2.0 with sound (measured on 7 days)." in text_of(message)


async def test_lists_are_taken_in_and_out_one_by_one(on_telegram: Desk) -> None:
    desk = on_telegram
    message = await press(desk, await first_city(desk), "Kabul")
    message = await press(desk, message, "Embassy / UN")
    (toggle,) = [one for one in buttons_of(message) if one.startswith("☑")]
    message = await press(desk, message, toggle)
    assert "None yet." in text_of(message)
    assert "Start" not in buttons_of(message)
    message = await press(desk, message, "More")
    message = await press(desk, message, "More")
    assert len([one for one in buttons_of(message) if one.startswith("☑")]) == 2
    message = await press(desk, message, "Fewer")
    assert len([one for one in buttons_of(message) if one.startswith("☑")]) == 1


async def test_another_city_is_written(on_telegram: Desk) -> None:
    message = await press(on_telegram, await first_city(on_telegram), "Other")
    assert "/timezone Samarkand" in text_of(message)
    assert "What do you do?" in text_of(await press(on_telegram, message, "Go on"))


async def test_who_comes_back_goes_on_where_they_were(on_telegram: Desk) -> None:
    message = await press(on_telegram, await first_city(on_telegram), "Kabul")
    await press(on_telegram, message, "NGO / aid")
    assert "Which lists?" in text_of(await on_telegram.write("/start"))


async def test_without_quiet_hours_everything_rings(on_telegram: Desk) -> None:
    desk = on_telegram
    message = await press(desk, await first_city(desk), "Kabul")
    message = await press(desk, message, "Embassy / UN")
    message = await press(desk, message, "Start")
    message = await press(desk, message, "No quiet hours")
    assert "The next story on them comes here." in text_of(message)
    assert "There are no quiet hours here." in text_of(await desk.write("/quiet"))


async def test_a_second_tap_on_ok_changes_nothing(on_telegram: Desk) -> None:
    desk = on_telegram
    message = await press(desk, await first_city(desk), "Kabul")
    message = await press(desk, message, "Embassy / UN")
    question = await press(desk, message, "Start")
    await press(desk, question, "OK")
    await desk.write("/unwatch csto")
    assert await desk.press(button_of(question, "OK")) is None
    assert desk.app.notices[-1].startswith("Done already.")
    assert await desk.store.list_subscriptions(PRIVATE.key) == []


async def test_where_messages_cannot_be_changed_each_question_is_a_new_one(desk: Desk) -> None:
    asked = await desk.write("/start")
    assert "Where are you?" in text_of(await desk.press(button_of(asked, "English")))


async def test_a_group_is_asked_nothing(desk: Desk) -> None:
    assert text_of(await desk.write("/start", GROUP)).startswith("I post only what an admin picks.")
    assert "private chat" in text_of(await desk.write("/begin role ngo", GROUP))


async def test_who_stops_in_the_middle_is_reminded_once_after_a_day(desk: Desk) -> None:
    woken: list[bool] = []
    reminders = Reminders(desk.store, desk.clock, on_messages=lambda: woken.append(True))
    await desk.write("/start")
    await desk.clock.advance(DAY - 1)
    await reminders.remind()
    assert await desk.take_messages() == []
    await desk.clock.advance(2)
    await reminders.remind()
    (reminder,) = await desk.take_messages()
    assert "This is the only reminder." in text_of(reminder.message)
    assert "Choose a language." in text_of(await desk.press(button_of(reminder.message, "Go on")))
    await desk.clock.advance(30 * DAY)
    await reminders.remind()
    assert await desk.take_messages() == []
    assert woken == [True]


async def test_who_found_a_list_without_the_questions_is_left_alone(desk: Desk) -> None:
    await desk.write("/start")
    await desk.write("/watch csto here")
    await desk.clock.advance(2 * DAY)
    await Reminders(desk.store, desk.clock).remind()
    assert await desk.take_messages() == []
    assert await desk.store.find_onboarding(PRIVATE.key) is None
