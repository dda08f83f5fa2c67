"""/stats: what a chat was told, in a picture and in numbers."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.plots import DailyPlot
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.factories import (
    build_feed,
    build_feedback,
    build_item,
    build_item_match,
    build_match,
    build_ringing_poll,
    build_watchlist,
)
from tests.fakes.clock import START
from tests.fakes.file_maker import FakeFileMaker
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of


async def ring(desk: Desk, count: int, first: int = 0) -> list[str]:
    """So many stories that ring, an hour apart, each sent at once."""
    ids = []
    for number in range(first, first + count):
        key = f"item-{number}"
        now = desk.clock.now()
        item = build_item(key, published=now - timedelta(minutes=5), first_seen=now - timedelta(seconds=30))
        alert_id, _ = await desk.ring(replace(build_ringing_poll(key, PRIVATE), items=(item,)))
        ids.append(alert_id)
        await desk.clock.advance(3600)
    return ids


async def test_the_numbers_stand_under_their_picture(desk: Desk) -> None:
    files = desk.services.files
    assert isinstance(files, FakeFileMaker)
    await desk.watch("csto")
    ids = await ring(desk, 12)
    await desk.store.record_feedback(build_feedback(ids[0], at=desk.clock.now()))
    answer = await desk.write("/stats 7d")
    text = text_of(answer)
    assert "12 alerts: 12 high" in text
    assert "12 stories · 0 repeats removed" in text
    assert "By list: CSTO: decisions and statements 12" in text
    assert "CSTO: decisions and statements 1 of 1 rated (100%; likely" in text
    assert "Asia Plus: seen 4 min / 4 min after publication, sent 30 s / 30 s later" in text
    assert answer is not None
    assert answer.attachment is not None
    assert answer.attachment.is_picture
    assert answer.attachment.alt.startswith("12 alerts: 12 high, ")
    (plot,) = files.plots
    assert isinstance(plot, DailyPlot)
    assert len(plot.days) == 7
    assert [(priority, sum(counts)) for priority, counts in plot.counts] == [(Priority.HIGH, 12)]


async def test_what_has_no_room_under_the_picture_is_a_message_of_its_own(store: Store) -> None:
    await store.sync_feeds([build_feed()], START)
    titles = [
        f"List number {number} with a title as long as titles get in practice here, {'x' * 120}" for number in range(8)
    ]
    desk = Desk(
        store,
        build_watchlist("csto", title=titles[0]),
        *(build_watchlist(f"l{n}", title=t) for n, t in enumerate(titles)),
    )
    await desk.watch("csto", *(f"l{number}" for number in range(8)))
    matches = [build_match(f"l{number}") for number in range(8)]
    for number in range(10):
        poll = build_ringing_poll(f"item-{number}", PRIVATE)
        found = tuple(build_item_match(f"item-{number}", match=match) for match in matches)
        await desk.ring(replace(poll, matches=(*poll.matches, *found)))
    await desk.inbox.store_update(desk.app.write("/stats", PRIVATE, NILUFAR))
    await handle_pending(desk.inbox, desk.app)
    picture, rest = await desk.take_messages()
    assert picture.message.attachment is not None
    assert len(text_of(picture.message)) < 900
    assert "By list: List number 0" in text_of(rest.message)


async def test_few_alerts_make_no_statistics(desk: Desk) -> None:
    await desk.watch("csto")
    await ring(desk, 3)
    assert text_of(await desk.write("/stats")) == "Not enough yet: 3 alerts since Tuesday. Stats start at 10."


async def test_alerts_of_another_list_or_an_earlier_time_are_left_out(desk: Desk) -> None:
    await desk.watch("csto")
    await ring(desk, 11)
    assert text_of(await desk.write("/stats ttp")).startswith("Not enough yet: 0 alerts")
    await desk.clock.advance(8 * 86_400)
    assert text_of(await desk.write("/stats 7d")).startswith("Not enough yet: 0 alerts")
    assert "Statistics: CSTO" in text_of(await desk.write("/stats csto 90d"))


async def test_without_a_picture_the_numbers_come_alone(desk: Desk) -> None:
    files = desk.services.files
    assert isinstance(files, FakeFileMaker)
    files.is_broken = True
    await desk.watch("csto")
    await ring(desk, 10)
    answer = await desk.write("/stats")
    assert "10 alerts" in text_of(answer)
    assert answer is not None
    assert answer.attachment is None


async def test_a_span_that_is_none_is_refused_with_an_example(desk: Desk) -> None:
    assert "such as 30d" in text_of(await desk.write("/stats 999w"))
    assert "no watchlist called" in text_of(await desk.write("/stats nothing"))
