"""The programs that the polling benchmark compares, each a process that polls all feeds once for every line it reads.

    python -m benchmarks.polling_peers tocsin|script|reader DATABASE PORT COUNT [lag]

Each answers a line of JSON: `new`, the entries it had not stored before, and what else it can tell.
"""
# ruff: noqa: PLC0415  each process loads only the peer that it runs

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

Poll = Callable[[], Awaitable[dict[str, object]]]


def feed_url(port: int, number: int) -> str:
    """Every feed lives on a loopback address of its own, as feeds do on the web."""
    return f"http://127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}:{port}/feed/{number}"


async def open_tocsin(stack: AsyncExitStack, place: Path, port: int, count: int) -> Poll:
    """The product as `tocsin poll --all` runs it: address guard, workers, store, matching of the shipped lists."""
    os.environ |= {"TOCSIN_DATA_DIR": str(place), "TOCSIN_PRIVATE_NETWORKS": "127.0.0.0/8"}
    from bot.bootstrap import open_app
    from bot.config import load_settings
    from bot.domain.feeds import Feed
    from bot.logs import configure_logs
    from bot.sources.feed_files import LoadedFeeds

    configure_logs("error")
    # As an installation does it: what a migration loads is gone by the time the service runs.
    migrating = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "migrate", stdout=DEVNULL)
    await migrating.wait()
    feeds = [Feed(f"f{number}", feed_url(port, number), f"Outlet {number}") for number in range(count)]
    app = await stack.enter_async_context(open_app(load_settings(), feeds=LoadedFeeds(tuple(feeds))))

    async def poll() -> dict[str, object]:
        summary = await app.polling.poll_all()
        return {"new": summary.items_new, "failed": summary.failed, "not_modified": summary.not_modified}

    return poll


async def open_script(stack: AsyncExitStack, place: Path, port: int, count: int) -> Poll:
    """What one writes in an afternoon: httpx, feedparser and sqlite-utils, fifty feeds at a time."""
    import feedparser
    import httpx
    import sqlite_utils

    database = sqlite_utils.Database(place / "script.db")
    database.enable_wal()
    entries, feeds = database.table("entries"), database.table("feeds")
    client = await stack.enter_async_context(httpx.AsyncClient(timeout=30, follow_redirects=True))
    room = asyncio.Semaphore(50)
    validators: dict[str, dict[str, str]] = {}

    async def poll_one(url: str) -> int:
        async with room:
            answer = await client.get(url, headers=validators.get(url))
        if answer.status_code == 304:
            return 0
        if etag := answer.headers.get("ETag"):
            validators[url] = {"If-None-Match": etag}
            feeds.insert({"url": url, "etag": etag}, pk="url", replace=True)
        parsed = feedparser.parse(answer.content, response_headers=dict(answer.headers) | {"content-location": url})
        before = database.conn.total_changes
        entries.insert_all(
            (
                {
                    "id": f"{url} {entry.get('id') or entry.get('link')}",
                    "title": entry.get("title", ""),
                    "link": entry.get("link", ""),
                    "summary": entry.get("summary", ""),
                    "content": entry["content"][0]["value"] if "content" in entry else "",
                    "published": entry.get("published", entry.get("updated", "")),
                }
                for entry in parsed.entries
            ),
            pk="id",
            ignore=True,
        )
        return int(database.conn.total_changes) - before

    async def poll() -> dict[str, object]:
        new = await asyncio.gather(*(poll_one(feed_url(port, number)) for number in range(count)))
        return {"new": sum(new)}

    return poll


async def open_reader(stack: AsyncExitStack, place: Path, port: int, count: int) -> Poll:
    """reader (PyPI), as its command line runs it: sixteen threads."""
    from reader import make_reader

    feeds = stack.enter_context(make_reader(str(place / "reader.db")))
    for number in range(count):
        feeds.add_feed(feed_url(port, number))

    async def poll() -> dict[str, object]:
        before = feeds.get_entry_counts().total or 0
        await asyncio.to_thread(feeds.update_feeds, scheduled=False, workers=16)
        return {"new": (feeds.get_entry_counts().total or 0) - before}

    return poll


class LagWatch:
    """Notes how long the event loop works without a pause, in processor time: a busy machine must not count."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.over_20_ms = 0

    async def run(self) -> None:
        """Looks again every 2 ms, until it is cancelled."""
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.002)
            now = time.thread_time()
            self.longest = max(self.longest, now - before)
            self.over_20_ms += now - before > 0.02
            before = now


async def main(kind: str, place: Path, port: int, count: int, *, lag: bool) -> None:
    """Polls whenever told to, until the input ends."""
    opener = {"tocsin": open_tocsin, "script": open_script, "reader": open_reader}[kind]
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        poll = await opener(stack, place, port, count)
        print(json.dumps({"ready": datetime.now(UTC).isoformat()}), flush=True)
        while await loop.run_in_executor(None, sys.stdin.readline):
            watch = LagWatch()
            watching = asyncio.create_task(watch.run()) if lag else None
            started = time.monotonic()
            result = await poll()
            result["seconds"] = time.monotonic() - started
            if watching is not None:
                watching.cancel()
                result |= {"longest_ms": watch.longest * 1000, "over_20_ms": watch.over_20_ms}
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), lag="lag" in sys.argv[5:]))
