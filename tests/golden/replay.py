"""Replays recorded feeds on a fake clock and writes down, byte for byte, what every chat platform is given.

`python -m tests.golden.replay` writes the golden files anew; read what changed in them before you commit it.
"""

import asyncio
import json
import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any

from bot.chat.console.render import render_plain
from bot.chat.slack.render import render as render_slack
from bot.chat.telegram.render import render as render_telegram
from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_settings import ChatSettings
from bot.domain.chats import ChatKind, Destination, Platform, ReplyAddress
from bot.domain.deliveries import Form, Receipt
from bot.domain.messages import Message
from bot.domain.quiet import QuietHours
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SendError, SendOutcome
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Group, Rule, Term, Watchlist
from bot.ports.fetcher import FeedRequest, FeedResponse
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from bot.services.holding import HeldCards
from bot.services.polling import Polling
from bot.sources.parser import WorkerParser
from storage import open_store
from tests.factories import build_destination, build_feed, build_slack_destination
from tests.fakes.clock import START, FakeClock
from tests.fakes.feeds import FakePublishers

HERE = Path(__file__).parent
LAST_MINUTE = 250
FEEDS = (
    build_feed("pamir-wire", grade="B"),
    build_feed("vakhsh", outlet="Vakhsh Post", grade="C"),
    build_feed("zarafshon", owner="state", grade="C"),
    build_feed("ofoq", outlet="Ofoq TV", lang="fa", country="AF", grade="B"),
)
PRIVATE = build_destination("1001", timezone="Asia/Dushanbe")
CHANNEL = build_slack_destination("C0SECNEWS")
TERMINAL = Destination(Platform.CONSOLE, "local", kind=ChatKind.PRIVATE)
# From 10:00 to 11:00 in UTC, which is Dushanbe's afternoon.
QUIET = QuietHours(time(15), time(16))


def build_watchlists() -> tuple[Watchlist, ...]:
    """Two lists of our own, so that editing the shipped ones changes no golden file."""
    border = Group("border", "border", (Term("border", "en"),))
    soil = Group("soil", "from Afghan soil", (Term("از خاک افغانستان", "fa"),))
    workers = Group("workers", "Chinese workers", (Term("کارگران چینی", "fa"),))
    attack = Group("attack", "attack", (Term("حمله", "fa"), Term("attack", "en")))
    return (
        Watchlist(
            "tajik-afghan-border", "Tajik-Afghan border", "", Priority.HIGH, (border,),
            (Rule("named", Condition(all_of=(("border",),)), label="the border by name"),),
        ),
        Watchlist(
            "chinese-nationals", "Attacks on Chinese nationals", "", Priority.CRITICAL, (attack, workers, soil),
            (Rule("attacked", Condition(all_of=(("attack",), ("workers",), ("soil",)))),),
        ),
    )  # fmt: skip


class QuickClock(FakeClock):
    """Whoever sleeps moves it on at once."""

    async def sleep(self, seconds: float) -> None:
        """Moves on."""
        await self.advance(max(seconds, 0))


class RecordedFeeds(FakePublishers):
    """Gives out the documents of `feeds/`, each from its minute on."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self._documents = sorted((HERE / "feeds").glob("*.xml"))

    async def fetch(self, request: FeedRequest) -> FeedResponse:
        """The document that stands at a feed's address now."""
        minute = (self._clock.now() - START).total_seconds() / 60
        name = request.url.removeprefix("https://").partition(".")[0]
        past = [path for path in self._documents if path.stem[4:] == name and int(path.stem[:3]) <= minute]
        return FeedResponse(request.url, past[-1].read_bytes(), "", "", "application/rss+xml", not_modified=False)


