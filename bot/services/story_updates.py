"""Plans the updates that later reports of stories bring under cards that stand in chats. Decides only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import Report
from bot.domain.policy import ringing
from bot.domain.routing import Watchers
from bot.domain.stories import Story
from bot.domain.updates import REMEMBERED, PlannedUpdate, ShownStory, count_origins, plan_updates
from bot.matching.records import Match


class ShownStories(Protocol):
    """The part of the store that knows which stories rang, and which of their cards stand in chats."""

    async def list_shown(self, story_ids: Sequence[int], since: datetime) -> dict[int, ShownStory]:
        """Those of the stories that rang, with their cards that stand in chats and updates under them since then."""
        ...


class StoryUpdates:
    """Plans for the polls of one batch in turn; later reports see what earlier ones changed."""

    def __init__(self, store: ShownStories, watchers: Watchers, sending: frozenset[str]) -> None:
        self._store = store
        self._watchers = watchers
        self._sending = sending
        self._shown: dict[int, ShownStory | None] = {}
        self._begun: dict[str, list[Report]] = defaultdict(list)  # by the keys of stories that did not ring before

    async def load(self, stories: Iterable[Story], now: datetime) -> None:
        """Looks up what stands in chats of these stories. Raises StoreError."""
        wanted = sorted({story.id for story in stories if story.id is not None and story.id not in self._shown})
        if wanted:
            found = await self._store.list_shown(wanted, now - REMEMBERED)
            self._shown |= {story_id: found.get(story_id) for story_id in wanted}

    def count_origins(self, story: Story, report: Report) -> int:
        """How many origins a story that was looked up has with this report."""
        shown = self._find(story)
        return count_origins(shown.view.reports if shown else self._begun[story.key], report)

    def earlier_rings(self, story: Story) -> tuple[Match, ...]:
        """What a story that was looked up rang on before."""
        shown = self._find(story)
        reports = shown.view.reports if shown else self._begun[story.key]
        return ringing([match for report in reports for match in report.matches], self._sending)

    def plan(self, story: Story, report: Report) -> tuple[PlannedUpdate, ...]:
        """The updates that follow from a report of a story that was looked up; none of a story that is new."""
        shown = self._find(story)
        if story.id is None or shown is None:
            self._begun[story.key].append(report)
            return ()
        planned = plan_updates(shown, report, self._watchers, self._sending)
        self._shown[story.id] = shown.grow(report, planned)
        return planned

    def _find(self, story: Story) -> ShownStory | None:
        return self._shown.get(story.id) if story.id is not None else None
