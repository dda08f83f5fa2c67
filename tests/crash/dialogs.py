"""Conversations of several steps, in which the process dies after any of its writes and another goes on.

Every step (a command, a press, an answer) is an update in the inbox. A store that is told to die does so right after
one of its writes is committed; what the process had in memory is gone, and a new one handles what is in the inbox.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from bot.domain.chats import InboundUpdate, Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.domain.messages import Message, plain_text
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.list_loading import load_chat_lists
from bot.sources.watchlist_files import load_watchlists
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from storage.sqlite.sqlite_store import SqliteStore
from tests.fakes.chat_app import FakeChatApp
from tests.fakes.clock import START, FakeClock
from tests.fakes.feeds import FakePublishers
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import Desk

# Counters, the updates, which say when they were handled, and the messages, which are compared as people read them. A
# draft that was begun twice is there twice, under the next number; the first leads nowhere and is let go in time.
_VOLATILE = {"sqlite_sequence", "inbox", "deliveries", "drafts", "feed_drafts", "_sqlite_migrations"}

_FIRST_MOMENT = 10**15  # microseconds since 1970, as the store writes them: in 2001
_WRITTEN_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z")
_REST_SECONDS = 90.0  # between a death and the next life

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
# What a person does, given what the bot showed last.
Step = Callable[[FakeChatApp, Message | None], InboundUpdate]


class Killed(BaseException):
    """The end of a process; nothing in it may catch this."""


class MortalStore:
    """Passes every call on. Counts those that write, and dies right after the `fatal` one."""

    def __init__(self, store: SqliteStore, fatal: int = 0) -> None:
        self._store = store
        self._fatal = fatal
        self.writes = 0
        self.is_dead = False

    def __getattr__(self, name: str) -> Any:  # whatever the store has
        found = getattr(self._store, name)

        async def called(*args: Any, **kwargs: Any) -> Any:  # whatever the store takes
            before = await self._changes()
            result = await found(*args, **kwargs)
            if await self._changes() != before:
                self.writes += 1
                if self.writes == self._fatal:
                    self.is_dead = True
                    raise Killed
            return result

        return called

    async def _changes(self) -> int:
        return await self._store._thread.call(lambda connection: connection.total_changes)


@dataclass(slots=True)
class Ended:
    """How a conversation ended: all rows of the database, all that was sent, and how many writes and deaths it took."""

    rows: Rows = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    writes: int = 0
    deaths: int = 0


class Talk:
    """One conversation on the database at `path`, over as many lives of the process as it takes."""

    def __init__(self, path: Path, folder: Path, publishers: FakePublishers) -> None:
        self._path = path
        self._folder = folder
        self._publishers = publishers
        self._app = FakeChatApp(FakeClock())
        self._app.edits_in_place = True

    async def go_through(self, steps: Sequence[Step], fatal: int = 0) -> Ended:
        """Takes all steps, and dies after write number `fatal` of them all, if one is given."""
        store = await open_store(f"sqlite:///{self._path}")
        assert isinstance(store, SqliteStore)
        ended = Ended()
        mortal = MortalStore(store, fatal)
        desk = await self._begin(mortal)
        shown: Message | None = None
        for step in steps:
            update = step(self._app, shown)
            with suppress(Killed):
                await desk.inbox.store_update(update)
                await handle_pending(desk.inbox, self._app)
            if mortal.is_dead:
                ended.deaths += 1
                ended.writes += mortal.writes
                mortal = MortalStore(store)
                desk = await self._begin(mortal)
                await desk.clock.advance(_REST_SECONDS)
                await handle_pending(desk.inbox, self._app)
            in_place, self._app.in_place = self._app.in_place, []
            sent = await _take(store)
            ended.said += [plain_text(message) for message in sent]
            shown = [*([shown] if shown else []), *sent, *in_place][-1]
        ended.writes += mortal.writes
        await store.close()
        ended.rows = _read_rows(self._path)
        return ended

    async def _begin(self, store: MortalStore) -> Desk:
        """A process that has just started."""
        texts, catalog = FolderTexts(self._folder), Catalog(load_watchlists(self._folder))
        # Publishers are read and parsed by the same fake.
        desk = Desk(
            cast("Store", store), catalog=catalog, texts=texts, fetcher=self._publishers, parser=self._publishers
        )
        desk.app = self._app
        await load_chat_lists(desk.store, catalog, texts)
        return desk


async def _take(store: Store) -> list[Message]:
    taken, now = [], START + timedelta(seconds=_REST_SECONDS)
    while claimed := await store.claim_deliveries(Platform.TELEGRAM, now, 10, LEASE, frozenset()):
        for delivery in claimed:
            await store.record_sent(delivery.id, Receipt(f"m{delivery.id}"), now)
            taken += [delivery.message] if delivery.message else []
    return taken


def _read_rows(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
        names = sorted({name for (name,) in tables} - _VOLATILE)
        return {name: sorted(map(_timeless, connection.execute(f"SELECT * FROM {name}")), key=repr) for name in names}


def _timeless(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row without moments: those after a death are later."""
    moved = ("a moment" if isinstance(value, int) and value > _FIRST_MOMENT else value for value in row)
    return tuple(_WRITTEN_MOMENT.sub("a moment", value) if isinstance(value, str) else value for value in moved)
