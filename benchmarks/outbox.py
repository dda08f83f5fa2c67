"""What lost answers, outages, downtime and sick chats do to deliveries.

    python -m benchmarks.outbox [--sends 10000]

Runs the lanes on a real SQLite store against a platform that misbehaves, on a clock that moves on whenever somebody
sleeps, so that six hours take seconds. Prints what was lost, doubled, out of order or late.
"""

import argparse
import asyncio
import logging
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import structlog

from bot.clock import SystemClock
from bot.domain.alerts import AlertView
from bot.domain.chats import Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, OutgoingMessage, Receipt, Urgency
from bot.domain.messages import Message, plain_message, plain_text
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SendError, SendOutcome
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from storage import open_store
from tests.factories import (
    build_destination,
    build_feed,
    build_item,
    build_ringing_poll,
    build_slack_destination,
    build_watchlist,
)
from tests.fakes.clock import FakeClock

# The error that a call to a destination ends with, if any, and whether its message arrives all the same.
Trouble = Callable[[Destination], tuple[SendError | None, bool]]


class QuickClock(FakeClock):
    """Whoever sleeps moves it on at once."""

    async def sleep(self, seconds: float) -> None:
        """Returns at once, that much later."""
        await asyncio.sleep(0)
        self._move_to(self._monotonic + max(seconds, 0))


class Platformer:
    """A platform whose answer to each call is decided by `trouble`: an error, and whether the message arrived."""

    def __init__(
        self,
        platform: Platform,
        trouble: Trouble,
        now: Callable[[], float],
    ) -> None:
        self._platform = platform
        self._trouble = trouble
        self._now = now
        self.arrived: list[tuple[str, str, float]] = []
        self.ambiguous = 0
        self.calls = 0
        self.probes = 0
        self._markers: set[str] = set()
        self.latency = 0.0
        self.hanging = ""  # the address of a chat whose calls never end

    @property
    def platform(self) -> Platform:
        """Which platform it plays."""
        return self._platform

    async def send(
        self,
        destination: Destination,
        message: Message,
        *,
        form: Form,
        reply_to: ReplyAddress,
        silent: bool,
        marker: str = "",
    ) -> Receipt:
        """Takes the message or not, and says so or not."""
        del form, reply_to, silent
        self.calls += 1
        if destination.address == self.hanging:
            await asyncio.Event().wait()
        if self.latency:
            await asyncio.sleep(self.latency)
        error, arrives = self._trouble(destination)
        if arrives:
            self.arrived.append((destination.key, plain_text(message), self._now()))
            self._markers.add(marker)
        if error:
            self.ambiguous += error.outcome is SendOutcome.UNKNOWN
            raise error
        return Receipt(str(len(self.arrived)))

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Takes every edit."""
        del destination, message_id, message, form
        self.calls += 1

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """Slack tells; Telegram cannot."""
        del destination, since
        if self._platform is not Platform.SLACK:
            raise SendError(SendOutcome.UNKNOWN, "no history")
        return Receipt(marker) if marker in self._markers else None

    async def check(self) -> None:
        """Answers unless everything fails."""
        self.probes += 1
        error, _ = self._trouble(build_destination("probe"))
        if error:
            raise error


@asynccontextmanager
async def open_fresh() -> AsyncIterator[Store]:
    """An empty store on disk."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder)}/tocsin.db")
        await store.migrate()
        await store.sync_feeds([build_feed()], FakeClock().now())
        yield store
        await store.close()


def build_lanes(store: Store, messenger: Platformer, clock: FakeClock | SystemClock) -> Lanes:
    """Lanes that watch `csto`."""
    return Lanes(store, messenger, Catalog(WatchlistCatalog((build_watchlist(),))), clock, chance=random.Random(8))


async def watch(store: Store, clock: FakeClock, destinations: list[Destination]) -> None:
    """All of them watch the list."""
    for destination in destinations:
        await store.ensure_destination(destination)
        await store.subscribe(destination, "csto", "telegram:42", clock.now())


async def drain(lanes: Lanes, store: Store, clock: FakeClock) -> None:
    """Delivers until nothing waits."""
    while (await store.count_totals()).deliveries_pending:
        await lanes.deliver_due()
        await clock.sleep(1.0)


