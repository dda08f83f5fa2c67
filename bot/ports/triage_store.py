"""What is kept of what people do with alerts: who has a story in hand, notes, saved alerts, verdicts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.fixes import Fix, FixState
from bot.domain.precision import RatedAlert
from bot.domain.reminders import UnansweredCard
from bot.domain.triage import Acknowledgement, Credibility, Note, Response, Saved


class TriageStore(Protocol):
    """The state of a story is one for all chats: it is asked for and changed by any of its alerts.

    Whatever changes how cards look has every card of the story renewed, in the same transaction.
    """

    async def record_acknowledgement(self, acknowledgement: Acknowledgement) -> Acknowledgement:
        """Takes a story in hand; the acknowledgement that holds, which is the first one's. Raises NotFound."""
        ...

    async def end_acknowledgement(self, alert_id: str, now: datetime) -> Acknowledgement | None:
        """Gives a story back; what held until then, None if nobody had it. Raises NotFound."""
        ...

    async def record_note(self, note: Note) -> Note:
        """Keeps a note; the note with its id. Raises NotFound, and Conflict for a story with very many notes."""
        ...

    async def record_credibility(self, credibility: Credibility) -> None:
        """Says how likely a story is, in the place of what was said before. Raises NotFound."""
        ...

    async def list_unanswered(self, destination_key: str, since: datetime, before: datetime) -> list[UnansweredCard]:
        """Critical cards sent between the two that stand at a destination, of stories that nobody has, oldest first.

        Those are left out of which the outbox holds a reminder.
        """
        ...

    async def list_responses(self, since: datetime) -> list[Response]:
        """How fast stories that rang since then were taken in hand, oldest alert first."""
        ...


class SavedStore(Protocol):
    """What people saved, each for themselves."""

    async def save_alert(self, saved: Saved) -> bool:
        """Keeps an alert for a person; False if it was saved before.

        Raises NotFound, and Conflict for a person who has saved very many.
        """
        ...

    async def list_saved(self, person: str) -> list[Saved]:
        """What a person saved, newest first."""
        ...

    async def remove_saved(self, person: str, alert_id: str) -> bool:
        """Lets go of a saved alert; False if it was not saved."""
        ...


class VerdictStore(Protocol):
    """Verdicts on alerts, for the precision of lists."""

    async def remove_feedback(self, alert_id: str, person: str) -> bool:
        """Takes a person's verdict on an alert back; False if there was none."""
        ...

    async def list_rated(self, since: datetime, watchlist: str = "", limit: int = 1_000) -> list[RatedAlert]:
        """Alerts that were rated since then with all their verdicts, newest first; those that rang on one list."""
        ...

    async def list_unrated(self, destination_key: str, since: datetime) -> Sequence[str]:
        """Ids of the alerts sent to a destination since then that nobody rated and that it was not asked about."""
        ...

    async def record_question(self, destination_key: str, alert_id: str, at: datetime) -> None:
        """Remembers that a destination was asked about an alert that nobody chose to rate."""
        ...

    async def was_asked(self, destination_key: str, alert_id: str) -> bool:
        """Whether a destination was asked about an alert."""
        ...


class FixStore(Protocol):
    """Changes of watchlists that were proposed in chats because of what people said of alerts."""

    async def record_fix(self, fix: Fix) -> Fix:
        """Keeps a proposed fix, or renews the figures of the same one that is open; the fix with its id."""
        ...

    async def get_fix(self, fix_id: int, destination_key: str) -> Fix:
        """A fix of a chat. Raises NotFound."""
        ...

    async def list_fixes(self, destination_key: str, watchlist: str = "") -> list[Fix]:
        """What was proposed in a chat, oldest first: about one list, or about all."""
        ...

    async def settle_fix(self, fix_id: int, state: FixState, version: int, now: datetime) -> None:
        """Says what became of a fix, and which version of the list it made."""
        ...
