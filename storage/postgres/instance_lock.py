"""One instance at a time on one database: a lock of the session, which the server frees when its connection ends."""

from contextlib import suppress
from typing import Any

import psycopg

from storage.postgres.connection import LINK, name_database
from storage.postgres.failures import build_store_error

# The number is no other program's by chance.
_INSTANCE = 0x746F6373_00000002
_HOLDER = """
SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) + objid::bigint = %s
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class PostgresInstanceLock:
    """The lock of the database behind `url`, held by a connection of its own, which must not go through a pooler.

    Several processes may share it, and keep off one that wants the database to itself.

    Where that connection breaks, another instance may take over; the tenure in the database then refuses whatever
    the earlier instance wants to record.
    """

    ended_cleanly = True  # the server minds its files

    def __init__(self, url: str, *, shared: bool = False) -> None:
        self._url = url
        self._try = "SELECT pg_try_advisory_lock_shared(%s)" if shared else "SELECT pg_try_advisory_lock(%s)"
        self._connection: psycopg.Connection[Any] | None = None
        self._holds = False

    def acquire(self, owner: str) -> bool:
        """Whether this process holds the lock now; never waits for another holder. Raises StoreError."""
        if self._holds:
            return True
        try:
            connection = self._connect(owner)
            row = connection.execute(self._try.encode(), (_INSTANCE,)).fetchone()
        except psycopg.Error as error:
            self.release()
            raise build_store_error(error, name_database(self._url)) from error
        self._holds = bool(row and row[0])
        return self._holds

    def holder(self) -> str:
        """Who holds the lock; empty if nobody does or the database does not say."""
        if self._connection is None:
            return ""
        try:
            row = self._connection.execute(_HOLDER, (_INSTANCE,)).fetchone()
        except psycopg.Error:
            return ""
        return str(row[0]) if row else ""

    def release(self) -> None:
        """Lets go; doing so twice does no harm."""
        if self._connection is not None:
            with suppress(psycopg.Error):  # the server notices a closed connection a moment later only
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection, self._holds = None, False

    def _connect(self, owner: str) -> "psycopg.Connection[Any]":
        if self._connection is None:
            # PostgreSQL keeps 63 bytes of a name.
            self._connection = psycopg.connect(self._url, autocommit=True, **LINK | {"application_name": owner[:60]})
        return self._connection
