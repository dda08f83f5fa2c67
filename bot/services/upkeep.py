"""Housekeeping: a backup a day, settled messages forgotten after a week, freed space given back."""

from datetime import timedelta
from pathlib import Path

import structlog

from bot.errors import StoreDamaged, StoreError, Superseded
from bot.ports.clock import Clock
from bot.ports.store import UpkeepStore

# Telegram repeats an unconfirmed update for a day and Slack an event for minutes; a week lets people look back.
_FORGET_AFTER = timedelta(days=7)
_EVERY_SECONDS = 3600.0
# Not in the first minutes, when everything else begins.
_FIRST_SECONDS = 120.0

log = structlog.get_logger(__name__)


class Upkeep:
    """Keeps the database small and copied. `backups` is the folder of the copies."""

    def __init__(self, store: UpkeepStore, clock: Clock, backups: Path) -> None:
        self._store = store
        self._clock = clock
        self._backups = backups

    async def run(self) -> None:
        """Works every hour until cancelled."""
        await self._clock.sleep(_FIRST_SECONDS)
        while True:
            try:
                await self.tidy()
            except (StoreDamaged, Superseded):
                raise
            except StoreError as error:
                log.warning("upkeep_failed", reason=str(error))
            await self._clock.sleep(_EVERY_SECONDS)

    async def tidy(self) -> None:
        """Everything once. Raises StoreError; what was done before stays done."""
        now = self._clock.now()
        backup = await self._store.keep_backup(self._backups, now)
        if backup:
            log.info("backup_made", file=str(backup))
        forgotten = await self._store.forget_settled(now - _FORGET_AFTER)
        if forgotten:
            log.info("settled_forgotten", rows=forgotten)
        await self._store.vacuum()
