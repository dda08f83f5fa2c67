"""Replays the archive in worker processes, so that a backtest never holds up polling, sending or answering."""

import asyncio
import contextlib
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from bot.domain.backtests import ReplayJob, ReplayPart
from bot.domain.items import Item
from bot.errors import TocsinError
from bot.jobs.replay_worker import LENGTH, pack
from bot.services.replay_parts import PartReplayer

# Two halve the time; more would leave nothing for the bot itself on a small machine.
_MOST_WORKERS = 2
# A worker takes 0.3 s to start, in which a thread has matched this many items.
_IN_A_THREAD = 3_000


class WorkerReplayer:
    """Runs one job at a time: the next waits for its turn. Small archives are matched in a thread."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def replay(
        self,
        job: ReplayJob,
        parts: AsyncIterator[Sequence[Item]],
        total: int,
        on_part: Callable[[ReplayPart], None],
    ) -> None:
        """Replays all `parts`; see `bot.ports.replayer.Replayer`."""
        async with self._turn:
            if total <= _IN_A_THREAD:
                replayer = await asyncio.to_thread(PartReplayer, job)
                async for items in parts:
                    on_part(await asyncio.to_thread(replayer.replay, items))
                return
            await _replay_in_workers(pack(job), _Shared(parts), on_part)


class _Shared:
    """Parts that several tasks take from in turn."""

    def __init__(self, parts: AsyncIterator[Sequence[Item]]) -> None:
        self._parts = parts
        self._lock = asyncio.Lock()

    async def take(self) -> Sequence[Item] | None:
        """The next part; None at the end."""
        async with self._lock:
            return await anext(self._parts, None)


async def _replay_in_workers(job: bytes, parts: _Shared, on_part: Callable[[ReplayPart], None]) -> None:
    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    import_path = _import_path()
    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(workers):
                tasks.create_task(_work(job, import_path, parts, on_part))
    except* (OSError, asyncio.IncompleteReadError, ConnectionError) as errors:
        raise TocsinError(
            "The test broke off: a worker ended before it was done.",
            "Check how much memory and how many processes this machine allows, or test fewer days.",
        ) from errors.exceptions[0]


def _import_path() -> str:
    """Where this process finds its modules, for a child that starts with nothing."""
    return os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)


async def _work(job: bytes, import_path: str, parts: _Shared, on_part: Callable[[ReplayPart], None]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "bot.jobs.replay_worker",
        stdin=PIPE,
        stdout=PIPE,
        env={"PYTHONPATH": import_path},
        # In a session of its own, Ctrl-C in the terminal reaches only the parent.
        start_new_session=True,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(job)
        while (items := await parts.take()) is not None:
            on_part(await _converse(process, pack(items)))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        # `communicate` reads what is left and closes the pipes.
        with contextlib.suppress(ConnectionError):
            await asyncio.shield(process.communicate())


async def _converse(process: Process, request: bytes) -> ReplayPart:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(request)
    await process.stdin.drain()
    (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    part = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301  # written by our own worker
    assert isinstance(part, ReplayPart)
    return part
