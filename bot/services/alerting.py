"""Turns the new items of one poll into matches, stories, alerts and planned cards. Decides only; the caller records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import ItemMatch, Report
from bot.domain.deliveries import PlannedCard
from bot.domain.feeds import Feed
from bot.domain.fingerprints import Fingerprint
from bot.domain.items import Item
from bot.domain.origins import outlet_of
from bot.domain.policy import UNWATCHED, Verdict, judge
from bot.domain.polls import PlannedAlert
from bot.domain.routing import Watchers, plan_cards
from bot.domain.stories import (
    WINDOW,
    FiledReport,
    Related,
    Story,
    find_story,
    index_terms,
    join_story,
)
from bot.domain.story_index import StoryIndex
from bot.domain.updates import PlannedUpdate
from bot.matching.records import Match
from bot.services.catalog import Catalog
from bot.services.documents import document_for, fingerprint_for
from bot.services.rests import Rests
from bot.services.story_updates import ShownStories, StoryUpdates

# Items, each with what was found in it.
MatchedItems = Sequence[tuple[Item, Sequence[Match]]]


class StoryFinder(ShownStories, Protocol):
    """The part of the store that knows earlier stories."""

    async def find_related(self, fingerprints: Sequence[Fingerprint], since: datetime) -> list[Related]:
        """For each text the reports filed since then that share its rare terms, and how rare its terms are."""
        ...


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """What follows from the new items of one poll."""

    matches: tuple[ItemMatch, ...] = ()
    stories: tuple[Story, ...] = ()
    alerts: tuple[PlannedAlert, ...] = ()
    cards: tuple[PlannedCard, ...] = ()
    filed: tuple[FiledReport, ...] = ()
    updates: tuple[PlannedUpdate, ...] = ()


class AlertPlanner:
    """Plans the polls of one batch in turn; later ones see the stories that earlier ones began.

    Matching an item depends on nothing else; finding its story depends on what was recorded before.
    """

    def __init__(self, store: StoryFinder, catalog: Catalog, watchers: Watchers) -> None:
        self._store = store
        # Taken once: an edit that comes into use while a batch is planned is for the next one.
        self._matcher = catalog.matcher
        self._watchlists = {watchlist.id: watchlist for watchlist in catalog.watchlists}
        self._watchers = watchers
        self._batch = StoryIndex()
        self._updates = StoryUpdates(store, watchers, catalog.sending)

    async def match(self, feed: Feed, items: Sequence[Item]) -> MatchedItems:
        """Those of the new items of a poll of `feed` that a watchlist wants, in the order given."""
        matched: list[tuple[Item, Sequence[Match]]] = []
        rests = Rests()
        for item in items:
            if found := self._matcher.match(document_for(item, feed)):
                matched.append((item, found))
            await rests.after(item.length)
        return matched

    async def plan(self, feed: Feed, found_in: MatchedItems) -> AlertPlan:
        """The plan for the items of a poll of `feed` that were matched."""
        matches: list[ItemMatch] = []
        stories: dict[str, Story] = {}
        alerts: list[PlannedAlert] = []
        cards: list[PlannedCard] = []
        filed: list[FiledReport] = []
        updates: list[PlannedUpdate] = []
        fingerprints = [fingerprint_for(item, feed, found) for item, found in found_in]
        stored = await self._find_related(found_in, fingerprints)
        placed = [
            (item, found, *self._place(item, fingerprint, related))
            for (item, found), fingerprint, related in zip(found_in, fingerprints, stored, strict=True)
        ]
        if placed:
            await self._updates.load([story for _, _, story, _ in placed], placed[0][0].first_seen)
        for item, found, story, report in placed:
            stories[story.key] = story
            filed.append(report)
            verdicts = [judge(match, self._watchlists[match.watchlist], item) for match in found]
            pairs = list(zip(found, verdicts, strict=True))
            matches += [
                ItemMatch(item.key, story.key, match, self._outcome(match, verdict)) for match, verdict in pairs
            ]
            sending = [match for match, verdict in pairs if verdict.sends]
            new = Report(item, feed, tuple(sending))
            if sending:
                alerts.append(PlannedAlert(story.key, max(match.priority for match in sending)))
                cards += plan_cards(
                    story.key, sending, item, self._watchers, grade=feed.grade, outlet=outlet_of(feed),
                    origins=self._updates.count_origins(story, new), earlier=self._updates.earlier_rings(story),
                )  # fmt: skip
            updates += self._updates.plan(story, new)
        return AlertPlan(
            tuple(matches), tuple(stories.values()), tuple(alerts), tuple(cards), tuple(filed), tuple(updates)
        )

    def _outcome(self, match: Match, verdict: Verdict) -> str:
        if verdict.sends and not self._watchers.hear(match):
            return UNWATCHED
        return verdict.outcome

    async def _find_related(self, found_in: MatchedItems, fingerprints: Sequence[Fingerprint]) -> list[Related]:
        if not found_in:
            return []
        return await self._store.find_related(fingerprints, min(item.first_seen for item, _ in found_in) - WINDOW)

    def _place(self, item: Item, fingerprint: Fingerprint, stored: Related) -> tuple[Story, FiledReport]:
        """The story of an item, among those that are stored and those of this batch."""
        at = item.published or item.first_seen
        terms = index_terms(fingerprint, stored.rarity)
        reports = self._batch.refresh(stored.reports) + self._batch.find(terms, stored.rarity)
        known = find_story(fingerprint, at, Related(reports, stored.rarity), now=item.first_seen)
        if known is None:
            story = Story(item.key, item.title, item.first_seen, item.first_seen)
        else:
            story = join_story(known, now=item.first_seen)
        filed = FiledReport(item.key, fingerprint, stored.rarity.measure(fingerprint), terms)
        self._batch.add(story, filed, at)
        return story, filed
