"""What is kept of stories and alerts, and looking back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import AlertView, Feedback, Report
from bot.domain.corrections import Correction, Split
from bot.domain.fingerprints import Fingerprint
from bot.domain.polls import Totals
from bot.domain.stories import Related, Story
from bot.domain.updates import ShownStory


class StoryStore(Protocol):
    """Stories, and the reports by which later ones are recognised."""

    async def find_related(self, fingerprints: Sequence[Fingerprint], since: datetime) -> list[Related]:
        """For each text the reports filed since then that share its rare terms, at most 8, and how rare they are."""
        ...

    async def list_shown(self, story_ids: Sequence[int], since: datetime) -> dict[int, ShownStory]:
        """Those of the stories that rang, with the cards sent or being sent and the updates put under them since then.

        A chat in which two cards of a story stand has its updates under the first.
        """
        ...

    async def find_story_alert(self, story_id: int, destination_key: str) -> str | None:
        """The first alert of a story that was shown at a destination; for a merged story, of the one it is part of."""
        ...

    async def record_merge(self, kept_alert: str, other_alert: str, by: Correction) -> Story:
        """Moves the reports and alerts of the second alert's story to that of the first; the story kept.

        A destination that has a card of the kept story is not sent another. Raises NotFound.
        """
        ...

    async def undo_merge(self, alert_id: str, by: Correction) -> Story | None:
        """Gives an alert that was merged its own story back; None if it never was. Raises NotFound."""
        ...

    async def record_split(self, split: Split, by: Correction) -> Story:
        """Moves items of a story to a new one, with its alerts and cards; the new story. Raises NotFound."""
        ...


class AlertStore(Protocol):
    """Alerts, and what people say of them."""

    async def find_alert(self, alert_id: str, destination_key: str) -> AlertView | None:
        """An alert as shown at a destination; None if it was never sent there."""
        ...

    async def find_alert_by_message(self, destination_key: str, message: str) -> str | None:
        """The id of the alert whose card is this message."""
        ...

    async def get_alert(self, alert_id: str, destination_key: str = "") -> AlertView:
        """An alert, wherever it was sent; with a destination, without the lists that other chats made for themselves.

        Raises NotFound.
        """
        ...

    async def list_alerts(self, destination_key: str, since: datetime, limit: int) -> list[AlertView]:
        """Alerts sent or being sent to a destination, newest first."""
        ...

    async def count_story_alerts(self, destination_key: str, since: datetime) -> dict[str, int]:
        """Stories per watchlist that rang at a destination since then."""
        ...

    async def record_feedback(self, feedback: Feedback) -> None:
        """A person's verdict on an alert; a later one of the same person replaces it."""
        ...

    async def count_feedback(self, watchlist: str) -> tuple[int, int]:
        """(useful, rated) alerts that rang on a list; useful are those that at least half of their raters found so."""
        ...


class ArchiveStore(Protocol):
    """Looking back."""

    async def search_items(self, terms: Sequence[str], limit: int, offset: int = 0) -> list[Report]:
        """Items that hold every term, newest first, without matches.

        A term is a folded word, a phrase of folded words, or a folded prefix ending in `*`.
        """
        ...

    async def count_matching_items(self, terms: Sequence[str]) -> int:
        """How many items `search_items` would find."""
        ...

    async def count_totals(self) -> Totals:
        """How much the archive holds."""
        ...

    async def count_items_since(self, since: datetime) -> int:
        """Items first seen since then."""
        ...
