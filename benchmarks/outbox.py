"""What lost answers, outages, downtime and sick chats do to deliveries.

    python -m benchmarks.outbox [--sends 10000]

Runs the lanes on a real SQLite store against a platform that misbehaves, on a clock that moves on whenever somebody
sleeps, so that six hours take seconds. Prints what was lost, doubled, out of order or late.
"""

import argparse
import asyncio
import logging
import random
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import structlog

from benchmarks.outbox_parts import Platformer, build_lanes, open_fresh
from benchmarks.sick_chats import print_sick_chats
from bot.domain.alerts import AlertView
from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import Urgency
from bot.errors import SendError, SendOutcome
from bot.ports.store import Store
from bot.services.delivering import Lanes
from tests.factories import (
    build_destination,
    build_item,
    build_ringing_poll,
    build_slack_destination,
)
from tests.fakes.clock import FakeClock


class QuickClock(FakeClock):
    """Whoever sleeps moves it on at once."""

    async def sleep(self, seconds: float) -> None:
        """Returns at once, that much later."""
        await asyncio.sleep(0)
        self._move_to(self._monotonic + max(seconds, 0))


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
        messenger = Platformer(platform, trouble, clock)
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
        clock,
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
    messenger = Platformer(Platform.TELEGRAM, lambda _: (None, True), clock)
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


async def main(sends: int) -> None:
    """Everything, one line each."""
    for platform in (Platform.TELEGRAM, Platform.SLACK):
        began = time.monotonic()
        await measure_ambiguity(sends, platform)
        print(f"  ({time.monotonic() - began:.0f} s)", flush=True)
    await measure_outage()
    await measure_downtime()
    await print_sick_chats()


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sends", type=int, default=10_000)
    asyncio.run(main(parser.parse_args().sends))
