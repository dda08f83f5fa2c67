"""How `tocsin run` ends when told to, and how a second instance takes over when the first is killed.

    python -m benchmarks.lifecycle [--stops 200] [--takeovers 20]

Real processes against a fake Telegram and a publisher on loopback. Each stop is one SIGTERM (or three) to a service
that idles, sends, waits for a platform that hangs, reads a hostile feed, or has hardly started.
"""

import argparse
import asyncio
import itertools
import signal
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from tests.e2e.scene import OLD_NEWS, build_rss, find_button
from tests.e2e.service import Home, Service
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake

READER = 4001
MODES = ("idle", "busy", "hung platform", "hostile feed", "starting", "three signals")
DOINGS = ("opens office in", "sends doctors to", "fines pilots over", "signs maps with", "bans kites near")
# Quadratic in feedparser: minutes of one core. https://github.com/kurtmckee/feedparser/issues/562
HOSTILE = b"<rss version='2.0'><channel><item><author>%b</author></item></channel></rss>" % (b"a" * 300_000)


class Scene:
    """A home, a chat that watches, and news that never ends."""

    def __init__(self, home: Home, telegram: TelegramFake, publisher: FeedServer) -> None:
        self.home, self.telegram, self.publisher = home, telegram, publisher
        self._numbers = itertools.count(1)
        self.published: list[str] = []

    async def watch(self) -> None:
        """The reader watches the list."""
        await self.telegram.wait_for_poll(timeout=15)
        self.telegram.user_says(READER, READER, "/watch csto")
        preview = await self.telegram.wait_for_message(READER, lambda message: "CSTO" in message.text)
        self.telegram.user_presses(preview, find_button(preview, "Watch"), READER)
        await self.telegram.wait_for_message(READER, lambda message: message.text.startswith("Watching CSTO"))

    def publish(self, count: int) -> None:
        """So many new stories, which have nothing in common but the list."""
        for _ in range(count):
            self.published.append(build_headline(next(self._numbers)))
        news = [(title, f"A report of {title.split()[-1]}.") for title in self.published[-8:]]
        self.publisher.serve("/agency", build_rss(OLD_NEWS, *news))

    def read_headlines(self) -> set[str]:
        """The headlines that were found so far."""
        with closing(sqlite3.connect(self.home.folder / "data" / "tocsin.db")) as connection:
            return {title for (title,) in connection.execute("SELECT title FROM items")}

    def count(self) -> str:
        """What became of the news: entries that were never read, cards that never arrived, extra copies."""
        titles = self.read_headlines()
        with closing(sqlite3.connect(self.home.folder / "data" / "tocsin.db")) as connection:
            cards = connection.execute("SELECT alert_id, state FROM deliveries WHERE alert_id IS NOT NULL").fetchall()
        heads = [message.text.partition("\n")[0] for message in self.telegram.sent if "\nWhy: " in message.text]
        copies = Counter(alert for alert, _ in cards for head in heads if alert in head)
        lost = sum(not copies[alert] and state != "digested" for alert, state in cards)
        unread = len(set(self.published) - titles)
        extra = copies.total() - len(copies)
        return (
            f"{len(self.published)} entries published, {unread} never read; {len(cards)} cards, lost {lost}, "
            f"extra copies {extra}"
        )


def build_headline(number: int) -> str:
    """A headline that rings and shares little with any other."""
    word = "".join("bdfgklmnpr"[int(digit)] + "aeiou"[place % 5] for place, digit in enumerate(f"{number:04}"))
    doing = DOINGS[number % len(DOINGS)]
    return f"{word.title()}stan {doing} {word}ov {word.title()}abad: CSTO statement on {word}pur, summit {number}"


@asynccontextmanager
async def open_scene() -> AsyncIterator[Scene]:
    """Everything for one series of trials."""
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramFake() as telegram, FeedServer() as publisher:
            telegram.add_user(READER, "Dana")
            publisher.serve("/agency", build_rss(OLD_NEWS))
            publisher.serve("/hostile", HOSTILE)
            home = Home.build(
                Path(folder),
                TELEGRAM_BOT_TOKEN=telegram.token,
                TELEGRAM_API_URL=telegram.origin,
                TOCSIN_POLLS_PER_HOUR="1000000",
            )
            home.write_feeds(agency=publisher.url("/agency"))
            await home.call_json("poll", "--all")
            yield Scene(home, telegram, publisher)


