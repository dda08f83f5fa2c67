"""Where Tocsin keeps what it knows. `open_store` is the only door."""

from pathlib import Path

from bot.errors import SettingsError
from bot.ports.store import Store
from storage.sqlite.store import open_sqlite_store

_SQLITE = "sqlite:///"
_MEMORY = ":memory:"


async def open_store(url: str) -> Store:
    """The store behind a DATABASE_URL, connected but not migrated; whoever opens it closes it.

    `sqlite:///relative/path`, `sqlite:////absolute/path` or `sqlite:///:memory:`. The parent folder is made.
    Raises SettingsError for any other address and StoreError if the database cannot be opened.
    """
    if not url.startswith(_SQLITE) or len(url) == len(_SQLITE):
        # The address is not repeated in full: it may hold a password.
        raise SettingsError(
            f"DATABASE_URL ({url.partition(':')[0] or 'empty'}) is not supported.",
            "Use sqlite:///path (three slashes for a relative path, four for an absolute one).",
        )
    path = url.removeprefix(_SQLITE)
    return await open_sqlite_store(None if path == _MEMORY else Path(path))
