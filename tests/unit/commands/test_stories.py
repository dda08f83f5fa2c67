"""/story, /merge and /split, as people use them."""

from dataclasses import replace

from bot.domain.chats import ChatKind
from bot.domain.plots import TimelinePlot
from bot.domain.polls import PollRecord
from tests.factories import (
    at,
    build_destination,
    build_evidence,
    build_feed,
    build_item,
    build_item_match,
    build_match,
    build_ringing_poll,
    build_story,
)
from tests.fakes.file_maker import FakeFileMaker
from tests.unit.commands.desk import PRIVATE, Desk, button_of, text_of

TASS = build_feed("tass", outlet="TASS (EN)", owner="state", origin_group="tass")


def _evidence_of(title: str) -> tuple[object, ...]:
    return (build_evidence("CSTO", start=title.index("CSTO"), end=title.index("CSTO") + 4),)


def _poll(key: str, title: str, *, story: str = "", feed: str = "asia-plus", minute: float = 0) -> PollRecord:
    """An item that rings on csto and has a card here."""
    poll = build_ringing_poll(key, PRIVATE, feed_id=feed)
    item = build_item(key, title=title, summary="", feed_id=feed, first_seen=at(minute), published=at(minute))
    match = build_match(evidence=_evidence_of(title))
    own = story or key
    return replace(
        poll,
        items=(item,),
        matches=(build_item_match(key, story_key=own, match=match),),
        stories=(build_story(own, headline=title, first_seen=at(minute), last_seen=at(minute)),),
        alerts=tuple(replace(alert, story_key=own) for alert in poll.alerts),
        cards=tuple(replace(card, story_key=own) for card in poll.cards),
    )


async def _two_reports(desk: Desk) -> str:
    await desk.store.sync_feeds([build_feed(), TASS], at(0))
    await desk.watch("csto")
    await desk.ring(_poll("item-1", "CSTO chief warns UN", feed="tass"))
    alert, _ = await desk.ring(
        _poll("item-2", "CSTO head tells UN of threats, TASS reports", story="item-1", minute=30)
    )
    return alert


async def test_a_timeline_can_be_a_picture(desk: Desk) -> None:
    alert = await _two_reports(desk)
    answer = await desk.write(f"/story {alert} plot")
    assert text_of(answer) == "Story S1: 2 reports of 2 outlets, 1 origin (TASS), from 24 Nov 07:00 to 24 Nov 07:30."
    assert answer is not None
    assert answer.attachment is not None
    assert answer.attachment.alt == text_of(answer)
    files = desk.services.files
    assert isinstance(files, FakeFileMaker)
    (plot,) = files.plots
    assert isinstance(plot, TimelinePlot)
    assert [(point.outlet, point.is_copy) for point in plot.points] == [("TASS", False), ("Asia Plus", True)]


async def test_a_picture_names_no_outlet_that_the_chat_does_not_name(desk: Desk) -> None:
    alert = await _two_reports(desk)
    known = [status.feed for status in await desk.store.list_feeds()]
    exiled = [replace(feed, owner="exile") if feed.id == "asia-plus" else feed for feed in known]
    await desk.store.sync_feeds(exiled, desk.clock.now())
    await desk.write("/settings hide exile")
    await desk.write(f"/story {alert} plot")
    files = desk.services.files
    assert isinstance(files, FakeFileMaker)
    (plot,) = files.plots
    assert isinstance(plot, TimelinePlot)
    assert [point.outlet for point in plot.points] == ["TASS", "[outlet]"]


async def test_a_timeline_shows_reports_oldest_first_with_their_origin(desk: Desk) -> None:
    alert = await _two_reports(desk)
    told = text_of(await desk.write(f"/story {alert}"))
    assert told.startswith(f"Story S1 · {alert} · 2 outlets, 1 origin (TASS)\n")
    assert told.index("CSTO chief warns UN") < told.index("CSTO head tells UN")
    assert "TASS (EN), English, state media\n" in told
    assert "Asia Plus, English · ↳ from TASS\n" in told


