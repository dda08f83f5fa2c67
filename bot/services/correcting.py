"""Putting right what was grouped wrongly: two stories are one, or some reports of a story are another."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.alerts import AlertView, Report
from bot.domain.corrections import Correction, Split
from bot.domain.deliveries import PlannedCard
from bot.domain.language import tr
from bot.domain.origins import outlet_of
from bot.domain.policy import judge
from bot.domain.polls import PlannedAlert
from bot.domain.routing import plan_cards
from bot.domain.stories import Story
from bot.errors import Conflict
from bot.ports.alert_store import StoryStore
from bot.ports.chat_store import SubscriptionStore
from bot.services.catalog import Catalog
from bot.services.routing import load_watchers


class GroupingStore(StoryStore, SubscriptionStore, Protocol):
    """The part of the store that corrections need."""


async def merge_stories(store: GroupingStore, kept: AlertView, other: AlertView, by: Correction) -> Story:
    """Makes two stories one: that of `kept`, which takes all reports. Raises Conflict if they are one already."""
    if kept.story.id == other.story.id:
        raise Conflict(
            tr(
                "{id} and {other} are one story already: {story}.",
                id=kept.alert.id,
                other=other.alert.id,
                story=kept.story.label,
            ),
            "",
        )
    return await store.record_merge(kept.alert.id, other.alert.id, by)


async def split_story(
    store: GroupingStore, catalog: Catalog, view: AlertView, reports: Sequence[Report], by: Correction
) -> Story | None:
    """Takes `reports` out of a story; the new story. It rings where they ring, so that nothing stays hidden.

    Without reports, a merge that brought the alert into its story is undone; None if there was none.
    """
    if not reports:
        return await store.undo_merge(view.alert.id, by)
    first = min(reports, key=lambda report: report.item.first_seen)
    # The item that began the story left gave it its key, so that the new one needs another.
    key = f"{first.item.key}/{view.story.key[:8]}/{by.at.timestamp():.0f}"
    story = Story(key, first.item.title, first.item.first_seen, max(report.item.first_seen for report in reports))
    watchers = await load_watchers(store, catalog)
    watchlists = {watchlist.id: watchlist for watchlist in catalog.watchlists}
    alerts: list[PlannedAlert] = []
    cards: list[PlannedCard] = []
    for report in reports:
        known = [match for match in report.matches if match.watchlist in watchlists]
        sending = [match for match in known if judge(match, watchlists[match.watchlist], report.item).sends]
        if sending:
            alerts.append(PlannedAlert(key, max(match.priority for match in sending)))
            cards += plan_cards(
                key, sending, report.item, watchers, grade=report.feed.grade, outlet=outlet_of(report.feed)
            )
    items = tuple(report.item.key for report in reports)
    split = Split(view.alert.id, story, items, tuple(alerts), tuple(cards))
    return await store.record_split(split, by)
