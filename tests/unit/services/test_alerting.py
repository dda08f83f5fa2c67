"""From new items to planned cards: outcomes, stories, and who gets what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from bot.domain.feeds import Feed
from bot.domain.fingerprints import Fingerprint
from bot.domain.items import Item
from bot.domain.policy import BASELINE, DIGEST_ONLY, SENT, UNWATCHED
from bot.domain.routing import build_watchers
from bot.domain.stories import KnownReport, Related
from bot.domain.updates import ShownStory
from bot.domain.watchlists import WatchlistCatalog
from bot.matching.records import Priority
from bot.services.alerting import AlertPlan, AlertPlanner
from bot.services.catalog import Catalog
from tests.factories import build_feed, build_filed_report, build_item, build_story, build_subscription, build_watchlist
from tests.fakes.clock import START

FEED = build_feed()


class KnownReports:
    """Reports of earlier days."""

    def __init__(self, *reports: KnownReport) -> None:
        self._reports = reports

    async def find_related(self, fingerprints: Sequence[Fingerprint], since: datetime) -> list[Related]:
        known = Related(tuple(report for report in self._reports if report.at >= since))
        return [known for _ in fingerprints]

    async def list_shown(self, story_ids: Sequence[int], since: datetime) -> dict[int, ShownStory]:
        del story_ids, since
        return {}


def build_known(key: str, title: str, **fields: Any) -> KnownReport:
    filed = build_filed_report(key, title)
    return KnownReport(build_story(key, headline=title, **fields), filed.fingerprint, filed.mass, START)


def build_planner(*known: KnownReport, watched: bool = True, priority: Priority = Priority.HIGH) -> AlertPlanner:
    catalog = Catalog(WatchlistCatalog((build_watchlist(priority=priority),)))
    subscriptions = [build_subscription()] if watched else []
    return AlertPlanner(KnownReports(*known), catalog, build_watchers(subscriptions))


async def plan_poll(planner: AlertPlanner, feed: Feed, items: Sequence[Item]) -> AlertPlan:
    return await planner.plan(feed, await planner.match(feed, items))


def outlet_item(key: str, title: str) -> Item:
    return build_item(key, title=title, summary="")


@pytest.mark.parametrize(
    ("planner", "item", "outcome", "cards"),
    [
        (build_planner(), build_item(), SENT, 1),
        (build_planner(watched=False), build_item(), UNWATCHED, 0),
        (build_planner(), build_item(baseline=True), BASELINE, 0),
        (build_planner(priority=Priority.LOW), build_item(), DIGEST_ONLY, 1),
    ],
)
async def test_every_match_says_what_became_of_it(planner: AlertPlanner, item: Item, outcome: str, cards: int) -> None:
    plan = await plan_poll(planner, FEED, [item])
    assert [match.outcome for match in plan.matches] == [outcome]
    assert len(plan.cards) == cards


async def test_an_item_that_matches_nothing_begins_no_story() -> None:
    plan = await plan_poll(build_planner(), FEED, [outlet_item("a", "Rain over the hills")])
    assert (plan.matches, plan.stories, plan.alerts, plan.cards) == ((), (), (), ())


async def test_a_report_of_a_known_story_joins_it() -> None:
    known = build_known("yesterday", "CSTO warns of drug routes near the Tajik border", id=18)
    title = "CSTO warns of drug routes near Tajik border"
    plan = await plan_poll(build_planner(known), FEED, [outlet_item("today", title)])
    assert [(story.key, story.id) for story in plan.stories] == [("yesterday", 18)]
    assert [alert.story_key for alert in plan.alerts] == ["yesterday"]


async def test_polls_of_one_batch_see_each_others_stories() -> None:
    planner = build_planner()
    first = await plan_poll(planner, FEED, [outlet_item("a", "CSTO summit in Minsk ends without a statement")])
    daily = build_feed("daily")
    second = await plan_poll(planner, daily, [outlet_item("b", "CSTO summit in Minsk ends without statement")])
    assert second.stories[0].key == first.stories[0].key


async def test_different_news_of_one_list_are_different_stories() -> None:
    items = [
        outlet_item("a", "CSTO summit ends in Minsk"),
        outlet_item("b", "CSTO sends thermal cameras to the border"),
    ]
    plan = await plan_poll(build_planner(), FEED, items)
    assert len(plan.stories) == len(plan.cards) == 2
