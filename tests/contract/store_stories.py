"""What every store promises about stories: finding related reports, merging and splitting."""

from dataclasses import replace

import pytest

from bot.domain.alerts import alert_ids
from bot.domain.corrections import Correction, Split
from bot.domain.fingerprints import Fingerprint, build_fingerprint
from bot.domain.polls import PlannedAlert, PollRecord
from bot.domain.stories import WINDOW, Related
from bot.errors import NotFound
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_filed_report,
    build_item,
    build_item_match,
    build_planned_card,
    build_poll,
    build_ringing_poll,
    build_story,
)

DESK = build_destination()
OTHER = build_destination("2002")
BY = Correction("telegram:42", DESK.key, at(10))


def _alert(key: str) -> str:
    return next(alert_ids(key))


def _report(key: str, title: str, minute: float = 0, body: str = "") -> PollRecord:
    return build_poll(
        items=(build_item(key, title=title, first_seen=at(minute), published=None),),
        stories=(build_story(key, headline=title, first_seen=at(minute), last_seen=at(minute)),),
        matches=(build_item_match(key),),
        filed=(build_filed_report(key, title, body=body),),
    )


def _print(title: str) -> Fingerprint:
    return build_fingerprint(title, "", "en")


async def _related(store: Store, fingerprint: Fingerprint, minute: float) -> Related:
    (related,) = await store.find_related([fingerprint], at(minute))
    return related


