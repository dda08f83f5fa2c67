"""What SQLite refuses, said as a StoreError with its cure."""

import sqlite3

from bot.errors import StoreDamaged, StoreError

_LOW_BYTE = 0xFF  # the primary result code; the bytes above it refine it. https://www.sqlite.org/rescode.html
_KEEP = "Nothing already stored is lost."
_RESTORE = "Move the file aside and put the last copy made by `tocsin backup` in its place."


def build_store_error(error: sqlite3.Error, place: str) -> StoreError:
    """The StoreError for an error that SQLite raised on the database at `place`."""
    kind = StoreError
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & _LOW_BYTE
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            cause, cure = "is locked by another program.", "Stop the other program, or wait and try again."
        case sqlite3.SQLITE_FULL:
            cause, cure = "cannot grow: the disk is full.", f"Free some space and try again. {_KEEP}"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            cause, cure = "cannot be written.", "Make the file and its folder writable for the user Tocsin runs as."
        case sqlite3.SQLITE_CANTOPEN:
            cause, cure = "cannot be opened.", "Check that the folder exists and may be written."
        case sqlite3.SQLITE_NOTADB:
            kind = StoreDamaged
            cause, cure = "is not an SQLite database.", f"Point DATABASE_URL elsewhere. {_RESTORE}"
        case sqlite3.SQLITE_CORRUPT:
            kind = StoreDamaged
            cause, cure = f"is damaged ({error}).", _RESTORE
        case sqlite3.SQLITE_IOERR:
            cause, cure = f"cannot be read or written ({error}).", f"Check the disk and its free space. {_KEEP}"
        case _:
            cause, cure = f"refused: {error}.", "Run `tocsin doctor`."
    return kind(f"The database {place} {cause}", cure)
