"""How real feeds fare: serves a directory of gzip captures over loopback HTTP, then fetches and parses each one.

    python -m benchmarks.captures DIRECTORY

Prints a line for each capture that fails or was repaired, and the totals. Exits 1 if anything but a FeedError came.
"""

import argparse
import asyncio
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from aiohttp import web

from bot.errors import FeedError
from bot.ports.fetcher import FeedRequest, ParsedFeed
from bot.sources.http import HttpFetcher
from bot.sources.parser import WorkerParser

LOOPBACK = ip_network("127.0.0.0/8")


@dataclass(slots=True)
class Outcome:
    """What became of one capture; `seconds` are for fetching and for parsing."""

    name: str
    feed: ParsedFeed | None = None
    problem: str = ""
    fetch_seconds: float = 0.0
    parse_seconds: float = 0.0


@dataclass(slots=True)
class Summary:
    """Totals over all captures."""

    outcomes: list[Outcome] = field(default_factory=list)
    crashes: int = 0

    def print(self, wall_seconds: float) -> None:
        """Writes the report to standard output."""
        read = [outcome for outcome in self.outcomes if outcome.feed is not None]
        for outcome in self.outcomes:
            if outcome.problem:
                print(f"failed    {outcome.name}  {outcome.problem}")
            elif outcome.feed is not None and outcome.feed.warning:
                print(f"repaired  {outcome.name}  {outcome.feed.warning}")
        feeds = [outcome.feed for outcome in read if outcome.feed is not None]
        items = [item for feed in feeds for item in feed.items]
        parse_times = sorted(outcome.parse_seconds for outcome in read) or [0.0]
        print(f"captures   {len(self.outcomes)}, read {len(read)}, crashes {self.crashes}")
        for problem, count in Counter(o.problem.split(":")[0] for o in self.outcomes if o.problem).most_common():
            print(f"  failed as {problem}: {count}")
        print(f"items      {len(items)}, entries skipped {sum(feed.skipped for feed in feeds)}")
        print(f"  without title {sum(not item.title for item in items)}, link {sum(not item.link for item in items)}")
        print(f"  without date {sum(item.published is None for item in items)}, guid {sum(not i.guid for i in items)}")
        print(
            f"seconds    {wall_seconds:.2f} in all, fetching {sum(o.fetch_seconds for o in self.outcomes):.2f}, "
            f"parsing {sum(parse_times):.2f} (median {parse_times[len(parse_times) // 2] * 1000:.0f} ms, "
            f"longest {parse_times[-1] * 1000:.0f} ms)"
        )


def build_server(captures: Sequence[Path]) -> web.Application:
    """A web server that gives each capture out, still packed, under its file name."""
    bodies = {f"/{path.name}": path.read_bytes() for path in captures}

    async def serve(request: web.Request) -> web.Response:
        return web.Response(
            body=bodies[request.path], headers={"Content-Encoding": "gzip", "Content-Type": "application/xml"}
        )

    app = web.Application()
    app.router.add_get("/{name}", serve)
    return app


async def read_capture(fetcher: HttpFetcher, parser: WorkerParser, url: str, name: str) -> Outcome:
    """Fetches and parses one capture. Raises whatever is a fault of ours."""
    outcome = Outcome(name)
    started = time.perf_counter()
    try:
        response = await fetcher.fetch(FeedRequest(url))
        outcome.fetch_seconds = time.perf_counter() - started
        started = time.perf_counter()
        outcome.feed = await parser.parse(response)
        outcome.parse_seconds = time.perf_counter() - started
    except FeedError as error:
        outcome.problem = f"{error.problem}: {error.cause}"
    return outcome


async def measure(captures: Sequence[Path]) -> Summary:
    """Reads every capture, one after the other so that the times mean something."""
    runner = web.AppRunner(build_server(captures), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    summary = Summary()
    try:
        async with HttpFetcher((LOOPBACK,)) as fetcher, WorkerParser(workers=1) as parser:
            for path in captures:
                try:
                    summary.outcomes.append(await read_capture(fetcher, parser, f"{origin}/{path.name}", path.name))
                except Exception:  # noqa: BLE001  counting these is what the benchmark is for
                    summary.crashes += 1
                    print(f"CRASH     {path.name}\n{traceback.format_exc()}")
    finally:
        await runner.cleanup()
    return summary


def main() -> int:
    """Runs the benchmark; the exit code."""
    arguments = argparse.ArgumentParser(description="Fetch and parse real feed captures over loopback HTTP.")
    arguments.add_argument("directory", type=Path, help="a folder of feed documents, each gzip-packed as *.gz")
    directory = arguments.parse_args().directory
    started = time.perf_counter()
    summary = asyncio.run(measure(sorted(directory.glob("*.gz"))))
    if not summary.outcomes and not summary.crashes:
        print(f"No *.gz files in {directory}.", file=sys.stderr)
        return 2
    summary.print(time.perf_counter() - started)
    return 1 if summary.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
