"""The Parser port: documents are parsed in child processes that can be killed.

feedparser has inputs that cost it minutes while it holds the interpreter lock, so a thread does not help: a stuck
regular expression stops the whole program.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from bot.domain.feed_memory import FeedMemory, Parts
from bot.domain.items import ParsedItem
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedResponse, FoundFeed, ParsedFeed
from bot.sources.cutting import CutDocument, stands_elsewhere
from bot.sources.parse_process import Allowance, Answer, ParseProcess, killed
from bot.sources.reading import Reading, Sample, plan_reading

# A worker that says nothing for so long is taken to be stuck; a document of a megabyte takes 0.2 s.
_STUCK_SECONDS = 0.5
# A document this long is cut and hashed in a thread: that would hold the event loop for more than 5 ms.
_LONG_DOCUMENT = 500_000


class WorkerParser:
    """Parses in a process of its own, started when first needed. Use it as an async context manager.

    While that one is stuck in a document, others do its work, `workers` in all; they end when it is back. All at once
    would parse no faster: matching what comes out takes as long. `deadline` is the seconds one document may take,
    however often it is tried; then its worker is killed and the next document gets a new one.
    """

    def __init__(self, workers: int = 2, deadline: float = 3.0) -> None:
        self._deadline = deadline
        self._free: asyncio.Queue[ParseProcess] = asyncio.Queue()
        self._workers = [ParseProcess() for _ in range(workers)]
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
        return _read_feed(await self._ask("feed", response, Allowance(self._deadline)))

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
        allowance = Allowance(self._deadline)
        if reading.document is not None and not reading.whole:
            found = await self._parse_part(response, reading.document, reading.unseen, memory.parts, allowance)
            if found is not None:
                return found, replace(reading.memory, part_readings=reading.memory.part_readings + bool(reading.unseen))
        elif not reading.whole and not reading.known:
            return None, reading.memory
        elif not reading.whole:
            return ParsedFeed("", "", "", (), left_out=reading.known), reading.memory
        return await self._parse_whole(response, reading, allowance)

    async def find_feeds(self, response: FeedResponse) -> tuple[FoundFeed, ...]:
        """The feeds that a web page links to, best first; the page itself if it is a feed. Raises FeedError."""
        answer = await self._ask("links", response, Allowance(self._deadline))
        try:
            return tuple(FoundFeed(**link) for link in answer["links"])
        except (KeyError, TypeError) as error:  # a document took the worker over
            raise killed("makes the parser talk nonsense") from error

    async def _parse_part(
        self,
        response: FeedResponse,
        document: CutDocument,
        numbers: Sequence[int],
        parts: Parts,
        allowance: Allowance,
    ) -> ParsedFeed | None:
        """The unseen entries, parsed alone; None where there is any doubt about them."""
        if not numbers:
            return ParsedFeed("", "", "", (), left_out=len(document.entries))
        body = document.join(numbers)
        try:
            if parts is Parts.BEGINNING:
                whole = Sample(response.body, (), 0)
                answer = await self._ask("beginning", replace(response, body=body), allowance, whole)
                if "well_formed" in answer:
                    return None
            else:
                answer = await self._ask("feed", replace(response, body=body, content_type=""), allowance)
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

    async def _parse_whole(
        self, response: FeedResponse, reading: Reading, allowance: Allowance
    ) -> tuple[ParsedFeed, FeedMemory]:
        answer = await self._ask("feed", response, allowance, reading.sample)
        feed = _read_feed(answer)
        return feed, replace(reading.memory, parts=_read_parts(answer), part_readings=0)

    async def _ask(
        self, task: str, response: FeedResponse, allowance: Allowance, sample: Sample | None = None
    ) -> Answer:
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
            answer = await worker.ask(b"".join((json.dumps(request).encode(), b"\n", *documents)), allowance)
        finally:
            await self._give_back(worker)
        if "problem" not in answer:
            return answer
        try:
            problem = FeedError(FetchProblem(answer["problem"]), answer["cause"], answer["cure"])
        except (KeyError, ValueError) as error:
            raise killed("makes the parser talk nonsense") from error
        raise problem

    async def _take_worker(self) -> ParseProcess:
        """A free worker; one more while those there are have said nothing for a while."""
        loop = asyncio.get_running_loop()
        self._last_answer = self._last_answer or loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STUCK_SECONDS):
                    return await self._free.get()
            if self._spare and loop.time() - self._last_answer >= _STUCK_SECONDS:
                return self._spare.pop()

    async def _give_back(self, worker: ParseProcess) -> None:
        self._last_answer = asyncio.get_running_loop().time()
        if self._free.empty():
            self._free.put_nowait(worker)
        else:
            self._spare.append(worker)
            await worker.rest()


def _read_parts(answer: Answer) -> Parts:
    try:
        return Parts(answer.get("parts", 0))
    except ValueError as error:
        raise killed("makes the parser talk nonsense") from error


def _read_feed(answer: Answer) -> ParsedFeed:
    try:
        return ParsedFeed(items=tuple(_read_item(item) for item in answer.get("items", ())), **answer["feed"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # a document took the worker over
        raise killed("makes the parser talk nonsense") from error


def _read_item(item: dict[str, Any]) -> ParsedItem:
    published, tags = item.pop("published"), item.pop("tags")
    moment = datetime.fromisoformat(published) if published else None
    return ParsedItem(published=moment, tags=tuple(tags), **item)
