"""Where Tocsin keeps what it knows. `open_store` is the only door."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from bot.domain.lanes import Lane
from bot.domain.recovery import Recovery
from bot.errors import SettingsError
from bot.ports.fleet import Fleet
from bot.ports.instance_lock import InstanceLock
from bot.ports.store import Store
from storage.sqlite.instance_lock import FileLock
from storage.sqlite.recovery import recover
from storage.sqlite.sqlite_store import open_sqlite_store


@runtime_checkable
class _SharedStore(Protocol):
    """What a store has that several processes can share."""

    def open_fleet(self) -> Fleet:
        """This process among the others."""
        ...

    def in_lane(self, lane: Lane) -> Store:
        """The same store for one lane."""
        ...


_SQLITE = "sqlite:///"
_MEMORY = ":memory:"
_POSTGRES = ("postgresql://", "postgres://")
CONNECTIONS = 5


async def open_store(url: str, *, connections: int = CONNECTIONS) -> Store:
    """The store behind a DATABASE_URL, connected but not migrated; whoever opens it closes it.

    `sqlite:///relative/path`, `sqlite:////absolute/path` or `sqlite:///:memory:`; the parent folder is made.
    `postgresql://user:password@host/name`, over `connections` at most.
    Raises SettingsError for any other address and StoreError if the database cannot be opened.
    """
    if is_postgres(url):
        with _needing_extra():
            from storage.postgres.store import open_postgres_store  # noqa: PLC0415  # an extra, not installed everywhere
        return await open_postgres_store(url, connections=connections)
    return await open_sqlite_store(_read_path(url))


def instance_lock(url: str, *, shared: bool = False) -> InstanceLock:
    """The lock that keeps a second instance off the database behind a DATABASE_URL; if `shared`, one that is alone.

    Raises SettingsError.
    """
    if is_postgres(url):
        with _needing_extra():
            from storage.postgres.instance_lock import PostgresInstanceLock  # noqa: PLC0415  # as above
        return PostgresInstanceLock(url, shared=shared)
    return FileLock(_read_path(url))


async def recover_store(url: str, backups: Path, now: datetime, *, thorough: bool) -> Recovery | None:
    """Puts the last sound backup in the place of a database that is damaged or gone, before it is opened.

    None if there was nothing to do. Unless `thorough`, a large database is not read. A PostgreSQL server minds its
    own files. Raises StoreError and SettingsError.
    """
    if is_postgres(url):
        return None
    path = _read_path(url)
    return await asyncio.to_thread(recover, path, backups, now, thorough=thorough) if path else None


def open_fleet(store: Store) -> Fleet:
    """This process among those that share the database of a store. Raises SettingsError if it cannot be shared."""
    if not isinstance(store, _SharedStore):
        raise SettingsError(
            "SQLite is for one process, and `--only` for several.",
            "Set DATABASE_URL to a PostgreSQL, or use `tocsin run`.",
        )
    return store.open_fleet()


def in_lane(store: Store, lane: Lane) -> Store:
    """The same store, claiming the deliveries of one lane."""
    return store.in_lane(lane) if isinstance(store, _SharedStore) else store


async def copy_store(source: str, target: str) -> dict[str, int]:
    """Copies everything from a SQLite that nobody works on into an empty PostgreSQL; how many rows, by table.

    The source is only read. All of it arrives, in its order and under its numbers, or nothing does. Raises
    SettingsError for other databases, StoreError where that cannot be.
    """
    path = None if is_postgres(source) else _read_path(source)
    if path is None or not is_postgres(target):
        raise SettingsError(
            "Everything can be copied from a SQLite file to a PostgreSQL only.",
            "Set DATABASE_URL=postgresql://… and name the file: tocsin migrate --from sqlite:///data/tocsin.db",
        )
    if not path.is_file():
        raise SettingsError(f"There is no database {path}.", "Give its path as in sqlite:///data/tocsin.db")
    with _needing_extra():
        from storage.postgres.moving import move  # noqa: PLC0415  # as above
    return await move(path, target)


def is_postgres(url: str) -> bool:
    """Whether the database behind a DATABASE_URL is a PostgreSQL."""
    return url.startswith(_POSTGRES)


@contextmanager
def _needing_extra() -> Iterator[None]:
    """Says what to install where the library for PostgreSQL is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("psycopg", "psycopg_pool"):
            raise
        raise SettingsError(
            "DATABASE_URL names a PostgreSQL, but the library for it is not installed.",
            "Install Tocsin with its extra: pip install 'tocsin[postgres]'",
        ) from None


def _read_path(url: str) -> Path | None:
    """The file behind a DATABASE_URL; None for a database in memory."""
    if not url.startswith(_SQLITE) or len(url) == len(_SQLITE):
        # The address is not repeated in full: it may hold a password.
        raise SettingsError(
            f"DATABASE_URL ({url.partition(':')[0] or 'empty'}) is not supported.",
            "Use sqlite:///path (three slashes for a relative path, four for an absolute one) or postgresql://….",
        )
    path = url.removeprefix(_SQLITE)
    return None if path == _MEMORY else Path(path)
