"""The Parser port: documents are parsed in child processes that can be killed.

feedparser has inputs that cost it minutes while it holds the interpreter lock, so a thread does not help: a stuck
regular expression stops the whole program. Each worker is a plain child process with two pipes and not a
`multiprocessing` one: that would import the program's main module again in every worker (all of Telegram, Slack and
the command line), keep helper processes of its own, and answer in pickles.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.domain.feed_memory import FeedMemory, Parts
from bot.domain.items import ParsedItem
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedResponse, FoundFeed, ParsedFeed
from bot.sources.cutting import CutDocument, stands_elsewhere
from bot.sources.parse_protocol import LENGTH, READY
from bot.sources.reading import Reading, Sample, plan_reading

# A worker that has read this many documents is replaced, whatever memory it may have lost by then.
RECYCLE_AFTER = 500
# Starting Python and importing feedparser takes 0.3 s here, far more on a machine that is busy starting up.
_START_SECONDS = 60.0
# A worker that says nothing for so long is taken to be stuck; a document of a megabyte takes 0.2 s.
_STUCK_SECONDS = 0.5
_LONGEST_ANSWER = 64 * 1024 * 1024
# A document this long is cut and hashed in a thread: that would hold the event loop for more than 5 ms.
_LONG_DOCUMENT = 500_000
# How a conversation ends when the worker dies in the middle of it.
_BROKEN_OFF = (asyncio.IncompleteReadError, ConnectionError, ValueError)

Answer = dict[str, Any]


class WorkerParser:
    """Parses in a process of its own, started when first needed. Use it as an async context manager.

    While that one is stuck in a document, others do its work, `workers` in all; they end when it is back. All at once
    would parse no faster: matching what comes out takes as long. `deadline` is the seconds one document may take; then
    its worker is killed and the next document gets a new one.
    """

    def __init__(self, workers: int = 2, deadline: float = 3.0) -> None:
        self._deadline = deadline
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        self._workers = [_Worker() for _ in range(workers)]
        for worker in self._workers[:1]:
            self._free.put_nowait(worker)
        self._spare = self._workers[1:]
        self._last_answer = 0.0  # the loop's time

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            await worker.stop()

    async def parse(self, response: FeedResponse) -> ParsedFeed:
        """The entries of a feed document. Raises FeedError (broken, not_a_feed, parser_killed)."""
        return _read_feed(await self._ask("feed", response))

    async def parse_news(self, response: FeedResponse, memory: FeedMemory) -> tuple[ParsedFeed | None, FeedMemory]:
        """The entries that the last document did not have, and what to remember now. Raises FeedError as `parse`.

        None for the same document again, if it is one that cannot be cut, whose entries were not counted.
        A document in which nothing changed starts no worker. Only new entries are parsed where earlier documents of
        the feed have shown that this gives the same as parsing the whole; otherwise all of them come back.
        """
        if len(response.body) < _LONG_DOCUMENT:
            reading = plan_reading(response, memory)
        else:
            reading = await asyncio.to_thread(plan_reading, response, memory)
        if reading.document is not None and not reading.whole:
            found = await self._parse_part(response, reading.document, reading.unseen, memory.parts)
            if found is not None:
                return found, replace(reading.memory, part_readings=reading.memory.part_readings + bool(reading.unseen))
        elif not reading.whole and not reading.known:
            return None, reading.memory
        elif not reading.whole:
            return ParsedFeed("", "", "", (), left_out=reading.known), reading.memory
        return await self._parse_whole(response, reading)

    async def find_feeds(self, response: FeedResponse) -> tuple[FoundFeed, ...]:
        """The feeds that a web page links to, best first; the page itself if it is a feed. Raises FeedError."""
        answer = await self._ask("links", response)
        try:
            return tuple(FoundFeed(**link) for link in answer["links"])
        except (KeyError, TypeError) as error:  # a document took the worker over
            raise _killed("makes the parser talk nonsense") from error

    async def _parse_part(
        self, response: FeedResponse, document: CutDocument, numbers: Sequence[int], parts: Parts
    ) -> ParsedFeed | None:
        """The unseen entries, parsed alone; None where there is any doubt about them."""
        if not numbers:
            return ParsedFeed("", "", "", (), left_out=len(document.entries))
        body = document.join(numbers)
        try:
            if parts is Parts.BEGINNING:
                whole = Sample(response.body, (), 0)
                answer = await self._ask("beginning", replace(response, body=body), whole)
                if "well_formed" in answer:
                    return None
            else:
                answer = await self._ask("feed", replace(response, body=body, content_type=""))
            feed = _read_feed(answer)
        except FeedError as error:
            if error.problem is FetchProblem.PARSER_KILLED:
                raise
            return None
        names = [name for item in feed.items for name in (item.guid, item.link) if name]
        if (
            (feed.warning and parts is Parts.ANY)
            or feed.skipped
            or len(feed.items) != len(numbers)
            or stands_elsewhere(document, set(numbers), names)
        ):
            return None
        return replace(feed, left_out=len(document.entries) - len(numbers))

    async def _parse_whole(self, response: FeedResponse, reading: Reading) -> tuple[ParsedFeed, FeedMemory]:
        answer = await self._ask("feed", response, reading.sample)
        feed = _read_feed(answer)
        return feed, replace(reading.memory, parts=_read_parts(answer), part_readings=0)

    async def _ask(self, task: str, response: FeedResponse, sample: Sample | None = None) -> Answer:
        """A worker's answer. Raises FeedError: the document's own, or parser_killed."""
        request: dict[str, object] = {
            "task": task,
            "url": response.url,
            "content_type": response.content_type,
            "size": len(response.body),
            "seconds": self._deadline,
        }
        documents = [response.body]
        if sample is not None:
            request |= {"entries": sample.entries, "sample": sample.numbers, "sample_size": len(sample.body)}
            documents.append(sample.body)
        worker = await self._take_worker()
        try:
            answer = await worker.ask(b"".join((json.dumps(request).encode(), b"\n", *documents)), self._deadline)
        finally:
            await self._give_back(worker)
        if "problem" not in answer:
            return answer
        try:
            problem = FeedError(FetchProblem(answer["problem"]), answer["cause"], answer["cure"])
        except (KeyError, ValueError) as error:
            raise _killed("makes the parser talk nonsense") from error
        raise problem

    async def _take_worker(self) -> "_Worker":
        """A free worker; one more while those there are have said nothing for a while."""
        loop = asyncio.get_running_loop()
        self._last_answer = self._last_answer or loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STUCK_SECONDS):
                    return await self._free.get()
            if self._spare and loop.time() - self._last_answer >= _STUCK_SECONDS:
                return self._spare.pop()

    async def _give_back(self, worker: "_Worker") -> None:
        self._last_answer = asyncio.get_running_loop().time()
        if self._free.empty():
            self._free.put_nowait(worker)
        else:
            self._spare.append(worker)
            await worker.rest()


class _Worker:
    """One child process, started on demand and replaced after a failure or many documents."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._documents = 0
        self._talking = asyncio.Lock()
        self._stopped = False

    async def ask(self, request: bytes, deadline: float) -> Answer:
        """The answer to one request. Raises FeedError (parser_killed)."""
        async with self._talking:
            is_new = self._process is None
            try:
                return await self._try(request, deadline)
            except _BROKEN_OFF as error:
                if is_new or self._stopped:
                    raise _killed("brings the parser down") from error
            # The worker may have died of a document it read before; a new one knows none.
            try:
                return await self._try(request, deadline)
            except _BROKEN_OFF as error:
                raise _killed("brings the parser down") from error

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

    async def _try(self, request: bytes, deadline: float) -> Answer:
        process = self._process or await self._start()
        try:
            async with asyncio.timeout(deadline):
                answer = await _converse(process, request)
        except TimeoutError as error:
            await self._discard()
            raise _killed(f"takes longer than {deadline:g} s to read") from error
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
            await _end(process)

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


def _read_parts(answer: Answer) -> Parts:
    try:
        return Parts(answer.get("parts", 0))
    except ValueError as error:
        raise _killed("makes the parser talk nonsense") from error


def _read_feed(answer: Answer) -> ParsedFeed:
    try:
        return ParsedFeed(items=tuple(_read_item(item) for item in answer.get("items", ())), **answer["feed"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # a document took the worker over
        raise _killed("makes the parser talk nonsense") from error


def _read_item(item: dict[str, Any]) -> ParsedItem:
    published, tags = item.pop("published"), item.pop("tags")
    moment = datetime.fromisoformat(published) if published else None
    return ParsedItem(published=moment, tags=tuple(tags), **item)


def _killed(what: str) -> FeedError:
    return FeedError(
        FetchProblem.PARSER_KILLED,
        f"The document {what}.",
        "Nothing else was held up. Tell the publisher, or use another feed of this outlet.",
    )
