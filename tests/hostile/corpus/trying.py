"""Tries hostile inputs the way the service meets them, and measures what each costs."""

import asyncio
import contextlib
import ctypes
import gc
import resource
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from bot.errors import FeedError, FetchProblem, TocsinError
from bot.matching.matcher import Matcher
from bot.matching.records import Document
from bot.ports.fetcher import FeedRequest, FeedResponse
from bot.services.list_texts import read_list, read_query_list
from bot.sources.http import FetchLimits, HttpFetcher
from bot.sources.parser import WorkerParser
from bot.sources.strict_yaml import parse_yaml
from bot.sources.watchlist_texts import FolderTexts
from tests.fakes.feed_server import serve_bytes
from tests.hostile.corpus.cases import Case, Kind
from tests.hostile.corpus.feeds import ITEM, rss

# Seconds a case may take: what a parse worker gets, and the time to kill it.
DEADLINE = 3.3
_LIMITS = FetchLimits(total=3.0, connect=1.0, read=1.0)
_LOOPBACK = (ip_network("127.0.0.0/8"),)
_TICK = 0.005
# Bytes that the server writes at once: it lives in this process, and its buffers are not to count as ours.
_WRITE, _DRIP = 64 * 1024, 16
_PAGE = resource.getpagesize()
_LIBC = ctypes.CDLL(None)
_HARMLESS = Case(Kind.FEED, "harmless", rss(ITEM).encode())
_WATCHLIST = (
    "schema: 1\nid: warm\ntitle: Warm\npriority: low\ngroups: {a: {ru: [граница], en: [border]}}\n"
    "match: {rules: [{id: a, any: [a]}]}\n"
).encode()
# What a pattern meets in an item: long words, long lines, and nothing that ends them.
_TEXT = Document("d", "word " + "a" * 2_000, "ab" * 8_000, ("слово " * 2_000 + "a" * 8_000))


@dataclass(slots=True)
class Figures:
    """What the cases did. Times are seconds. `memory` is the most that one case took above what the process had, in
    bytes, `kept` what the process still has of all of them when they are done.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    longest_stall: tuple[float, str] = (0.0, "")
    memory: tuple[int, str] = (0, "")
    kept: int = 0


class Tester:
    """Tries one case after the other. Make it with `open_tester`."""

    def __init__(self, fetcher: HttpFetcher, parser: WorkerParser) -> None:
        self.figures = Figures()
        self._fetcher = fetcher
        self._parser = parser
        self._texts = FolderTexts(Path("no-such-folder"))
        self._stall = 0.0
        self._resident = 0

    async def try_all(self, cases: Iterable[Case]) -> Figures:
        """Tries every case; anything raised that is not an error of ours is a fault."""
        watching = asyncio.create_task(self._watch())
        before = _free_and_measure()
        try:
            for case in cases:
                had = _free_and_measure()
                await asyncio.sleep(2 * _TICK)  # so that the measuring itself is no stall of the case
                self._stall, self._resident = 0.0, had
                started = time.perf_counter()
                outcome = await self._outcome(case)
                took = time.perf_counter() - started
                await asyncio.sleep(2 * _TICK)  # so that a stall at the very end is seen
                if outcome == FetchProblem.PARSER_KILLED:
                    await self._outcome(_HARMLESS)  # the next case is not to pay for the start of a new worker
                figures = self.figures
                figures.kinds[case.kind] += 1
                figures.outcomes[outcome] += 1
                label = f"{case.kind}: {case.name}"
                figures.slowest = max(figures.slowest, (took, label))
                figures.longest_stall = max(figures.longest_stall, (self._stall, label))
                figures.memory = max(figures.memory, (self._resident - had, label))
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        self.figures.kept = _free_and_measure() - before
        return self.figures

    async def _outcome(self, case: Case) -> str:
        try:
            return await self._try(case)
        except FeedError as error:
            return error.problem.value if error.cure else self._fault(case, error)
        except TocsinError as error:
            return type(error).__name__ if str(error) else self._fault(case, error)
        except Exception as error:  # noqa: BLE001  what a hostile input must never cause is what is looked for here
            return self._fault(case, error)

    def _fault(self, case: Case, error: Exception) -> str:
        self.figures.faults.append(f"{case.kind}: {case.name}: {error!r:.200}")
        return "FAULT"

    async def _try(self, case: Case) -> str:
        match case.kind:
            case Kind.FEED | Kind.HTML:
                answer = FeedResponse(
                    "https://a.example/feed", case.data, "", "", case.content_type, not_modified=False
                )
                await self._parser.parse(answer)
            case Kind.HTTP:
                pieces = _cut(case.data, _DRIP if case.pause else _WRITE)
                async with serve_bytes(*pieces, pause=case.pause, hold_open=case.hold_open) as url:
                    await self._fetcher.fetch(FeedRequest(url))
            case Kind.YAML:
                await self._read_yaml(case.data)
            case Kind.PATTERN:
                read = await read_query_list(self._texts, f"word /{case.data.decode('utf-8', 'surrogatepass')}/")
                Matcher.build([read.watchlist]).match(_TEXT)
        return "read safely"

    async def _read_yaml(self, data: bytes) -> None:
        try:
            text = data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            await asyncio.to_thread(parse_yaml, data, "hostile.yaml")  # only a file can hold such bytes
        else:
            await read_list(self._texts, text, "hostile")

    async def _watch(self) -> None:
        """Notes how long the event loop kept this task waiting, and the most memory the process had.

        A busy machine makes every task wait. What counts is the time in which this process itself worked and its
        loop did not turn, so the processor time of the process bounds it.
        """
        while True:
            wall, processor = time.perf_counter(), time.process_time()
            await asyncio.sleep(_TICK)
            late = time.perf_counter() - wall - _TICK
            self._stall = max(self._stall, min(late, time.process_time() - processor))
            self._resident = max(self._resident, _resident_bytes())


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def _free_and_measure() -> int:
    """The resident memory once what is free went back to the system, so that a figure tells of one case."""
    gc.collect()
    _LIBC.malloc_trim(0)
    return _resident_bytes()


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


@asynccontextmanager
async def open_tester() -> AsyncIterator[Tester]:
    """A tester with a fetcher that may reach the loopback net and parse workers of its own, both warmed up."""
    async with HttpFetcher(_LOOPBACK, limits=_LIMITS) as fetcher, WorkerParser() as parser:
        tester = Tester(fetcher, parser)
        # What is loaded once and stays: the inflection dictionaries, the parts of the fetcher, a worker.
        for case in (_HARMLESS, *(Case(kind, "warm up", _WATCHLIST) for kind in (Kind.YAML, Kind.PATTERN, Kind.HTTP))):
            await tester._outcome(case)
        tester.figures = Figures()
        gc.freeze()  # as the service does with what its start-up built
        try:
            yield tester
        finally:
            gc.unfreeze()