async def stop_once(scene: Scene, mode: str) -> float:
    """One trial; the seconds from the (first) signal to the end."""
    if mode == "starting":
        service = await scene.home.launch_service()
        await asyncio.sleep(0.3 + len(scene.published) % 7 / 7)
    else:
        if mode == "hostile feed":
            scene.home.write_feeds(agency=scene.publisher.url("/agency"), hostile=scene.publisher.url("/hostile"))
        service = await scene.home.start_service()
        await act(scene, mode)
    began = time.monotonic()
    if mode == "three signals":
        for _ in range(2):
            with suppress(ProcessLookupError):  # it may have ended at the one before
                service.terminate()
            await asyncio.sleep(0.2)  # signals that come at the same instant are one to the system
    code = await service.stop()
    took = time.monotonic() - began
    scene.telegram.clear_faults()
    if mode == "hostile feed":
        scene.home.write_feeds(agency=scene.publisher.url("/agency"))
    # A signal before Python has begun to listen ends the process as signals do.
    if code and not (mode == "starting" and code == -signal.SIGTERM):
        print(f"  {mode}: exit code {code}: {service.log[-3:]}")
    return took


async def act(scene: Scene, mode: str) -> None:
    """Puts the service into its state."""
    if mode in {"hung platform", "three signals"}:
        scene.telegram.fail_next("sendMessage", "hang")
    if mode != "idle":
        scene.publish(4)
    if mode == "hostile feed":
        await wait_for_request(scene, "/hostile")
    await asyncio.sleep(1.5)


async def wait_for_request(scene: Scene, path: str) -> None:
    """Returns once a path was asked for."""
    asked = len(scene.publisher.requests)
    while not any(request.path == path for request in scene.publisher.requests[asked:]):  # noqa: ASYNC110  a log
        await asyncio.sleep(0.05)


async def measure_stops(stops: int) -> None:
    """SIGTERM in every state."""
    took: dict[str, list[float]] = defaultdict(list)
    async with open_scene() as scene:
        first = await scene.home.start_service()
        await scene.watch()
        await first.stop()
        for mode in itertools.islice(itertools.cycle(MODES), stops):
            took[mode].append(await stop_once(scene, mode))
        await settle(scene)
        counted = scene.count()
    for mode, times in took.items():
        median = sorted(times)[len(times) // 2]
        print(f"  {mode:14} {len(times):3} stops, median {median:.1f} s, longest {max(times):.1f} s")
    print(f"{stops} stops: {counted}", flush=True)


async def settle(scene: Scene) -> None:
    """Lets a last service live until the newest entry is read and nothing waits. Older ones may have left the feed."""
    last = await scene.home.start_service()
    for _ in range(300):
        totals = await scene.home.call_json("stats")
        if not totals["deliveries_pending"] and scene.published[-1] in scene.read_headlines():
            break
        await asyncio.sleep(0.5)
    await last.stop()


async def measure_takeovers(takeovers: int) -> None:
    """Five instances; the one that works is killed again and again, while news comes in."""
    waits: list[float] = []
    async with open_scene() as scene:
        crew: list[Service] = [await scene.home.start_service()]
        await scene.watch()
        crew += [await scene.home.launch_service() for _ in range(4)]
        for service in crew[1:]:
            await service.wait_for_log("standby")
        for number in range(takeovers):
            scene.publish(2)
            await wait_for_request(scene, "/agency")
            # What was read is matched, recorded and sent within half a second; the kill meets each of that once.
            await asyncio.sleep(number % 10 / 20)
            leader = next(service for service in crew if any('"started"' in line for line in service.log))
            crew.remove(leader)
            began = time.monotonic()
            await leader.kill()
            while not any('"started"' in line for service in crew for line in service.log):  # noqa: ASYNC110  logs
                await asyncio.sleep(0.05)
            waits.append(time.monotonic() - began)
            crew.append(await scene.home.launch_service())
        for service in crew:
            await service.stop()
        await settle(scene)
        counted = scene.count()
    print(f"{takeovers} takeovers among five instances: longest {max(waits):.1f} s until the next one works; {counted}")


async def main(stops: int, takeovers: int) -> None:
    """Both."""
    await measure_stops(stops)
    await measure_takeovers(takeovers)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--takeovers", type=int, default=20)
    given = parser.parse_args()
    asyncio.run(main(given.stops, given.takeovers))