class StoryContract:
    """Stories."""

    @pytest.fixture
    async def twice(self, store: Store) -> Store:
        """A store in which two stories rang at the desk, and the second elsewhere too."""
        await store.sync_feeds([build_feed("asia-plus"), build_feed("tass")], at(0))
        await store.record_polls([build_ringing_poll("item-1", DESK), build_ringing_poll("item-2", DESK, OTHER)], at(0))
        return store

    async def test_reports_that_share_rare_words_are_found_with_their_stories(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        polls = [
            _report("a", "Customs officers seize heroin at Fotehobod"),
            _report("b", "Quake shakes Murghob overnight"),
            _report("c", "Heroin found in a truck near Fotehobod", 5),
        ]
        await store.record_polls(polls, at(5))
        related = await _related(store, _print("Fotehobod heroin case goes to court"), -60)
        assert {report.story.key for report in related.reports} == {"a", "c"}
        assert {report.at for report in related.reports} == {at(0), at(5)}
        assert related.rarity.total == 3
        assert related.rarity.counts["heroin"] == 2

    async def test_a_fingerprint_survives(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        title = "Another blast in Кабул on Tuesday kills four, wounds نه نفر, TASS reports on CVE-2031-20111"
        filed = build_filed_report("a", title, groups=("act.attack",), sources=("tass",))
        await store.record_polls([replace(_report("a", title), filed=(filed,))], at(0))
        (report,) = (await _related(store, filed.fingerprint, -1)).reports
        assert report.fingerprint == filed.fingerprint
        assert report.mass == filed.mass
        assert filed.fingerprint.figures
        assert filed.fingerprint.marks.another
        assert filed.fingerprint.codes

    async def test_reports_older_than_asked_for_are_not_found(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([_report("a", "Quake shakes Murghob")], at(0))
        assert (await _related(store, _print("Murghob quake"), 1)).reports == ()
        assert len((await _related(store, _print("Murghob quake"), 0)).reports) == 1

    async def test_reports_that_left_the_window_are_forgotten(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([_report("a", "Quake shakes Murghob")], at(0))
        later = WINDOW.total_seconds() / 60 + 1
        await store.record_polls([_report("b", "Floods hit Khujand", later)], at(later))
        assert (await _related(store, _print("Murghob quake"), -1)).reports == ()
        assert len((await _related(store, _print("Khujand floods"), -1)).reports) == 1

    async def test_how_rare_terms_are_is_counted_for_many_texts_together(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([_report(f"a{number}", f"Quake number {number}") for number in range(100)], at(0))
        totals, quakes = [], []
        for number in range(3):
            await store.record_polls([_report(f"b{number}", "Quake again", 1)], at(1))
            rarity = (await _related(store, _print("Quake"), -1)).rarity
            totals.append(rarity.total)
            quakes.append(rarity.counts["quake"])
        assert totals == quakes == [100, 102, 102]

    async def test_a_text_is_counted_before_it_is_forgotten(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([_report(f"a{number}", f"Quake number {number}") for number in range(200)], at(0))
        window = WINDOW.total_seconds() / 60
        for number in range(6):
            await store.record_polls([_report(f"b{number}", "Snow in Murghob", window + 1)], at(window + 1))
        await store.record_polls([_report("c", "Flood in Khujand", window + 2)], at(window + 2))
        assert (await _related(store, _print("Flood"), -1)).rarity.counts["flood"] == 0
        await store.record_polls([_report("d", "Snow in Murghob", 2 * window + 3)], at(2 * window + 3))
        related = await _related(store, _print("Flood in Khujand"), -1)
        assert related.reports == ()
        assert related.rarity.counts["flood"] == 1

    async def test_a_known_item_is_not_filed_again(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        for _ in range(2):
            await store.record_polls([_report("a", "Quake shakes Murghob")], at(0))
        assert (await _related(store, _print("Murghob quake"), -1)).rarity.total == 1

    async def test_a_merged_story_is_part_of_the_other(self, twice: Store) -> None:
        kept = (await twice.get_alert(_alert("item-1"))).story
        merged = await twice.record_merge(_alert("item-1"), _alert("item-2"), BY)
        assert merged.id == kept.id
        for alert in (_alert("item-1"), _alert("item-2")):
            view = await twice.get_alert(alert)
            assert view.story.id == kept.id
            assert {report.item.key for report in view.reports} == {"item-1", "item-2"}

    async def test_later_reports_of_a_merged_story_go_to_the_story_kept(self, twice: Store) -> None:
        kept = await twice.record_merge(_alert("item-1"), _alert("item-2"), BY)
        related = await _related(twice, build_filed_report().fingerprint, -1)
        assert {report.story.id for report in related.reports} == {kept.id}
        late = build_poll(
            items=(build_item("item-3"),),
            matches=(build_item_match("item-3", story_key="item-2"),),
            stories=(build_story("item-2", last_seen=at(20)),),
        )
        await twice.record_polls([late], at(20))
        assert len((await twice.get_alert(_alert("item-1"))).reports) == 3

    async def test_a_destination_with_one_card_of_a_merged_story_gets_no_second(self, twice: Store) -> None:
        await twice.record_merge(_alert("item-1"), _alert("item-2"), BY)
        assert [view.alert.id for view in await twice.list_alerts(DESK.key, at(-1), 10)] == [_alert("item-1")]
        again = build_poll(
            items=(build_item("item-3"),),
            matches=(build_item_match("item-3", story_key="item-1"),),
            alerts=(PlannedAlert("item-1", Priority.HIGH),),
            cards=tuple(build_planned_card(destination=one) for one in (DESK, OTHER)),
        )
        assert (await twice.record_polls([again], at(20))).deliveries == 0
        assert len(await twice.list_alerts(OTHER.key, at(-1), 10)) == 1

    async def test_undoing_a_merge_gives_everything_back(self, twice: Store) -> None:
        before = await twice.get_alert(_alert("item-2"))
        await twice.record_merge(_alert("item-1"), _alert("item-2"), BY)
        own = await twice.undo_merge(_alert("item-2"), BY)
        assert own is not None
        assert own.id == before.story.id
        assert await twice.get_alert(_alert("item-2")) == before
        assert [report.item.key for report in (await twice.get_alert(_alert("item-1"))).reports] == ["item-1"]
        assert await twice.undo_merge(_alert("item-2"), BY) is None

    async def test_a_story_is_found_by_its_number_where_it_was_shown(self, twice: Store) -> None:
        first, second = [(await twice.get_alert(_alert(key))).story.id or 0 for key in ("item-1", "item-2")]
        assert await twice.find_story_alert(second, OTHER.key) == _alert("item-2")
        assert await twice.find_story_alert(first, OTHER.key) is None
        await twice.record_merge(_alert("item-1"), _alert("item-2"), BY)
        assert await twice.find_story_alert(second, DESK.key) == _alert("item-1")

    async def test_items_split_off_are_a_story_with_its_own_alert_and_cards(self, twice: Store) -> None:
        await twice.record_merge(_alert("item-1"), _alert("item-2"), BY)
        split = Split(
            _alert("item-1"),
            build_story("split-1", headline="Another event"),
            ("item-2",),
            (PlannedAlert("split-1", Priority.HIGH),),
            (build_planned_card(story_key="split-1"),),
        )
        story = await twice.record_split(split, BY)
        assert [report.item.key for report in (await twice.get_alert(_alert("item-1"))).reports] == ["item-1"]
        view = await twice.get_alert(_alert("split-1"))
        assert view.story == story
        assert [report.item.key for report in view.reports] == ["item-2"]
        assert _alert("split-1") in {one.alert.id for one in await twice.list_alerts(DESK.key, at(-1), 10)}

    async def test_an_unknown_alert_cannot_be_merged(self, twice: Store) -> None:
        with pytest.raises(NotFound, match="0000"):
            await twice.record_merge(_alert("item-1"), "0000", BY)
