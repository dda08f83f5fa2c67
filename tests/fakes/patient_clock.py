"""A clock for tasks that use a real store: it stands still while a thread of the store works."""

import asyncio
from typing import Any

from bot.errors import StoreError
from bot.ports.store import Store
from tests.fakes.clock import FakeClock

_TURNS = 30  # of the loop, after which nobody does anything before the clock moves on


class CountedStore:
    """Passes every call on to a store and knows how many are `under_way`. While there is a `refusal`, all fail."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.under_way = 0
        self.refusal: StoreError | None = None

    def __getattr__(self, name: str) -> Any:  # whatever the store has
        found = getattr(self._store, name)

        async def called(*args: Any, **kwargs: Any) -> Any:  # whatever the store takes
            self.under_way += 1
            try:
                if self.refusal:
                    raise self.refusal
                return await found(*args, **kwargs)
            finally:
                self.under_way -= 1

        return called


class PatientClock(FakeClock):
    """A clock that stands still while the store works, so that its threads take no time on it."""

    def __init__(self, store: CountedStore) -> None:
        super().__init__()
        self._store = store

    async def _settle(self) -> None:
        quiet = 0
        while quiet < _TURNS:
            await asyncio.sleep(0.0001 if self._store.under_way else 0)
            quiet = 0 if self._store.under_way else quiet + 1