@dataclass
class Recorder:
    """A messenger that takes everything and writes down what its platform would be given."""

    platform: Platform
    clock: FakeClock
    log: list[str] = field(default_factory=list)
    sent: int = 0

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
        """Takes a message."""
        del destination, marker
        self.sent += 1
        marks = [f"message {self.sent}"]
        marks += [f"under {reply_to.message}"] if reply_to.message else []
        marks += ["shown to the channel"] if reply_to.broadcast else []
        marks += ["silent"] if silent or message.silent else []
        self._write(", ".join(marks), message, form)
        return Receipt(str(self.sent))

    async def edit(self, destination: Destination, message_id: str, message: Message, *, form: Form) -> None:
        """Takes an edit."""
        del destination
        self._write(f"edit of message {message_id}", message, form)

    async def find_sent(self, destination: Destination, marker: str, since: datetime) -> Receipt | None:
        """Nothing is lost here, so that nobody asks."""
        raise SendError(SendOutcome.UNKNOWN, "not kept")

    async def check(self) -> None:
        """It always answers."""

    def _write(self, what: str, message: Message, form: Form) -> None:
        self.log.append(f"===== {self.clock.now():%H:%M} {what}\n{self._payload(message, form)}\n")

    def _payload(self, message: Message, form: Form) -> str:
        if self.platform is Platform.CONSOLE:
            return render_plain(message)
        if self.platform is Platform.SLACK:
            slack = render_slack(message, form)
            return _json({"text": slack.text, "blocks": list(slack.blocks)})
        telegram = render_telegram(message, form)
        keyboard = telegram.keyboard.to_dict() if telegram.keyboard else None
        return f"{telegram.text}\n{_json(keyboard)}"


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    # A button or a run of text is easier to compare on one line.
    return re.sub(r"\{\n\s+([^{}\[\]]*?)\n\s+\}", lambda found: "{" + re.sub(r"\n\s+", " ", found[1]) + "}", text)


async def deliver(lanes: Sequence[Lanes], recorders: Sequence[Recorder], clock: FakeClock) -> None:
    """Sends what is due, at the pace that platforms bear."""
    written = -1
    while (now := sum(len(recorder.log) for recorder in recorders)) != written:
        written = now
        for lane in lanes:
            await lane.deliver_due()
        await clock.advance(1)


async def replay(store: Store) -> dict[str, str]:
    """What each platform is given in the four hours of the recording, by the name of its golden file."""
    clock = QuickClock()
    catalog = Catalog(WatchlistCatalog(build_watchlists()))
    feeds = RecordedFeeds(clock)
    await store.sync_feeds(FEEDS, START)
    for destination in (PRIVATE, CHANNEL, TERMINAL):
        await store.ensure_destination(destination)
        for watchlist in catalog.watchlists:
            await store.subscribe(destination, watchlist.id, "telegram:42", START)
    entry = AuditEntry(START, "telegram:42", Action.CHANGED, Subject.SETTING, PRIVATE.key)
    await store.record_settings(PRIVATE, ChatSettings(quiet=QUIET), entry)
    recorders = [Recorder(platform, clock) for platform in (Platform.TELEGRAM, Platform.SLACK, Platform.CONSOLE)]
    lanes = [Lanes(store, recorder, catalog, clock, chance=random.Random(7)) for recorder in recorders]
    held = HeldCards(store, catalog, clock)
    async with WorkerParser() as parser:
        polling = Polling(store, feeds, parser, catalog, clock, chance=random.Random(7), polls_per_hour=10_000)
        while (minute := (clock.now() - START).total_seconds() / 60) <= LAST_MINUTE:
            if any(abs(int(path.stem[:3]) - minute) < 1 for path in (HERE / "feeds").glob("*.xml")):
                await polling.poll_all()
            await held.release_due()
            await deliver(lanes, recorders, clock)
            await clock.advance(60 - (clock.now() - START).total_seconds() % 60)
    return {f"{recorder.platform}.txt": "\n".join(recorder.log) for recorder in recorders}


async def write_golden_files() -> None:
    """Replays, and writes what comes out."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/tocsin.db")
        await store.migrate()
        for name, text in (await replay(store)).items():
            (HERE / name).write_text(text, encoding="utf-8")
        await store.close()


if __name__ == "__main__":
    asyncio.run(write_golden_files())
