"""How close the lanes come to what the platforms allow, and whether they are ever refused for being too fast.

    python -m benchmarks.throughput

Sends for about a minute, in real time, from a real SQLite store through the real adapters to the fakes, which hold
to the limits of the platforms and answer 429 beyond them. Prints what was reached of each ceiling.
"""

import asyncio
import logging
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.chat.telegram.connect import open_telegram
from bot.clock import SystemClock
from bot.domain.chats import ChatKind, Destination
from bot.domain.deliveries import OutgoingMessage
from bot.domain.messages import plain_message
from bot.domain.watchlists import WatchlistCatalog
from bot.ports.messenger import Messenger
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from storage import open_store
from tests.factories import build_destination, build_slack_destination, build_watchlist
from tests.fakes.slack import SlackFake
from tests.fakes.slack_opening import opened_slack
from tests.fakes.telegram import TelegramFake

_PEOPLE = 60
_CHANNELS = 10
_OVERALL_SECONDS = 20
_CHAT_SECONDS = 20
_GROUP_SECONDS = 62


@dataclass(frozen=True, slots=True)
class Reached:
    """One ceiling: what the platform allows, and what was sent."""

    what: str
    allowed: float
    sent: float
    refused: int

    def __str__(self) -> str:
        share = self.sent / self.allowed
        return f"{self.what:<38} {self.allowed:>6.1f} {self.sent:>7.2f} {share:>6.0%} {self.refused:>5}"


async def _send(
    messenger: Messenger, destinations: Sequence[Destination], *, each: int, seconds: float, database: Path
) -> None:
    """Lets lanes send to these destinations for so long; there is always more to send."""
    clock = SystemClock()
    store = await open_store(f"sqlite:///{database}")
    await store.migrate()
    messages = [
        OutgoingMessage(f"{number}:{destination.key}", destination, plain_message(f"Report {number}"))
        for number in range(each)
        for destination in destinations
    ]
    await store.enqueue(messages, clock.now())
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    lanes = Lanes(store, messenger, catalog, clock, chance=random.Random(1))
    running = asyncio.create_task(lanes.run())
    await asyncio.sleep(seconds)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


async def _telegram(destinations: Sequence[Destination], seconds: float, database: Path) -> TelegramFake:
    async with TelegramFake() as fake, open_telegram(fake.token, fake.origin, SystemClock()) as telegram:
        for one in destinations:
            chat = int(one.address)
            fake.add_chat(chat, "private" if chat > 0 else "supergroup")
        each = int(40 * seconds / len(destinations)) + 2
        await _send(telegram.messenger, destinations, each=each, seconds=seconds, database=database)
        return fake


async def _slack(database: Path) -> SlackFake:
    channels = [build_slack_destination(f"C0CHAN{number:02}") for number in range(_CHANNELS)]
    async with SlackFake() as fake, opened_slack(fake.setup, SystemClock()) as slack:
        for one in channels:
            fake.add_channel(one.address, one.address.lower())
        await _send(slack.messenger, channels, each=_CHAT_SECONDS + 5, seconds=_CHAT_SECONDS, database=database)
        return fake


def _rate(times: Sequence[float]) -> float:
    """Messages a second between the first and the last."""
    return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0


def _busiest_minute(times: Sequence[float]) -> int:
    return max(sum(start <= at < start + 60 for at in times) for start in times)


async def measure(folder: Path) -> list[Reached]:
    """Every ceiling."""
    people = [build_destination(str(1000 + number)) for number in range(_PEOPLE)]
    group = build_destination("-100500", kind=ChatKind.GROUP)
    everyone = await _telegram(people, _OVERALL_SECONDS, folder / "everyone.db")
    one, many, slack = await asyncio.gather(
        _telegram(people[:1], _CHAT_SECONDS, folder / "one.db"),
        _telegram([group], _GROUP_SECONDS, folder / "group.db"),
        _slack(folder / "slack.db"),
    )
    channels = {message.channel for message in slack.sent}
    slowest = min(_rate([message.at for message in slack.sent if message.channel == one]) for one in channels)
    return [
        Reached("Telegram, all chats, a second", 30, _rate([m.at for m in everyone.sent]), everyone.too_many_requests),
        Reached("Telegram, one private chat, a second", 1, _rate([m.at for m in one.sent]), one.too_many_requests),
        Reached(
            "Telegram, one group, a minute", 20, _busiest_minute([m.at for m in many.sent]), many.too_many_requests
        ),
        Reached(f"Slack, slowest of {len(channels)} channels, a second", 1, slowest, slack.too_many_requests),
    ]


def main() -> None:
    """Runs it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        reached = asyncio.run(measure(Path(folder)))
    print(f"{'ceiling':<38} {'allows':>6} {'reached':>7} {'share':>6} {'429':>5}")
    for one in reached:
        print(one)


if __name__ == "__main__":
    main()
