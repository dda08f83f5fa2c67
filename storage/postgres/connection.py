"""A pool of connections. A unit of work is a plain function that gets one of them, on a thread of its own.

The units are the same as SQLite's, which is why they are plain functions and not coroutines; psycopg waits in as many
threads as there are connections, and the event loop never. A unit of work runs whole or not at all, even when the
task that waits for it is cancelled: cancelling cannot reach into the thread.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

import psycopg
from psycopg import ClientCursor, errors
from psycopg.types.numeric import IntLoader
from psycopg_pool import ConnectionPool

from bot.errors import StoreError
from storage.postgres.failures import build_store_error
from storage.postgres.link import Link, build_rows
from storage.postgres.migrations import check_schema

FIRST_PATIENCE_SECONDS = 10.0  # until the server has answered once
_PATIENCE_SECONDS = 10.0  # for a free connection
_ATTEMPTS = 5  # at a unit of work that lost a race against another process
# One lock for whoever adds to the database, so that numbers are given in the order in which they are committed: who
# reads on after the highest number it saw misses nothing. The number is no other program's by chance.
_WRITERS = 0x746F6373_00000001
# Each goes to the server in one piece: where processors are short, every further answer is waited for.
_VIEW = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN = b"BEGIN"
_BEGIN_ALONE = f"BEGIN; SELECT pg_advisory_xact_lock({_WRITERS})".encode()
# A machine that vanished without a word is noticed within a minute.
# https://www.postgresql.org/docs/current/libpq-connect.html
LINK: dict[str, Any] = {
    "application_name": "tocsin",
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_LinkWork = Callable[Concatenate["Link", _Given], _Result]


class DatabasePool:
    """The connections of this process to one database, `size` at most.

    Looking back goes through `archive`, which has one connection to itself, so that a search which takes its time
    holds up no delivery.
    """

    def __init__(self, url: str, *, size: int) -> None:
        self.url = url
        self._pool = ConnectionPool(
            url,
            min_size=1,
            max_size=size,
            open=False,
            timeout=_PATIENCE_SECONDS,
            kwargs={**LINK, "autocommit": True, "cursor_factory": ClientCursor, "row_factory": build_rows},
            configure=_configure,
            name="tocsin",
        )
        self._schema_checked = False
        self._closed = False
        # Runs first in every transaction that writes, and raises where this process may not.
        self.fence: Callable[[Link], None] | None = None
        self.process: int | None = None  # its number among those that share the database
        self.archive = DatabaseThreads(self, threads=1)
        self.database = DatabaseThreads(self, threads=max(1, size - 1))

    @property
    def place(self) -> str:
        """How the database is called in messages."""
        return name_database(self.url)

    async def open(self) -> None:
        """Connects. Raises StoreError."""
        try:
            await asyncio.to_thread(self._pool.open, wait=True, timeout=FIRST_PATIENCE_SECONDS)
        except psycopg.Error as error:
            await self.close()
            raise self._explain(error) from error

    async def close(self) -> None:
        """Ends the connections after the work that is under way; closing twice does no harm."""
        if not self._closed:
            self._closed = True
            await self.archive.end()
            await self.database.end()
            await asyncio.to_thread(self._pool.close)

    def transact(self, work: Callable[["Link"], _Result], begin: bytes, *, checked: bool = True) -> _Result:
        """Runs `work` as one transaction, on this thread; again if it lost a race. Raises StoreError."""
        if self._closed:
            raise StoreError(f"The database {self.place} is closed.", "Open it again.")
        attempt = 1
        while True:
            try:
                with self._pool.connection() as connection:
                    return self._run(connection, work, begin, checked=checked)
            except (errors.SerializationFailure, errors.DeadlockDetected) as error:
                if attempt == _ATTEMPTS:
                    raise self._explain(error) from error
                attempt += 1
            except psycopg.Error as error:
                raise self._explain(error) from error

    def _run(
        self,
        connection: "psycopg.Connection[Any]",
        work: Callable[["Link"], _Result],
        begin: bytes,
        *,
        checked: bool,
    ) -> _Result:
        link = Link(connection)
        try:
            connection.execute(begin)
            if self.fence is not None and begin is not _VIEW:
                self.fence(link)
            if checked and not self._schema_checked:
                check_schema(link, self.place)
                self._schema_checked = True
            result = work(link)
            connection.execute("COMMIT")
        except BaseException:
            if not connection.broken:
                connection.execute("ROLLBACK")
            raise
        return result

    def _explain(self, error: psycopg.Error) -> StoreError:
        return build_store_error(error, self.place)


def name_database(url: str) -> str:
    """How the database behind an address is called in messages: without credentials."""
    parts = urlsplit(url)
    return f"{parts.path.lstrip('/') or 'of PostgreSQL'}{f' at {parts.hostname}' if parts.hostname else ''}"


class DatabaseThreads:
    """Some threads that work on the connections of a pool."""

    def __init__(self, pool: DatabasePool, *, threads: int) -> None:
        self._pool = pool
        self._executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="store")

    @property
    def place(self) -> str:
        """How the database is called in messages."""
        return self._pool.place

    async def read(self, work: "_LinkWork[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` on one unchanging view of the database."""
        return await self._start(lambda: self._pool.transact(lambda link: work(link, *args, **kwargs), _VIEW))

    async def write(self, work: "_LinkWork[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` as one transaction; those of all processes come after each other."""
        return await self._start(lambda: self._pool.transact(lambda link: work(link, *args, **kwargs), _BEGIN_ALONE))

    async def write_beside(
        self, work: "_LinkWork[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """Runs `work` as one transaction beside those of others; it adds nothing whose order matters."""
        return await self._start(lambda: self._pool.transact(lambda link: work(link, *args, **kwargs), _BEGIN))

    async def call(self, work: "_LinkWork[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` as one transaction that needs no present schema."""
        return await self._start(
            lambda: self._pool.transact(lambda link: work(link, *args, **kwargs), _BEGIN_ALONE, checked=False)
        )

    async def end(self) -> None:
        """Waits for what is under way and takes nothing more."""
        await asyncio.to_thread(self._executor.shutdown)

    async def _start(self, function: Callable[[], _Result]) -> _Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function)
        except RuntimeError as error:  # the executor has been shut down
            if "shutdown" not in str(error):
                raise
            raise StoreError(f"The database {self.place} is closed.", "Open it again.") from error


def _configure(connection: "psycopg.Connection[Any]") -> None:
    # No column is numeric: such a value is a sum of whole numbers.
    connection.adapters.register_loader("numeric", IntLoader)
