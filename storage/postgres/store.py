"""The PostgreSQL store: what it does otherwise than SQLite's. The rest is the same units of work."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.domain.chats import Platform
from bot.domain.deliveries import Delivery, Receipt
from bot.domain.lanes import WHOLE, Lane
from bot.domain.polls import PollRecord, RecordedPolls
from storage.postgres import words
from storage.postgres.claims import claim_deliveries
from storage.postgres.connection import DatabasePool
from storage.postgres.copying import Copied, copy_from_sqlite, copy_to_sqlite
from storage.postgres.fleet import PostgresFleet
from storage.postgres.link import Link
from storage.postgres.migrations import apply_migrations
from storage.postgres.seen import find_seen
from storage.postgres.shelves import drop_empty_shelves, make_shelves, newest_number
from storage.sql import Connection
from storage.sql.deliveries import next_delivery_at, record_sent
from storage.sql.polls import record_polls
from storage.sql.store import SqlStore


class PostgresStore(SqlStore):
    """Everything that is kept, in one PostgreSQL database that several processes may share.

    It claims the deliveries of one `lane` of each platform.
    """

    _words = words

    def __init__(self, pool: DatabasePool, lane: Lane = WHOLE) -> None:
        super().__init__(pool.database, pool.archive)
        self._pool = pool
        self._lane = lane

    def in_lane(self, lane: Lane) -> "PostgresStore":
        """The same store, over the same connections, for the deliveries of a lane."""
        store = PostgresStore(self._pool, lane)
        store._epoch = self._epoch  # our own class
        return store

    def open_fleet(self) -> PostgresFleet:
        """What this process knows of the others on the database, before it joins them."""
        return PostgresFleet(self._pool)

    async def migrate(self) -> list[str]:
        return await self._pool.database.call(_migrate, self._pool.place)

    async def close(self) -> None:
        await self._pool.close()

    async def backup(self, target: Path) -> None:
        await self._pool.archive.read(copy_to_sqlite, target)

    async def copy_from(self, path: Path) -> Copied:
        """Copies everything from a SQLite file; how many rows, by table. Raises StoreError."""
        return await self._pool.database.write(copy_from_sqlite, path)

    async def keep_backup(self, folder: Path, now: datetime) -> Path | None:  # noqa: ARG002  # as every store has it
        return None  # whoever runs a PostgreSQL server makes its backups

    async def vacuum(self) -> None:
        await self._database.call(drop_empty_shelves)

    async def record_polls(self, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
        write = self._pool.database.write if any(map(_adds, batch)) else self._pool.database.write_beside
        return await write(_record_polls, batch, now)

    async def record_sent(self, delivery_id: int, receipt: Receipt, now: datetime) -> None:
        await self._pool.database.write_beside(self._guard(record_sent), delivery_id, receipt, now)

    async def next_delivery_at(self, platform: Platform, busy: frozenset[str] = frozenset()) -> datetime | None:
        return await self._database.read(next_delivery_at, platform, busy, self._lane)

    async def _claim(
        self, platform: Platform, now: datetime, limit: int, *, lease: timedelta, busy: frozenset[str]
    ) -> list[Delivery]:
        claim = partial(claim_deliveries, lane=self._lane, process=self._pool.process)
        return await self._pool.database.write_beside(self._guard(claim), platform, now, limit, lease=lease, busy=busy)

    async def find_seen(self, asked: Mapping[str, Collection[str]]) -> dict[str, dict[str, datetime]]:
        return await self._database.read(find_seen, asked)


def _adds(poll: PollRecord) -> bool:
    """Whether a poll adds rows whose numbers have an order that somebody goes by."""
    return bool(poll.items or poll.messages or poll.updates)


def _migrate(connection: Link, place: str) -> list[str]:
    applied = apply_migrations(connection, place)
    make_shelves(connection, newest_number(connection))
    return applied


def _record_polls(connection: Connection, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
    make_shelves(connection, newest_number(connection))
    return record_polls(connection, batch, now)


async def open_postgres_store(url: str, *, connections: int) -> PostgresStore:
    """The store behind a `postgresql://` address, with at most so many connections. Raises StoreError."""
    pool = DatabasePool(url, size=connections)
    await pool.open()
    return PostgresStore(pool)
