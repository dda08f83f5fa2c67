"""One instance at a time on one database: a lock on a file beside it, which the system frees when its holder dies."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from bot.errors import StoreError

_GOODBYE = b"stopped"


class FileLock:
    """The lock of the database at `path`; None, a database in memory, is never contended.

    It does not reach across machines on network file systems that keep locks to themselves: there the tenure in the
    database still refuses whatever the earlier instance wants to record.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path.with_name(f"{path.name}.lock") if path else None
        self._file: int | None = None
        self.ended_cleanly = False  # whether the holder before said goodbye

    def acquire(self, owner: str) -> bool:
        """Whether this process holds the lock now; never waits. Raises StoreError if the file cannot be made."""
        if self._path is None or self._file is not None:
            return True
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be opened: {error.strerror}.", "Check DATABASE_URL and TOCSIN_DATA_DIR."
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.ended_cleanly = os.pread(file, len(_GOODBYE), 0) == _GOODBYE
            _write(file, owner.encode())
        except OSError:  # held by another, or the disk is full; without the lock nobody may go on
            os.close(file)
            return False
        self._file = file
        return True

    def holder(self) -> str:
        """Who wrote itself into the lock last; empty if nobody has."""
        try:
            return self._path.read_text(encoding="utf-8").strip() if self._path else ""
        except OSError:
            return ""

    def release(self) -> None:
        """Says that everything ended in order, and lets go; doing so twice does no harm."""
        if self._file is not None:
            with suppress(OSError):  # a full disk; then the next start looks at the database more closely
                _write(self._file, _GOODBYE)
            os.close(self._file)
            self._file = None


def _write(file: int, content: bytes) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, content, 0)
