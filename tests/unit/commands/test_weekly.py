"""/digest weekly, and the trend that comes by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chat_settings import Switch
from bot.domain.deliveries import OutgoingMessage
from bot.domain.plots import TrendPlot
from bot.ports.store import Store
from bot.services.chat_settings import set_switch
from bot.services.trending import Trends
from tests import factories
from tests.fakes.file_maker import FakeFileMaker
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of

SENTENCE = "CSTO: decisions and statements: 2 stories, norm 1."


@pytest.fixture
async def desk(desk: Desk) -> Desk:
    """A chat whose list rang once two weeks ago and twice yesterday: now it is Tuesday, 8 December, 07:00."""
    await desk.watch("csto")
    for number, days in enumerate((0, 13, 0)):
        await desk.clock.advance(days * 86_400)
        key = f"item-{number}"
        item = factories.build_item(key, first_seen=desk.clock.now())
        await desk.ring(replace(factories.build_ringing_poll(key, PRIVATE), items=(item,)))
    await desk.clock.advance(86_400)
    return desk


def trends(desk: Desk) -> Trends:
    return Trends(desk.store, desk.services.catalog, desk.services.files, desk.clock)


async def take(desk: Desk) -> list[OutgoingMessage]:
    return await desk.take_messages()


async def test_the_trend_at_once_is_a_picture_whose_words_say_what_it_shows(desk: Desk) -> None:
    await desk.inbox.store_update(desk.app.write("/digest weekly now", PRIVATE, NILUFAR))
    await handle_pending(desk.inbox, desk.app)
    picture, details = await take(desk)
    assert "Weekly trend · 1 Dec - 7 Dec 2026" in text_of(picture.message)
    assert SENTENCE in text_of(picture.message)
    assert picture.message.attachment is not None
    assert picture.message.attachment.alt == SENTENCE
    assert "Top stories\n1. 🟠 CSTO troops deploy" in text_of(details.message)
    assert "Feeds: 1 of 1 healthy" in text_of(details.message)
    files = desk.services.files
    assert isinstance(files, FakeFileMaker)
    (plot,) = files.plots
    assert isinstance(plot, TrendPlot)
    assert [panel.title for panel in plot.panels] == ["CSTO: decisions and statements"]


async def test_it_comes_on_monday_at_half_past_seven_once(desk: Desk) -> None:
    assert await trends(desk).send_due() == 0
    assert "Next: Mon 14 Dec 2026, 07:30" in text_of(await desk.write("/digest weekly"))
    await desk.clock.advance(timedelta(days=6, minutes=25).total_seconds())
    assert await trends(desk).send_due() == 0
    await desk.clock.advance(timedelta(minutes=10).total_seconds())
    assert await trends(desk).send_due() == 1
    assert await trends(desk).send_due() == 0
    picture, details = await take(desk)
    assert picture.message.attachment is not None
    assert "Weekly trend · 7 Dec - 13 Dec 2026" in text_of(picture.message)
    assert "Feeds:" in text_of(details.message)


async def test_day_and_time_can_be_chosen(desk: Desk) -> None:
    assert text_of(await desk.write("/digest weekly fri 18:00")) == "Weekly trend on Friday at 18:00 UTC."
    assert "Next: Fri 11 Dec 2026, 18:00" in text_of(await desk.write("/digest weekly"))
    assert "No weekly trend any more." in text_of(await desk.write("/digest weekly off"))
    assert "There is no weekly trend here." in text_of(await desk.write("/digest weekly"))


@pytest.mark.parametrize("words", ["mon", "07:30", "mon-fri 07:30", "someday 07:30", "mon 07:75"])
async def test_what_is_no_day_and_time_is_refused_with_an_example(desk: Desk, words: str) -> None:
    assert "/digest weekly mon 07:30" in text_of(await desk.write(f"/digest weekly {words}"))


async def test_a_chat_that_turned_it_off_and_one_whose_lists_never_rang_get_none(desk: Desk, store: Store) -> None:
    other = factories.build_destination("2002")
    await desk.watch("ttp", destination=other)
    await desk.write("/digest weekly off")
    await trends(desk).send_due()
    await desk.clock.advance(timedelta(days=6, hours=1).total_seconds())
    assert await trends(desk).send_due() == 0
    assert (await store.list_trend_marks())[other.key].day is not None
    assert "no list of this chat had a story before today." in text_of(await desk.write("/digest weekly now", other))


async def test_without_a_picture_the_sentences_come_alone(desk: Desk) -> None:
    files = desk.services.files
    assert isinstance(files, FakeFileMaker)
    files.is_broken = True
    await desk.inbox.store_update(desk.app.write("/digest weekly now", PRIVATE, NILUFAR))
    await handle_pending(desk.inbox, desk.app)
    sentences, _ = await take(desk)
    assert SENTENCE in text_of(sentences.message)
    assert sentences.message.attachment is None


async def test_a_discreet_chat_is_told_no_list_and_no_headline_before_it_asks(desk: Desk, store: Store) -> None:
    await set_switch(store, PRIVATE, Switch.DISCREET, on=True, by=NILUFAR, now=desk.clock.now())
    assert await trends(desk).send_due() == 0
    await desk.clock.advance(timedelta(days=6, minutes=35).total_seconds())
    assert await trends(desk).send_due() == 1
    (only,) = await take(desk)
    assert only.message.attachment is None
    assert only.message.summary == "Weekly trend · 7 Dec - 13 Dec 2026"
    assert text_of(only.message) == f"📈 {only.message.summary}"
    ((show,),) = only.message.buttons
    assert (show.action, show.argument) == ("digest", "weekly now")
