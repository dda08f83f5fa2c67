"""What every store promises about looking at alerts and rating them."""

from dataclasses import replace

import pytest

from bot.domain.alerts import alert_ids
from bot.domain.deliveries import Receipt
from bot.domain.polls import PlannedAlert
from bot.errors import NotFound
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.contract.outbox import claim, put
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_feedback,
    build_item,
    build_item_match,
    build_match,
    build_planned_card,
    build_poll,
    build_ringing_poll,
    build_story,
)

DESK = build_destination()
OTHER = build_destination("2002")
ALERT = next(alert_ids("item-1"))


class AlertContract:
    """Alerts as people see them."""

    @pytest.fixture
    async def alerted(self, store: Store) -> Store:
        """A store in which the story `item-1` rang at the desk."""
        await store.sync_feeds([build_feed("asia-plus"), build_feed("tass")], at(0))
        await store.record_polls([build_ringing_poll("item-1", DESK)], at(0))
        return store

    async def test_an_alert_is_found_only_where_it_was_sent(self, alerted: Store) -> None:
        await alerted.ensure_destination(OTHER)
        assert await alerted.find_alert(ALERT, DESK.key) == await alerted.get_alert(ALERT)
        assert await alerted.find_alert(ALERT, OTHER.key) is None
        assert await alerted.find_alert("0000", DESK.key) is None

    async def test_an_alert_whose_card_was_held_back_was_never_sent(self, alerted: Store) -> None:
        poll = replace(
            build_ringing_poll("item-2"), cards=(build_planned_card(story_key="item-2", suppressed="muted"),)
        )
        await alerted.record_polls([poll], at(1))
        held_back = next(alert_ids("item-2"))
        assert await alerted.find_alert(held_back, DESK.key) is None
        assert (await alerted.get_alert(held_back)).story.key == "item-2"
        assert [view.alert.id for view in await alerted.list_alerts(DESK.key, at(0), 10)] == [ALERT]

    async def test_a_held_back_card_goes_out_once_the_story_deserves_it(self, alerted: Store) -> None:
        low = build_planned_card(story_key="item-2", suppressed="low priority")
        await alerted.record_polls([replace(build_ringing_poll("item-2"), cards=(low,))], at(1))
        louder = build_poll(
            items=(build_item("item-3"),),
            matches=(build_item_match("item-3", story_key="item-2"),),
            alerts=(PlannedAlert("item-2", Priority.CRITICAL),),
            cards=(build_planned_card(story_key="item-2"),),
        )
        assert (await alerted.record_polls([louder], at(2))).deliveries == 1
        assert len(await alerted.list_alerts(DESK.key, at(2), 10)) == 1

    async def test_an_unknown_alert_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound, match="0000"):
            await store.get_alert("0000")

    async def test_an_alert_is_found_by_the_message_that_shows_it(self, alerted: Store) -> None:
        (card,) = await claim(alerted)
        assert await alerted.find_alert_by_message(DESK.key, "") is None
        await alerted.record_sent(card.id, Receipt("901"), at(0))
        await put(alerted, "reply")
        (reply,) = await claim(alerted)
        await alerted.record_sent(reply.id, Receipt("902"), at(0))
        assert await alerted.find_alert_by_message(DESK.key, "901") == ALERT
        assert await alerted.find_alert_by_message(DESK.key, "902") is None
        assert await alerted.find_alert_by_message(OTHER.key, "901") is None

    async def test_a_receipt_without_a_message_finds_nothing(self, alerted: Store) -> None:
        (card,) = await claim(alerted)
        await alerted.record_sent(card.id, Receipt(""), at(0))
        assert await alerted.find_alert_by_message(DESK.key, "") is None

    async def test_reports_of_a_story_come_oldest_first_with_their_feeds(self, alerted: Store) -> None:
        for key, minute in (("item-3", 2), ("item-2", 1)):
            poll = build_poll(
                "tass",
                items=(build_item(key, feed_id="tass", first_seen=at(minute)),),
                matches=(build_item_match(key, story_key="item-1"),),
                stories=(build_story(last_seen=at(minute)),),
            )
            await alerted.record_polls([poll], at(3))
        reports = (await alerted.get_alert(ALERT)).reports
        assert [report.item.key for report in reports] == ["item-1", "item-2", "item-3"]
        assert [report.feed.id for report in reports] == ["asia-plus", "tass", "tass"]

    async def test_an_item_may_match_several_lists_each_once(self, alerted: Store) -> None:
        lists = ("csto", "ttp", "csto")
        poll = build_poll(
            items=(build_item("item-2"),),
            stories=(build_story("item-2"),),
            matches=tuple(build_item_match("item-2", match=build_match(name)) for name in lists),
            alerts=(PlannedAlert("item-2", Priority.HIGH),),
        )
        assert (await alerted.record_polls([poll], at(1))).matches == 2
        (report,) = (await alerted.get_alert(next(alert_ids("item-2")))).reports
        assert [match.watchlist for match in report.matches] == ["csto", "ttp"]

    async def test_alerts_are_listed_newest_first_since_a_moment_and_up_to_a_limit(self, alerted: Store) -> None:
        for number in (2, 3, 4):
            await alerted.record_polls([build_ringing_poll(f"item-{number}", DESK, OTHER)], at(number))
        listed = await alerted.list_alerts(DESK.key, at(0), 10)
        assert [view.story.key for view in listed] == ["item-4", "item-3", "item-2", "item-1"]
        assert [view.story.key for view in await alerted.list_alerts(DESK.key, at(3), 10)] == ["item-4", "item-3"]
        assert [view.story.key for view in await alerted.list_alerts(DESK.key, at(0), 1)] == ["item-4"]
        assert len(await alerted.list_alerts(OTHER.key, at(0), 10)) == 3
        assert await alerted.list_alerts("telegram:404", at(0), 10) == []

    async def test_stories_are_counted_per_watched_list_on_which_they_rang(self, alerted: Store) -> None:
        await alerted.subscribe(DESK, "csto", "telegram:42", at(0))
        await alerted.subscribe(DESK, "ttp", "telegram:42", at(0))
        matches = (
            build_item_match("item-2"),
            build_item_match("item-2", match=build_match("iskp")),
            build_item_match("item-2", match=build_match("ttp", rings=False)),
        )
        second = replace(build_ringing_poll("item-2", DESK), matches=matches)
        again = build_poll(items=(build_item("item-3"),), matches=(build_item_match("item-3", story_key="item-2"),))
        await alerted.record_polls([second, again], at(5))
        assert await alerted.count_story_alerts(DESK.key, at(0)) == {"csto": 2}
        assert await alerted.count_story_alerts(DESK.key, at(1)) == {"csto": 1}
        assert await alerted.count_story_alerts(OTHER.key, at(0)) == {}

    async def test_a_persons_later_verdict_replaces_the_earlier(self, alerted: Store) -> None:
        await alerted.record_feedback(build_feedback(ALERT, useful=False, reason="old"))
        await alerted.record_feedback(build_feedback(ALERT, useful=True))
        await alerted.record_feedback(build_feedback(ALERT, person="telegram:43", useful=False))
        (rated,) = await alerted.list_rated(at(-1))
        assert sorted((one.person, one.useful, one.reason) for one in rated.verdicts) == [
            ("telegram:42", True, ""),
            ("telegram:43", False, ""),
        ]

    async def test_an_alert_is_useful_if_half_of_its_raters_say_so(self, alerted: Store) -> None:
        await alerted.record_feedback(build_feedback(ALERT, useful=True))
        await alerted.record_feedback(build_feedback(ALERT, person="telegram:43", useful=False))
        assert await alerted.count_feedback("csto") == (1, 1)
        await alerted.record_feedback(build_feedback(ALERT, person="telegram:44", useful=False))
        assert await alerted.count_feedback("csto") == (0, 1)

    async def test_verdicts_count_only_for_the_lists_that_rang(self, alerted: Store) -> None:
        matches = (
            build_item_match("item-2", match=build_match("ttp")),
            build_item_match("item-2", match=build_match("iskp", rings=False)),
        )
        await alerted.record_polls([replace(build_ringing_poll("item-2", DESK), matches=matches)], at(1))
        await alerted.record_feedback(build_feedback(next(alert_ids("item-2"))))
        assert await alerted.count_feedback("ttp") == (1, 1)
        assert await alerted.count_feedback("iskp") == (0, 0)
        assert await alerted.count_feedback("csto") == (0, 0)

    async def test_a_verdict_on_an_unknown_alert_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            await store.record_feedback(build_feedback("0000"))
