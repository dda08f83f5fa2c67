"""Turns the new items of one poll into matches, stories, alerts and planned cards. Decides only; the caller records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import ItemMatch
from bot.domain.deliveries import PlannedCard
from bot.domain.feeds import Feed
from bot.domain.items import Item
from bot.domain.policy import UNWATCHED, Verdict, judge
from bot.domain.polls import PlannedAlert
from bot.domain.routing import Watchers, plan_cards
from bot.domain.stories import WINDOW, Story, find_story, join_story, telling_words
from bot.matching.records import Match
from bot.matching.tokens import folded_words
from bot.services.catalog import Catalog
from bot.services.documents import document_for


class StoryFinder(Protocol):
    """The part of the store that knows earlier stories."""

    async def find_stories(self, words: frozenset[str], since: datetime) -> list[Story]:
        """Stories reported since then that share headline words with `words`."""
        ...


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """What follows from the new items of one poll."""

    matches: tuple[ItemMatch, ...] = ()
    stories: tuple[Story, ...] = ()
    alerts: tuple[PlannedAlert, ...] = ()
    cards: tuple[PlannedCard, ...] = ()


class AlertPlanner:
    """Plans the polls of one batch in turn; later ones see the stories that earlier ones began."""

    def __init__(self, store: StoryFinder, catalog: Catalog, watchers: Watchers) -> None:
        self._store = store
        # Taken once: an edit that comes into use while a batch is planned is for the next one.
        self._matcher = catalog.matcher
        self._watchlists = {watchlist.id: watchlist for watchlist in catalog.watchlists}
        self._watchers = watchers
        self._stories: dict[str, Story] = {}
        self._stories_by_word: dict[str, set[str]] = {}

    async def plan(self, feed: Feed, items: Sequence[Item]) -> AlertPlan:
        """The plan for the new items of a poll of `feed`, in the order given."""
        matches: list[ItemMatch] = []
        stories: dict[str, Story] = {}
        alerts: list[PlannedAlert] = []
        cards: list[PlannedCard] = []
        for item in items:
            found = self._matcher.match(document_for(item, feed))
            if not found:
                continue
            story = await self._story_for(item)
            stories[story.key] = story
            verdicts = [judge(match, self._watchlists[match.watchlist], item) for match in found]
            pairs = list(zip(found, verdicts, strict=True))
            matches += [
                ItemMatch(item.key, story.key, match, self._outcome(match, verdict)) for match, verdict in pairs
            ]
            sending = [match for match, verdict in pairs if verdict.sends]
            if sending:
                alerts.append(PlannedAlert(story.key, max(match.priority for match in sending)))
                cards += plan_cards(story.key, sending, item, self._watchers, grade=feed.grade)
        return AlertPlan(tuple(matches), tuple(stories.values()), tuple(alerts), tuple(cards))

    def _outcome(self, match: Match, verdict: Verdict) -> str:
        if verdict.sends and not self._watchers.hear(match):
            return UNWATCHED
        return verdict.outcome

    async def _story_for(self, item: Item) -> Story:
        words = telling_words(folded_words(item.title))
        known = await self._store.find_stories(words, item.first_seen - WINDOW)
        candidates = {story.key: story for story in known} | self._begun_with(words)
        found = find_story(words, tuple(candidates.values()), now=item.first_seen)
        if found is None:
            story = Story(item.key, item.title, words, item.first_seen, item.first_seen)
        else:
            story = join_story(found, now=item.first_seen)
        self._remember(story)
        return story

    def _begun_with(self, words: frozenset[str]) -> dict[str, Story]:
        keys = set().union(*(self._stories_by_word.get(word, ()) for word in words))
        return {key: self._stories[key] for key in keys}

    def _remember(self, story: Story) -> None:
        self._stories[story.key] = story
        for word in story.words:
            self._stories_by_word.setdefault(word, set()).add(story.key)
