"""Makes sure before the start that there is a sound database, from the last backup if need be; and makes backups."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.recovery import Recovery
from bot.errors import StoreDamaged, StoreError
from storage.sqlite.backup import back_up
from storage.sqlite.failures import build_store_error

_STAMP = "%Y%m%dT%H%M%S"
_KEPT = 7
_EVERY = timedelta(days=1)
_QUICK_BYTES = 256 * 1024 * 1024  # a check reads the whole file: under a second up to this size
_FILES = ("", "-wal", "-shm")  # https://www.sqlite.org/walformat.html: what belongs to one database


def list_backups(folder: Path) -> list[Path]:
    """The backups in a folder, newest first."""
    return sorted(folder.glob("tocsin-*.db"), reverse=True)


def keep_backup(source: Path, folder: Path, now: datetime) -> Path | None:
    """Writes a backup and removes all but the seven newest; None if the newest is not a day old.

    Raises StoreError; older backups stay then.
    """
    newest = next(iter(list_backups(folder)), None)
    if newest and timedelta(0) <= now - backup_moment(newest) < _EVERY:
        return None
    target = folder / f"tocsin-{now:{_STAMP}}.db"
    back_up(source, target)
    for old in list_backups(folder)[_KEPT:]:
        old.unlink(missing_ok=True)
    return target


def backup_moment(backup: Path) -> datetime:
    """When a backup was made."""
    return datetime.strptime(f"{backup.stem.removeprefix('tocsin-')}+0000", f"{_STAMP}%z")


def recover(path: Path, folder: Path, now: datetime, *, thorough: bool) -> Recovery | None:
    """Puts the last sound backup in the place of a damaged or missing database; None if there was nothing to do.

    The damaged file is kept beside it. Without a sound backup the database begins anew. Unless `thorough`, a large
    file is not read. Raises StoreError where the files cannot be read or moved.
    """
    if not path.exists():
        damage = "was not there" if list_backups(folder) else ""
    else:
        damage = _find_damage(path) if thorough or path.stat().st_size <= _QUICK_BYTES else ""
    if not damage:
        return None
    try:
        kept = _move_aside(path, now) if path.exists() else None
        backup = _restore(path, folder)
    except OSError as error:
        raise StoreError(f"The database {path} cannot be restored: {error.strerror}.", "Check its folder.") from error
    return Recovery(damage, kept, backup, backup_moment(backup) if backup else None)


def _find_damage(path: Path) -> str:
    """What is wrong with a database file; empty if nothing. Raises StoreError where it cannot be told now."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        problem = build_store_error(error, str(path))
        if isinstance(problem, StoreDamaged):
            return str(error)
        raise problem from error
    return "" if answer == "ok" else " ".join(answer.removeprefix("*** in database main ***").split())


def _move_aside(path: Path, now: datetime) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{now:{_STAMP}}")
    for ending in _FILES:
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def _restore(path: Path, folder: Path) -> Path | None:
    for backup in list_backups(folder):
        try:
            if _find_damage(backup):
                continue
        except StoreError:
            continue
        unfinished = path.with_name(f"{path.name}.restoring")
        shutil.copyfile(backup, unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        for ending in _FILES[1:]:
            path.with_name(path.name + ending).unlink(missing_ok=True)
        unfinished.replace(path)
        return backup
    return None
