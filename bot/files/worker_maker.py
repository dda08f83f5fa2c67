"""Makes files in a process of its own: the libraries are large and slow to load, and needed for a second a week."""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.domain.exports import StixExport
from bot.domain.feeds import Feed
from bot.domain.plots import Plot
from bot.errors import FileError

# Loading matplotlib takes a second, and some more the first time, when it looks through the machine's fonts.
_SECONDS = 60.0


class WorkerFileMaker:
    """Starts a worker for each file, one at a time.

    `cache` is a folder where matplotlib keeps what it knows of fonts; `write_opml` writes feeds.
    """

    def __init__(self, cache: Path, write_opml: Callable[[Sequence[Feed]], str]) -> None:
        self._cache = cache.absolute()
        self._write_opml = write_opml
        self._turn = asyncio.Lock()

    async def draw(self, plot: Plot) -> bytes:
        """A PNG; see `bot.ports.file_maker.FileMaker`."""
        return await self._make(plot)

    async def write_stix(self, export: StixExport) -> bytes:
        """A STIX bundle; see `bot.ports.file_maker.FileMaker`."""
        return await self._make(export)

    def write_opml(self, feeds: Sequence[Feed]) -> bytes:
        """Feeds as OPML."""
        return self._write_opml(feeds).encode()

    async def _make(self, order: Plot | StixExport) -> bytes:
        async with self._turn:
            try:
                return await _work(pickle.dumps(order), self._cache)
            except (OSError, TimeoutError) as error:
                raise _failure(type(error).__name__) from error


async def _work(order: bytes, cache: Path) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "bot.files.worker",
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PYTHONPATH": _import_path(), "MPLBACKEND": "agg", "MPLCONFIGDIR": str(cache)},
        # In a session of its own, Ctrl-C in the terminal reaches only the parent.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            made, _ = await process.communicate(order)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())
    if process.returncode or not made:
        raise _failure(f"status {process.returncode}")
    return made


def _import_path() -> str:
    """Where this process finds its modules, for a child that starts with nothing."""
    return os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)


def _failure(reason: str) -> FileError:
    return FileError(f"The file could not be made ({reason}).", "Check how much memory this machine has left.")
