"""The methods of the SQL stores for stories."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.corrections import Correction, Split
from bot.domain.fingerprints import Fingerprint
from bot.domain.stories import Related, Story
from bot.ports.alert_store import StoryStore
from storage.sql import Database
from storage.sql.corrections import find_story_alert, record_merge, record_split, undo_merge
from storage.sql.filed_reports import find_related
from storage.sql.store_base import StoreBase
from storage.sql.term_counts import KnownCounts


class StoryMethods(StoreBase, StoryStore):
    """Stories, and the reports by which later ones are recognised."""

    def __init__(self, database: Database, archive: Database) -> None:
        super().__init__(database, archive)
        self._counts = KnownCounts()

    async def find_related(self, fingerprints: Sequence[Fingerprint], since: datetime) -> list[Related]:
        return await self._database.read(find_related, self._counts, fingerprints, since)

    async def find_story_alert(self, story_id: int, destination_key: str) -> str | None:
        return await self._database.read(find_story_alert, story_id, destination_key)

    async def record_merge(self, kept_alert: str, other_alert: str, by: Correction) -> Story:
        return await self._database.write(record_merge, kept_alert, other_alert, by)

    async def undo_merge(self, alert_id: str, by: Correction) -> Story | None:
        return await self._database.write(undo_merge, alert_id, by)

    async def record_split(self, split: Split, by: Correction) -> Story:
        return await self._database.write(record_split, split, by)