async def test_a_story_is_known_by_its_number_and_by_its_card(desk: Desk) -> None:
    alert = await _two_reports(desk)
    by_id = await desk.write(f"/story {alert}")
    assert await desk.write("/story S1") == await desk.write("/story s1") == by_id


async def test_a_story_that_is_not_from_here_is_not_told(desk: Desk) -> None:
    await _two_reports(desk)
    assert "No story S9 in this chat." in text_of(await desk.write("/story S9"))
    elsewhere = build_destination("2002")
    assert "No story S1 in this chat." in text_of(await desk.write("/story S1", elsewhere))


async def test_long_stories_come_in_pages_of_eight(desk: Desk) -> None:
    await desk.watch("csto")
    alert = ""
    for number in range(1, 12):
        poll = _poll(f"item-{number}", f"CSTO report number {number}", story="item-1", minute=number)
        alert, _ = await desk.ring(poll)
    first = await desk.write(f"/story {alert}")
    assert "number 8" in text_of(first)
    assert "number 9" not in text_of(first)
    second = await desk.press(button_of(first, "›"))
    assert "9. " in text_of(second)
    assert "number 11" in text_of(second)


async def test_merging_makes_one_story_of_two(desk: Desk) -> None:
    await desk.watch("csto")
    kept, _ = await desk.ring(_poll("item-1", "CSTO drill opens near Balykchy"))
    other, _ = await desk.ring(_poll("item-2", "Edelweiss range hosts CSTO", minute=5))
    assert text_of(await desk.write(f"/merge {kept} {other}")) == "Merged into S1."
    for alert in (kept, other):
        told = text_of(await desk.write(f"/story {alert}"))
        assert "Balykchy" in told
        assert "Edelweiss" in told
    assert "are one story already: S1." in text_of(await desk.write(f"/merge {kept} {other}"))


async def test_splitting_a_merged_alert_gives_it_its_story_back(desk: Desk) -> None:
    await desk.watch("csto")
    kept, _ = await desk.ring(_poll("item-1", "CSTO drill opens near Balykchy"))
    other, _ = await desk.ring(_poll("item-2", "Edelweiss range hosts CSTO", minute=5))
    await desk.write(f"/merge {kept} {other}")
    assert text_of(await desk.write(f"/split {other}")) == "Split off as S2."
    assert "Balykchy" not in text_of(await desk.write(f"/story {other}"))


async def test_a_report_split_off_rings_by_itself(desk: Desk) -> None:
    alert = await _two_reports(desk)
    asked = text_of(await desk.write(f"/split {alert}"))
    assert f"Which reports tell of another event? Example: /split {alert} 2" in asked
    assert "2. " in asked
    assert text_of(await desk.write(f"/split {alert} 2")) == "Split off as S2."
    listed = await desk.store.list_alerts(PRIVATE.key, at(-60), 10)
    assert {view.story.headline for view in listed} == {
        "CSTO chief warns UN",
        "CSTO head tells UN of threats, TASS reports",
    }
    assert all(len(view.reports) == 1 for view in listed)


async def test_what_cannot_be_split_is_said(desk: Desk) -> None:
    alert = await _two_reports(desk)
    assert "numbers 1 to 2" in text_of(await desk.write(f"/split {alert} 3"))
    assert "One report has to stay." in text_of(await desk.write(f"/split {alert} 1 2"))
    single, _ = await desk.ring(_poll("item-9", "CSTO summit ends", minute=60))
    assert "nothing to split off" in text_of(await desk.write(f"/split {single}"))
    assert "Which two alerts" in text_of(await desk.write("/merge 7Q2M"))


async def test_only_admins_of_a_group_correct_stories(desk: Desk) -> None:
    group = build_destination("-100", kind=ChatKind.GROUP)
    for command in ("/merge 7Q2M K4TB", "/split 7Q2M"):
        assert "Only admins of this group can do that." in text_of(await desk.write(command, group))