async def measure_ambiguity(sends: int, platform: Platform) -> None:
    """One call in ten gives no answer; in three of five such cases the message has arrived."""
    chance, clock = random.Random(2), QuickClock()

    def trouble(destination: Destination) -> tuple[SendError | None, bool]:
        if destination.address == "probe" or chance.random() >= 0.1:
            return None, True
        return SendError(SendOutcome.UNKNOWN, "reset"), chance.random() < 0.6

    build = build_slack_destination if platform is Platform.SLACK else build_destination
    destinations = [build(f"C{number}" if platform is Platform.SLACK else str(number)) for number in range(200)]
    async with open_fresh() as store:
        await watch(store, clock, destinations)
        for number in range(sends // len(destinations)):
            poll = build_ringing_poll(f"s{number}", *destinations)
            cards = tuple(replace(card, urgency=Urgency.CRITICAL) for card in poll.cards)  # never part of a burst
            await store.record_polls([replace(poll, cards=cards)], clock.now())
        messenger = Platformer(platform, trouble, clock.monotonic)
        lanes = build_lanes(store, messenger, clock)
        await drain(lanes, store, clock)
        await clock.sleep(30.0)  # doubtful cards are looked for every ten
        await lanes.deliver_due()
        await drain(lanes, store, clock)
        dead = len(await store.list_dead_letters(None, sends))
        planned = {(one.key, view.alert.id) for one in destinations for view in await list_all(store, one.key)}
    copies = Counter((key, alert_of(text)) for key, text, _ in messenger.arrived if "Why:" in text)
    notices = [(key, text) for key, text, _ in messenger.arrived if "may not have arrived" in text]
    named = {(key, alert) for key, alert in planned for of, text in notices if key == of and alert in text}
    print(
        f"ambiguity, {platform.value}: {len(planned)} cards, {messenger.ambiguous} ambiguous answers; "
        f"never arrived {len(planned - set(copies))}, of those named in {len(notices)} notices "
        f"{len((planned - set(copies)) & named)}, lost {len(planned - set(copies) - named)}; dead letters {dead}; "
        f"extra copies {copies.total() - len(copies)}, most copies of one {max(copies.values())}",
        flush=True,
    )


async def list_all(store: Store, destination_key: str) -> list[AlertView]:
    """Every alert of a destination."""
    return await store.list_alerts(destination_key, FakeClock().now() - timedelta(days=1), 10_000)


def alert_of(card: str) -> str:
    """The alert's id, at the end of a card's first line."""
    return card.partition("\n")[0].rsplit(" ", 1)[1]


async def measure_outage() -> None:
    """Telegram is down for six hours, while an alert a minute rings at twenty chats and three a day at others."""
    clock = QuickClock()
    start, down = clock.monotonic(), SendError(SendOutcome.NOT_SENT, "down")
    messenger = Platformer(
        Platform.TELEGRAM,
        lambda _: (down, False) if 600 < clock.monotonic() - start < 600 + 6 * 3600 else (None, True),
        clock.monotonic,
    )
    busy, quiet = [build_destination(str(n)) for n in range(20)], [build_destination(str(n)) for n in range(20, 200)]
    async with open_fresh() as store:
        await watch(store, clock, [*busy, *quiet])
        lanes = build_lanes(store, messenger, clock)
        for minute in range(7 * 60):
            rings = [busy[minute % 20], quiet[minute % 180]]
            poll = build_ringing_poll(f"s{minute}", *rings)
            await store.record_polls([poll], clock.now())
            until = start + 60 * (minute + 1)
            while clock.monotonic() < until:
                await lanes.deliver_due()
                await clock.sleep(min(5.0, max(until - clock.monotonic(), 0.1)))
        await drain(lanes, store, clock)
        totals = await store.count_totals()
        missed = {key: (await store.list_missed(key.key, 10_000, 0)).total for key in busy}
    after = [(key, at) for key, _, at in messenger.arrived if at - start > 600 + 6 * 3600]
    first_ten = Counter(key for key, at in after if at - start < 600 + 6 * 3600 + 600)
    cards = 7 * 60 * 2
    shown = sum("Why:" in text for _, text, _ in messenger.arrived)
    print(
        f"outage of 6 h: {cards} cards; sent as cards {shown}, in digests {sum(missed.values())}, "
        f"lost {cards - shown - sum(missed.values())}, given up {totals.deliveries_failed}; "
        f"probes {messenger.probes}; out of order {count_disorder(messenger.arrived)}; "
        f"most messages to one chat in the ten minutes after {max(first_ten.values())}",
        flush=True,
    )


def count_disorder(arrived: list[tuple[str, str, float]]) -> int:
    """Cards that came to a destination before an earlier one of the same outage; digests stand outside the order."""
    disorder, last = 0, dict[str, int]()
    for key, text, _ in arrived:
        if "Why:" in text:
            number = int(text.partition("/news/s")[2].partition(")")[0])
            disorder += number < last.get(key, -1)
            last[key] = number
    return disorder


async def measure_downtime() -> None:
    """Tocsin was off for three days; at its return 5,000 stories of that time ring at ten chats, 500 at each."""
    clock = QuickClock()
    messenger = Platformer(Platform.TELEGRAM, lambda _: (None, True), clock.monotonic)
    chats, chance = [build_destination(str(n)) for n in range(10)], random.Random(3)
    async with open_fresh() as store:
        await watch(store, clock, chats)
        lanes = build_lanes(store, messenger, clock)
        for number in range(5000):
            poll = build_ringing_poll(f"s{number}", chats[number % 10])
            published = clock.now() - timedelta(hours=chance.uniform(0, 72))
            item = build_item(f"s{number}", published=published, first_seen=clock.now())
            await store.record_polls([replace(poll, items=(item,))], clock.now())
        while (await store.count_totals()).deliveries_pending and clock.monotonic() < 600:
            await lanes.deliver_due()
            await clock.sleep(1.0)
        counts = Counter(key for key, _, at in messenger.arrived if at < 600)
        reachable = sum([(await store.list_missed(chat.key, 1, 0)).total for chat in chats])
        shown = sum("Why:" in text for _, text, _ in messenger.arrived)
    print(
        f"downtime of 3 days: 5000 alerts; most messages to one chat in ten minutes {max(counts.values())}; "
        f"as cards {shown}, behind digests {reachable}, lost {5000 - shown - reachable}",
        flush=True,
    )


async def measure_sick_chats(*, sick: bool) -> float:
    """The p99 of the time from outbox to chat over 500 chats, in real time; twelve of them sick if `sick`."""
    clock = SystemClock()
    chats = [build_destination(str(number)) for number in range(500)]
    gone = SendError(SendOutcome.DESTINATION_GONE, "blocked")
    flooded = SendError(SendOutcome.RATE_LIMITED, "429", retry_after=timedelta(hours=1))

    def trouble(destination: Destination) -> tuple[SendError | None, bool]:
        number = int(destination.address) if destination.address.isdecimal() else 999
        if not sick or number > 11:
            return None, True
        return (flooded if number == 1 else gone), False

    messenger = Platformer(Platform.TELEGRAM, trouble, clock.monotonic)
    messenger.latency, messenger.hanging = 0.05, "0" if sick else ""
    async with open_fresh() as store:
        lanes = build_lanes(store, messenger, clock)
        running = asyncio.create_task(lanes.run())
        began: dict[str, float] = {}
        for number in range(700):
            chat, text = chats[number % 500], f"m{number}"
            began[text] = clock.monotonic()
            await store.enqueue([OutgoingMessage(text, chat, plain_message(text))], clock.now())
            lanes.wake()
            await asyncio.sleep(0.05)
        await asyncio.sleep(3)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    waits = [at - began[text] for key, text, at in messenger.arrived if int(key.rpartition(":")[2]) > 11]
    return quantiles(waits, n=100)[98]


async def main(sends: int) -> None:
    """Everything, one line each."""
    for platform in (Platform.TELEGRAM, Platform.SLACK):
        began = time.monotonic()
        await measure_ambiguity(sends, platform)
        print(f"  ({time.monotonic() - began:.0f} s)", flush=True)
    await measure_outage()
    await measure_downtime()
    # In turns, and the median of each: what else the machine does meanwhile is in both.
    rounds = [(await measure_sick_chats(sick=False), await measure_sick_chats(sick=True)) for _ in range(5)]
    calm, disturbed = (median(times) for times in zip(*rounds, strict=True))
    print(
        f"sick chats: p99 from outbox to chat {calm * 1000:.0f} ms undisturbed, {disturbed * 1000:.0f} ms beside "
        f"one that hangs, one that is flooded and ten that forbid ({(disturbed / calm - 1) * 100:+.0f} %)"
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sends", type=int, default=10_000)
    asyncio.run(main(parser.parse_args().sends))
