"""What every store promises about recording polls."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alerts import AlertView, alert_ids
from bot.domain.polls import PlannedAlert, PollRecord, RecordedPolls
from bot.domain.stories import Story
from bot.errors import NotFound
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.factories import (
    at,
    build_destination,
    build_evidence,
    build_feed,
    build_feed_state,
    build_item,
    build_item_match,
    build_match,
    build_planned_card,
    build_poll,
    build_ringing_poll,
    build_slack_destination,
    build_story,
)
from tests.fakes.clock import START

NOTHING = RecordedPolls(items=0, matches=0, alerts=0, deliveries=0)
DESK = build_destination()


async def _only_alert(store: Store) -> AlertView:
    (view,) = await store.list_alerts(DESK.key, START - timedelta(days=1), 10)
    return view


def _follow_up(key: str, story: Story, *cards_for: str, priority: Priority = Priority.HIGH) -> PollRecord:
    """A later report of a known story."""
    return build_poll(
        items=(build_item(key, first_seen=story.last_seen),),
        matches=(build_item_match(key, story_key=story.key),),
        stories=(story,),
        alerts=(PlannedAlert(story.key, priority),),
        cards=tuple(build_planned_card(story_key=story.key, destination=build_destination(one)) for one in cards_for),
    )


class PollContract:
    """Items, matches, stories, alerts and cards of a poll."""

    @pytest.fixture
    async def fed(self, store: Store) -> Store:
        """A store that knows two feeds and nothing else."""
        await store.sync_feeds([build_feed("asia-plus"), build_feed("tass")], START)
        return store

    async def test_a_poll_is_recorded_whole(self, fed: Store) -> None:
        recorded = await fed.record_polls([build_ringing_poll("item-1", DESK, build_slack_destination())], at(1))
        assert recorded == RecordedPolls(items=1, matches=1, alerts=1, deliveries=2)
        view = await _only_alert(fed)
        assert view.alert.id == next(alert_ids("item-1"))
        assert view.alert.priority is Priority.HIGH
        assert view.alert.created_at == at(1)
        assert view.story == build_story(id=view.story.id)
        assert [report.item for report in view.reports] == [build_item()]
        assert [report.feed for report in view.reports] == [build_feed()]
        assert [report.matches for report in view.reports] == [(build_match(),)]

    async def test_everything_about_a_match_and_an_item_survives(self, fed: Store) -> None:
        item = build_item(
            title="Таджикско-афганская граница «обстрел»",
            content="کابل\n" * 3,
            author="О. Нурматов",
            tags=("граница", "a,b"),
            published=None,
            baseline=True,
            link_key="",
        )
        match = build_match(
            evidence=(build_evidence("Таджикско", start=0, end=9), build_evidence("کابل", field="content", end=4)),
            escalated_by="armed",
            base_priority=Priority.MEDIUM,
            rings=True,
            rule_label="Border + fire",
            excludes_checked=("sport", "history"),
        )
        poll = build_ringing_poll("item-1", DESK)
        await fed.record_polls([replace(poll, items=(item,), matches=(build_item_match(match=match),))], at(0))
        (report,) = (await _only_alert(fed)).reports
        assert report.item == item
        assert report.matches == (match,)

    async def test_half_a_surrogate_pair_in_a_feed_does_not_stop_the_others(self, fed: Store) -> None:
        poll = build_ringing_poll("item-1", DESK)
        broken = replace(poll, items=(build_item(title="border \ud83d attack"),), words=(("item-1", "border \ud83d"),))
        await fed.record_polls([broken], at(0))
        assert (await _only_alert(fed)).reports[0].item.title == "border ? attack"

    async def test_recording_a_poll_again_adds_nothing(self, fed: Store) -> None:
        poll = build_ringing_poll("item-1", DESK)
        await fed.record_polls([poll], at(0))
        before = await _only_alert(fed)
        assert await fed.record_polls([poll], at(5)) == NOTHING
        assert await _only_alert(fed) == before
        assert (await fed.list_feeds())[0].items == 1

    async def test_matches_alerts_and_cards_of_a_known_item_are_not_added(self, fed: Store) -> None:
        await fed.record_polls([build_poll(items=(build_item(),))], at(0))
        assert await fed.record_polls([build_ringing_poll("item-1", DESK)], at(1)) == NOTHING
        totals = await fed.count_totals()
        assert (totals.items, totals.stories, totals.alerts, totals.deliveries) == (1, 0, 0, 0)

    async def test_only_the_new_items_of_a_poll_count(self, fed: Store) -> None:
        await fed.record_polls([build_poll(items=(build_item("old"),))], at(0))
        recorded = await fed.record_polls([build_poll(items=(build_item("old"), build_item("new")))], at(1))
        assert recorded.items == 1
        assert (await fed.count_totals()).items == 2

    async def test_the_state_of_every_feed_in_the_batch_is_kept(self, fed: Store) -> None:
        states = [build_feed_state("asia-plus", etag='"a"'), build_feed_state("tass", failures=3, problem="timeout")]
        await fed.record_polls([build_poll(state=state) for state in states], at(0))
        assert [status.state for status in await fed.list_feeds()] == states

    async def test_a_batch_with_one_bad_poll_leaves_no_trace(self, fed: Store) -> None:
        before = await fed.list_feeds()
        batch = [build_ringing_poll("item-1", DESK), build_poll("nobody", items=(build_item("x", feed_id="nobody"),))]
        with pytest.raises(NotFound, match="nobody"):
            await fed.record_polls(batch, at(0))
        assert await fed.list_feeds() == before
        totals = await fed.count_totals()
        assert (totals.items, totals.matches, totals.stories, totals.alerts, totals.deliveries) == (0, 0, 0, 0, 0)
        assert await fed.search_items(["csto"], 10) == []

    async def test_a_match_of_an_unknown_story_undoes_the_batch(self, fed: Store) -> None:
        poll = build_poll(items=(build_item(),), matches=(build_item_match(story_key="never-seen"),))
        with pytest.raises(NotFound, match="never-seen"):
            await fed.record_polls([poll], at(0))
        assert (await fed.count_totals()).items == 0

    async def test_a_cancelled_recording_is_whole_or_absent(self, fed: Store) -> None:
        polls = [build_ringing_poll(f"item-{number}", DESK) for number in range(50)]
        task = asyncio.create_task(fed.record_polls(polls, at(0)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        totals = await fed.count_totals()
        assert totals.items in {0, 50}
        assert totals.items == totals.deliveries == totals.alerts
        assert (await fed.record_polls([build_ringing_poll("item-99", DESK)], at(1))).items == 1

    async def test_a_later_report_joins_its_story(self, fed: Store) -> None:
        await fed.record_polls([build_ringing_poll("item-1", DESK)], at(0))
        story = build_story(last_seen=at(30))
        recorded = await fed.record_polls([_follow_up("item-2", story, DESK.address)], at(30))
        assert recorded == RecordedPolls(items=1, matches=1, alerts=0, deliveries=0)
        view = await _only_alert(fed)
        assert [report.item.key for report in view.reports] == ["item-1", "item-2"]
        assert view.story.headline == build_story().headline
        assert (view.story.first_seen, view.story.last_seen) == (at(0), at(30))

    async def test_a_story_known_by_key_need_not_be_given_again(self, fed: Store) -> None:
        await fed.record_polls([build_ringing_poll("item-1", DESK)], at(0))
        poll = build_poll(items=(build_item("item-2"),), matches=(build_item_match("item-2", story_key="item-1"),))
        assert (await fed.record_polls([poll], at(1))).matches == 1
        assert len((await _only_alert(fed)).reports) == 2

    async def test_a_later_poll_of_the_batch_joins_a_story_begun_in_it(self, fed: Store) -> None:
        batch = [build_ringing_poll("item-1", DESK), _follow_up("item-2", build_story(last_seen=at(1)), DESK.address)]
        recorded = await fed.record_polls(batch, at(1))
        assert recorded == RecordedPolls(items=2, matches=2, alerts=1, deliveries=1)

    async def test_a_known_alert_gets_louder_but_never_quieter(self, fed: Store) -> None:
        await fed.record_polls([build_ringing_poll("item-1", DESK)], at(0))
        story = build_story(last_seen=at(1))
        await fed.record_polls([_follow_up("item-2", story, priority=Priority.CRITICAL)], at(1))
        assert (await _only_alert(fed)).alert.priority is Priority.CRITICAL
        await fed.record_polls([_follow_up("item-3", story, priority=Priority.LOW)], at(2))
        view = await _only_alert(fed)
        assert view.alert.priority is Priority.CRITICAL
        assert view.alert.created_at == at(0)

    async def test_a_destination_gets_one_card_a_story_and_new_ones_get_theirs(self, fed: Store) -> None:
        await fed.record_polls([build_ringing_poll("item-1", DESK)], at(0))
        story = build_story(last_seen=at(1))
        recorded = await fed.record_polls([_follow_up("item-2", story, DESK.address, "2002", "2002")], at(1))
        assert recorded.deliveries == 1
        assert len(await fed.list_alerts("telegram:2002", at(0), 10)) == 1

    async def test_alert_ids_stay_unique_when_two_stories_want_the_same(self, fed: Store) -> None:
        wanted: dict[str, str] = {}
        twins: tuple[str, str] | None = None
        for number in range(20_000):
            key = f"story-{number}"
            earlier = wanted.setdefault(next(alert_ids(key)), key)
            if earlier != key:
                twins = (earlier, key)
                break
        assert twins is not None
        await fed.record_polls([build_ringing_poll(key, DESK) for key in twins], at(0))
        views = await fed.list_alerts(DESK.key, at(0), 10)
        assert {view.story.key for view in views} == set(twins)
        assert len({view.alert.id for view in views}) == 2

    async def test_a_story_is_never_older_than_its_latest_report(self, fed: Store) -> None:
        await fed.record_polls([build_ringing_poll("item-1", DESK)], at(0))
        await fed.record_polls([_follow_up("item-2", build_story(last_seen=at(60)))], at(60))
        await fed.record_polls([_follow_up("item-3", build_story(last_seen=at(30)))], at(61))
        assert (await _only_alert(fed)).story.last_seen == at(60)
