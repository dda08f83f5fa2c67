"""A consistent copy of a running database."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.errors import StoreError
from storage.sqlite.failures import build_store_error


def back_up(source: Path, target: Path) -> None:
    """Writes a compact copy of `source` as it is now, on a connection of its own so that nothing has to wait for it.

    `target` appears whole or not at all. Raises StoreError if it exists or cannot be written.
    """
    if target.exists():
        raise StoreError(f"{target} exists already.", "Name a file that does not.")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(b"")  # says whose fault it is if the copy cannot be written
        _copy(source, unfinished)
        unfinished.rename(target)
    except sqlite3.Error as error:
        raise build_store_error(error, str(source)) from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.", "Choose another place.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def keep_before(source: Path, migration: str) -> None:
    """Keeps a copy beside `source` as it was before `migration`, in the place of the copy before an earlier one.

    Raises StoreError if it cannot be written.
    """
    target = source.with_name(f"{source.name}.before-{migration}")
    if not target.exists():
        back_up(source, target)
    for old in source.parent.glob(f"{source.name}.before-*"):
        if old != target:
            old.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("VACUUM INTO :target", {"target": str(target)})
    with target.open("rb") as file:
        os.fsync(file.fileno())
