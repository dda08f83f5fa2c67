"""Several processes on one PostgreSQL. Promises: `bot.ports.fleet.Fleet`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg

from bot.domain.chats import Destination, Platform
from bot.domain.feeds import FeedStatus
from bot.ports.fleet import Fleet, News
from storage.postgres import processes
from storage.postgres.connection import LINK, DatabasePool, name_database
from storage.postgres.failures import build_store_error

_CHANNEL = "tocsin"
_PLANNING = 0x746F6373_00000003
_AGAIN_SECONDS = 0.5


class PostgresFleet(Fleet):
    """This process among the others on the database of `pool`.

    Two connections besides the pool's: one listens and shows by its lock that the process lives, the other holds the
    lock of planning. Neither may go through a pooler in transaction mode.
    """

    def __init__(self, pool: DatabasePool) -> None:
        self._pool = pool
        self._process = 0
        self._life: psycopg.AsyncConnection[Any] | None = None
        self._planning: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def join(self, name: str) -> None:
        self._process = await self._pool.database.write_beside(processes.join, name)
        self._life = await self._connect()
        self._pool.fence = partial(processes.refuse_dead, process=self._process)
        self._pool.process = self._process

    async def leave(self, now: datetime) -> None:
        self._pool.fence, self._pool.process = None, None
        await self._pool.database.write_beside(processes.leave, self._process, now)
        for connection in (self._life, self._planning):
            if connection is not None:
                await connection.close()

    async def beat(self) -> None:
        await self._pool.database.write_beside(processes.beat, self._process)

    async def bury_dead(self, now: datetime) -> int:
        return await self._pool.database.write_beside(processes.bury_dead, self._process, now)

    async def measure_clock(self, now: datetime) -> timedelta:
        return await self._pool.database.read(processes.measure_clock, now)

    async def list_processes(self) -> list[str]:
        return await self._pool.database.read(processes.list_processes)

    async def list_failed_jobs(self) -> dict[str, int]:
        return await self._pool.database.read(processes.list_failed_jobs)

    async def take(self, name: str) -> bool:
        return await self._pool.database.write_beside(processes.take, name, self._process)

    async def give_back(self, name: str) -> None:
        await self._pool.database.write_beside(processes.give_back, name, self._process)

    async def list_due_shards(self, now: datetime) -> list[int]:
        return await self._pool.database.read(processes.list_due_shards, now)

    async def list_due_feeds(self, shard: int, now: datetime, limit: int) -> list[FeedStatus]:
        return await self._pool.database.read(processes.list_due_feeds_of, shard, now, limit)

    async def list_recent_sends(
        self, platform: Platform, since: datetime, now: datetime
    ) -> list[tuple[Destination, datetime]]:
        return await self._pool.database.read(processes.list_recent_sends, platform, since, now)

    @asynccontextmanager
    async def plan_alone(self) -> AsyncIterator[None]:
        async with self._turn:
            try:
                if self._planning is None or self._planning.closed:
                    self._planning = await self._connect(lock=False)
                await self._planning.execute("SELECT pg_advisory_lock(%s)", (_PLANNING,))
            except psycopg.Error as error:
                raise self._explain(error) from error
            except asyncio.CancelledError:
                await self._drop_planning()  # it may have the lock by now
                raise
            try:
                yield
            finally:
                await asyncio.shield(self._end_planning())

    async def listen(self) -> AsyncIterator[Sequence[News]]:
        while True:
            try:
                if self._life is None or self._life.closed:
                    self._life = await self._connect()
                await self._life.execute(f"LISTEN {_CHANNEL}".encode())
                yield tuple(News)
                async for notice in self._life.notifies():
                    with suppress(ValueError):  # of a newer version
                        yield (News(notice.payload),)
            except psycopg.OperationalError:
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _end_planning(self) -> None:
        try:
            assert self._planning is not None
            await self._planning.execute("SELECT pg_advisory_unlock(%s)", (_PLANNING,))
        except psycopg.Error:
            await self._drop_planning()

    async def _drop_planning(self) -> None:
        if self._planning is not None:
            await self._planning.close()
        self._planning = None

    async def _connect(self, *, lock: bool = True) -> "psycopg.AsyncConnection[Any]":
        options = LINK | {"application_name": processes.name_connections(self._process)}
        try:
            connection = await psycopg.AsyncConnection.connect(self._pool.url, autocommit=True, **options)
            if lock:
                await connection.execute("SELECT pg_advisory_lock(%s, %s)", (processes.LIFE, self._process))
        except psycopg.Error as error:
            raise self._explain(error) from error
        return connection

    def _explain(self, error: psycopg.Error) -> Exception:
        return build_store_error(error, name_database(self._pool.url))
