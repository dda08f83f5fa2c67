"""One parse worker: a child process that is started when needed, asked one thing at a time, and killed when stuck.

It is a plain child process with two pipes and not a `multiprocessing` one: that would import the program's main module
again in every worker (all of Telegram, Slack and the command line), keep helper processes of its own, and answer in
pickles.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.errors import FeedError, FetchProblem
from bot.sources.parse_protocol import LENGTH, READY

# A worker that has read this many documents is replaced, whatever memory it may have lost by then.
RECYCLE_AFTER = 500
# Starting Python and importing feedparser takes 0.3 s here, far more on a machine that is busy starting up.
_START_SECONDS = 60.0
# A killed worker is gone within milliseconds. On a starved machine it takes seconds, and nobody is to wait for that.
_BURIAL_SECONDS = 0.2
_LONGEST_ANSWER = 64 * 1024 * 1024
# How a conversation ends when the worker dies in the middle of it.
_BROKEN_OFF = (asyncio.IncompleteReadError, ConnectionError, ValueError)

Answer = dict[str, Any]


class Allowance:
    """The `seconds` that one document may take in all. What its workers take to start is not counted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        """Counts the time of the block. Raises TimeoutError once the allowance is used up."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left):
                yield
        finally:
            self._left -= loop.time() - began


class ParseProcess:
    """One child process, started on demand and replaced after a failure or many documents."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._documents = 0
        self._talking = asyncio.Lock()
        self._stopped = False
        self._burials = set[asyncio.Task[None]]()

    async def ask(self, request: bytes, allowance: Allowance) -> Answer:
        """The answer to one request. Raises FeedError (parser_killed)."""
        async with self._talking:
            is_new = self._process is None
            try:
                return await self._try(request, allowance)
            except _BROKEN_OFF as error:
                if is_new or self._stopped:
                    raise killed("brings the parser down") from error
            # The worker may have died of a document it read before; a new one knows none.
            try:
                return await self._try(request, allowance)
            except _BROKEN_OFF as error:
                raise killed("brings the parser down") from error

    async def rest(self) -> None:
        """Ends the process until it is needed again."""
        async with self._talking:
            await self._discard()

    async def stop(self) -> None:
        """Kills the process for good, whatever it is doing, and waits until it is gone."""
        self._stopped = True
        if self._process is not None:
            _kill(self._process)
        # Whoever is talking to it finds the conversation ended, and only then are the pipes free to be closed.
        async with self._talking:
            await self._discard()
        await asyncio.gather(*self._burials)

    async def _try(self, request: bytes, allowance: Allowance) -> Answer:
        process = self._process or await self._start()
        try:
            async with allowance.spend():
                answer = await _converse(process, request)
        except TimeoutError as error:
            await self._discard()
            raise killed(f"takes longer than {allowance.seconds:g} s to read") from error
        except BaseException:  # whatever it is, a cancellation too: the pipes hold half a conversation
            await self._discard()
            raise
        self._documents += 1
        # After a failure the process may be out of memory or otherwise unwell.
        if self._documents >= RECYCLE_AFTER or answer.get("problem") == FetchProblem.PARSER_KILLED:
            await self._discard()
        return answer

    async def _discard(self) -> None:
        process, self._process, self._documents = self._process, None, 0
        if process is not None:
            _kill(process)
            burial = asyncio.create_task(_end(process))
            self._burials.add(burial)
            burial.add_done_callback(self._burials.discard)
            await asyncio.wait({burial}, timeout=_BURIAL_SECONDS)

    async def _start(self) -> Process:
        try:
            self._process = await _start_worker()
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise FeedError(
                FetchProblem.PARSER_KILLED,
                "The parser does not start.",
                "Check how much memory and how many processes this machine allows.",
            ) from error
        return self._process


async def _start_worker() -> Process:
    """A worker that is ready. Raises OSError, TimeoutError, IncompleteReadError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "bot.sources.parse_worker",
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        # Nothing else: what the child does not have, such as tokens, a document cannot get out of it.
        env={"PYTHONPATH": _import_path()},
        # In a session of its own, Ctrl-C in the terminal reaches only the parent, which ends its children itself.
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_SECONDS):
            await process.stdout.readexactly(len(READY))
    except BaseException:
        await _end(process)
        raise
    return process


def _import_path() -> str:
    """Where this process finds its modules, for a child that starts with nothing."""
    return os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)


async def _converse(process: Process, request: bytes) -> Answer:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(request)
    await process.stdin.drain()
    answer, left = await _read_frame(process.stdout, _LONGEST_ANSWER)
    if not isinstance(answer, dict):
        raise ValueError("no answer")  # noqa: TRY004  it is caught above, as damage in the conversation
    frames = answer.get("frames", 0)
    if frames:
        answer["items"] = []
    for _ in range(frames if isinstance(frames, int) else 0):
        items, left = await _read_frame(process.stdout, left)
        answer["items"] += items if isinstance(items, list) else []
        await asyncio.sleep(0)  # decoding one frame held the loop long enough
    return answer


async def _read_frame(stream: asyncio.StreamReader, left: int) -> tuple[Any, int]:
    """The next JSON value, and how many bytes may still follow."""
    (size,) = LENGTH.unpack(await stream.readexactly(LENGTH.size))
    if size > left:
        raise ValueError(size)
    return json.loads(await stream.readexactly(size)), left - size


def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


async def _end(process: Process) -> None:
    _kill(process)
    # `communicate` reads what is left and closes the pipes; a bare `wait` would leave their transports open.
    with contextlib.suppress(ConnectionError):
        await asyncio.shield(process.communicate())


def killed(what: str) -> FeedError:
    """The error of a document that a worker did not survive."""
    return FeedError(
        FetchProblem.PARSER_KILLED,
        f"The document {what}.",
        "Nothing else was held up. Tell the publisher, or use another feed of this outlet.",
    )
