"""A connection on a thread of its own. A unit of work is a plain function that gets the connection.

All work is queued behind each other, so nothing in here needs a lock. A unit of work runs whole or not
at all, even when the task that waits for it is cancelled: cancelling cannot reach into the thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from operator import length_hint
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.errors import StoreDamaged, StoreError
from storage.sqlite.failures import build_store_error
from storage.sqlite.migrations import check_schema
from storage.sqlite.transactions import transaction

BUSY_TIMEOUT = timedelta(seconds=5)
_WAL_LIMIT = 16 * 1024 * 1024  # bytes kept on disk for the write-ahead log after a burst
_MEMORY = ":memory:"
_OLDEST_SQLITE = (3, 37)  # the first with strict tables

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
Work = Callable[Concatenate[sqlite3.Connection, _Given], _Result]


class DatabaseThread:
    """The thread that owns the connection. `path` None keeps the database in memory.

    A `read_only` connection takes a database that is there already and never changes its files.
    """

    def __init__(self, path: Path | None, *, read_only: bool = False, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
        self.path = path
        self._read_only = read_only
        self._busy_timeout = busy_timeout
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._connection: sqlite3.Connection | None = None
        self._schema_checked = False
        self._closed = False
        self._inode: tuple[int, int] | None = None

    @property
    def place(self) -> str:
        """How the database is called in messages."""
        return str(self.path) if self.path else "in memory"

    def check_place(self) -> None:
        """Raises StoreDamaged if the file that is open is not the one at the path any more."""
        if self._inode is not None and self._inode != _inode(self.path):
            raise StoreDamaged(f"The database {self.place} was deleted or replaced.", "It is opened anew.")

    async def open(self) -> None:
        """Connects, making the parent folder. Raises StoreError."""
        try:
            await self._run(self._connect)
        except StoreError:
            self._executor.shutdown(wait=False)
            raise

    async def read(self, work: "Work[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` on one unchanging view of the database."""
        return await self._run(lambda: self._transact(lambda it: work(it, *args, **kwargs), writes=False))

    async def write(self, work: "Work[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` as one transaction."""
        return await self._run(lambda: self._transact(lambda it: work(it, *args, **kwargs), writes=True))

    async def call(self, work: "Work[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work`, which minds its own transactions and needs no present schema."""
        return await self._run(lambda: work(self._open_connection(), *args, **kwargs))

    async def close(self) -> None:
        """Ends the connection after the work that is under way, and the thread; closing twice does no harm."""
        if not self._closed:
            self._closed = True
            closing = asyncio.get_running_loop().run_in_executor(self._executor, self._disconnect)
            self._executor.shutdown(wait=False)
            await closing

    async def _run(self, function: Callable[[], _Result]) -> _Result:
        if self._closed:
            raise StoreError(f"The database {self.place} is closed.", "Open it again.")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function)
        except sqlite3.Error as error:
            raise build_store_error(error, self.place) from error

    def _connect(self) -> None:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise StoreError(
                f"This Python brings SQLite {sqlite3.sqlite_version}, which is too old.",
                "Use a Python built with SQLite 3.37 or newer.",
            )
        if self.path is not None and self.path.is_dir():
            raise StoreError(f"The database {self.place} is a folder.", "Name a file in it with DATABASE_URL.")
        connection = sqlite3.connect(
            self._address(),
            uri=True,
            timeout=self._busy_timeout.total_seconds(),
            isolation_level=None,  # every BEGIN is our own
            factory=_Connection,
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            if not self._read_only:
                # Works on a database without tables only: freed pages can then be given back bit by bit.
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                connection.execute("PRAGMA journal_mode = WAL")
                # FULL syncs every commit: an update acknowledged to a chat platform must survive a power cut.
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}")
        except sqlite3.Error:
            connection.close()
            raise
        self._connection = connection
        self._inode = _inode(self.path)

    def _address(self) -> str:
        if self.path is None:
            return _MEMORY
        if self._read_only:
            return f"{self.path.absolute().as_uri()}?mode=ro"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {self.path.parent} cannot be made: {error.strerror}.",
                "Check DATABASE_URL and TOCSIN_DATA_DIR.",
            ) from error
        return self.path.absolute().as_uri()

    def _disconnect(self) -> None:
        self._open_connection().close()

    def _open_connection(self) -> sqlite3.Connection:
        assert self._connection is not None, "open() comes first"
        return self._connection

    def _transact(self, work: Callable[[sqlite3.Connection], _Result], *, writes: bool) -> _Result:
        connection = self._open_connection()
        with transaction(connection, writes=writes):
            if not self._schema_checked:
                check_schema(connection, self.place)
                self._schema_checked = True
            return work(connection)


def _inode(path: Path | None) -> tuple[int, int] | None:
    try:
        return None if path is None else (path.stat().st_dev, path.stat().st_ino)
    except OSError:
        return None


class _Connection(sqlite3.Connection):
    """A connection that takes any text: half a surrogate pair, which UTF-8 cannot hold, becomes a question mark."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401  # as the base class has it
        try:
            return super().execute(sql, parameters)
        except UnicodeEncodeError:
            return super().execute(sql, _storable(parameters))

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        rows = list(parameters)
        rest = iter(rows)
        try:
            return super().executemany(sql, rest)
        except UnicodeEncodeError:
            # The rows before the one that was refused are written.
            refused = len(rows) - length_hint(rest) - 1
            return super().executemany(sql, map(_storable, rows[refused:]))


def _storable(parameters: Mapping[str, object] | Sequence[object]) -> dict[str, object] | list[object]:
    if isinstance(parameters, dict):
        return {name: _storable_value(value) for name, value in parameters.items()}
    return [_storable_value(value) for value in parameters]


def _storable_value(value: object) -> object:
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "replace").decode()
