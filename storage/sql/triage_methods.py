"""The methods of the SQLite store for what people do with alerts."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.chats import Destination, Person
from bot.domain.fixes import Fix, FixState
from bot.domain.precision import RatedAlert
from bot.domain.reminders import UnansweredCard
from bot.domain.triage import Acknowledgement, Credibility, Note, Response, Saved
from bot.ports.forgetting_store import ForgettingStore
from bot.ports.triage_store import FixStore, SavedStore, TriageStore, VerdictStore
from storage.sql.fixes import get_fix, list_fixes, record_fix, settle_fix
from storage.sql.forgetting import forget
from storage.sql.store_base import StoreBase
from storage.sql.triage import (
    end_acknowledgement,
    list_responses,
    list_saved,
    list_unanswered,
    record_acknowledgement,
    record_credibility,
    record_note,
    remove_saved,
    save_alert,
)
from storage.sql.verdicts import list_rated, list_unrated, record_question, remove_feedback, was_asked


class TriageMethods(StoreBase, TriageStore, SavedStore, VerdictStore, FixStore, ForgettingStore):
    """Acknowledgements, notes, credibility, saved alerts, verdicts, fixes; and letting go of all of it."""

    async def record_acknowledgement(self, acknowledgement: Acknowledgement) -> Acknowledgement:
        return await self._database.write(record_acknowledgement, acknowledgement)

    async def end_acknowledgement(self, alert_id: str, now: datetime) -> Acknowledgement | None:
        return await self._database.write(end_acknowledgement, alert_id, now)

    async def record_note(self, note: Note) -> Note:
        return await self._database.write(record_note, note)

    async def record_credibility(self, credibility: Credibility) -> None:
        await self._database.write(record_credibility, credibility)

    async def list_unanswered(self, destination_key: str, since: datetime, before: datetime) -> list[UnansweredCard]:
        return await self._database.read(list_unanswered, destination_key, since, before)

    async def list_responses(self, since: datetime) -> list[Response]:
        return await self._archive.read(list_responses, since)

    async def save_alert(self, saved: Saved) -> bool:
        return await self._database.write(save_alert, saved)

    async def list_saved(self, person: str) -> list[Saved]:
        return await self._database.read(list_saved, person)

    async def remove_saved(self, person: str, alert_id: str) -> bool:
        return await self._database.write(remove_saved, person, alert_id)

    async def remove_feedback(self, alert_id: str, person: str) -> bool:
        return await self._database.write(remove_feedback, alert_id, person)

    async def list_rated(self, since: datetime, watchlist: str = "", limit: int = 1_000) -> list[RatedAlert]:
        return await self._archive.read(list_rated, since, watchlist, limit)

    async def list_unrated(self, destination_key: str, since: datetime) -> Sequence[str]:
        return await self._archive.read(list_unrated, destination_key, since)

    async def record_question(self, destination_key: str, alert_id: str, at: datetime) -> None:
        await self._database.write(record_question, destination_key, alert_id, at)

    async def was_asked(self, destination_key: str, alert_id: str) -> bool:
        return await self._database.read(was_asked, destination_key, alert_id)

    async def record_fix(self, fix: Fix) -> Fix:
        return await self._database.write(record_fix, fix)

    async def get_fix(self, fix_id: int, destination_key: str) -> Fix:
        return await self._database.read(get_fix, fix_id, destination_key)

    async def list_fixes(self, destination_key: str, watchlist: str = "") -> list[Fix]:
        return await self._database.read(list_fixes, destination_key, watchlist)

    async def settle_fix(self, fix_id: int, state: FixState, version: int, now: datetime) -> None:
        await self._database.write(settle_fix, fix_id, state, version, now)

    async def forget(self, person: Person, chat: Destination | None, now: datetime) -> None:
        await self._database.write(forget, person, chat, now)
