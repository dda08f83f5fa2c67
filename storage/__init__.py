"""Where Tocsin keeps what it knows. `open_store` is the only door."""

import asyncio
from datetime import datetime
from pathlib import Path

from bot.domain.recovery import Recovery
from bot.errors import SettingsError
from bot.ports.store import Store
from storage.sqlite.instance_lock import InstanceLock
from storage.sqlite.recovery import recover
from storage.sqlite.sqlite_store import open_sqlite_store

_SQLITE = "sqlite:///"
_MEMORY = ":memory:"


async def open_store(url: str) -> Store:
    """The store behind a DATABASE_URL, connected but not migrated; whoever opens it closes it.

    `sqlite:///relative/path`, `sqlite:////absolute/path` or `sqlite:///:memory:`. The parent folder is made.
    Raises SettingsError for any other address and StoreError if the database cannot be opened.
    """
    return await open_sqlite_store(_read_path(url))


def instance_lock(url: str) -> InstanceLock:
    """The lock that keeps a second instance off the database behind a DATABASE_URL. Raises SettingsError."""
    return InstanceLock(_read_path(url))


async def recover_store(url: str, backups: Path, now: datetime, *, thorough: bool) -> Recovery | None:
    """Puts the last sound backup in the place of a database that is damaged or gone, before it is opened.

    None if there was nothing to do. Unless `thorough`, a large database is not read. Raises StoreError and
    SettingsError.
    """
    path = _read_path(url)
    return await asyncio.to_thread(recover, path, backups, now, thorough=thorough) if path else None


def _read_path(url: str) -> Path | None:
    """The file behind a DATABASE_URL; None for a database in memory."""
    if not url.startswith(_SQLITE) or len(url) == len(_SQLITE):
        # The address is not repeated in full: it may hold a password.
        raise SettingsError(
            f"DATABASE_URL ({url.partition(':')[0] or 'empty'}) is not supported.",
            "Use sqlite:///path (three slashes for a relative path, four for an absolute one).",
        )
    path = url.removeprefix(_SQLITE)
    return None if path == _MEMORY else Path(path)
