"""Kills crews in numbers and counts what became of their alerts and commands."""

import asyncio
import itertools
import random
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.chats import Platform
from tests.crash.crew import Crew, Orders, destinations, start_crew
from tests.fakes.slack import SCOPES, SlackFake
from tests.fakes.slack_methods import SlackLimits
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import TelegramLimits

_EARLY = 0.2
_PATIENCE = 30.0
_UPDATE = re.compile(r"Update number \d+\.")
_NEWEST = """
SELECT alert_id FROM deliveries JOIN destinations ON destinations.id = destination_id
WHERE destinations.key = :key AND alert_id IS NOT NULL AND state = 'sent' ORDER BY deliveries.id DESC LIMIT 1
"""
_CARDS = "SELECT alert_id, state FROM deliveries WHERE alert_id IS NOT NULL AND message IS NULL AND target_id IS NULL"
# An update whose repeat was killed as well is a dead letter; its card shows what it said.
_UPDATES = """
SELECT message FROM deliveries WHERE target_id IS NOT NULL AND message IS NOT NULL AND state <> 'failed'
"""
_NOTES_AND_UNCOVERED = """
SELECT (SELECT count(*) FROM notes), (
    SELECT count(*) FROM deliveries AS cards JOIN deliveries AS covers ON cards.reason = 'in the digest ' || covers.key
    WHERE cards.state = 'digested' AND covers.state <> 'sent'
)
"""
_EDITS = "SELECT count(*) FROM deliveries WHERE target_id IS NOT NULL AND message IS NULL AND state = 'sent'"
_WORD = re.compile(r"[A-Z0-9]{4,}")


@dataclass(slots=True)
class Toll:
    """What was counted after all kills, once the last crew was let live."""

    kills: int = 0
    alerts: int = 0
    lost: list[str] = field(default_factory=list)
    given_up: int = 0
    digested: int = 0
    extra_telegram: int = 0
    extra_slack: int = 0
    most_copies: int = 0
    updates: int = 0
    updates_lost: int = 0
    most_copies_of_update: int = 0
    edits: int = 0
    notes: int = 0
    commands: int = 0
    commands_lost: int = 0
    commands_answered_twice: int = 0
    sound: bool = False
    waiting: int = 0


class Massacre:
    """Fake platforms, a database, and crews to kill."""

    def __init__(self, database: Path, telegram: TelegramFake, slack: SlackFake) -> None:
        self._database = database
        self._telegram = telegram
        self._slack = slack
        self._chance = random.Random(8)
        self.toll = Toll()
        self._commanders = itertools.cycle(_readers())
        self._taken = ""

    async def kill_at_random(self, kills: int, *, within: float = 0.6) -> None:
        """Kills so many crews, each at any moment of its life: one in five while it starts, the others at work."""
        for _ in range(kills):
            self._command()
            crew = self._start()
            if self._chance.random() >= _EARLY:
                await self._wait(crew.is_at_work, _PATIENCE)
            await asyncio.sleep(self._chance.uniform(0.0, within))
            crew.process.kill()
            await self._bury(crew)

    async def let_live(self, seconds: float) -> None:
        """Lets a crew work so long, and until every reader has an alert to write notes on; then kills it."""
        crew = self._start()
        await self._wait(crew.is_at_work, _PATIENCE)
        await asyncio.sleep(seconds)
        assert await self._wait(lambda: all(map(self._find_alert, _readers())), _PATIENCE)
        crew.process.kill()
        await self._bury(crew)

    async def kill_at(self, failpoints: Iterable[str], times: int, *, patience: float = 6.0) -> dict[str, int]:
        """Lets crews die at each failpoint; how many did in time. The others are killed as well."""
        died: dict[str, int] = {}
        for failpoint in failpoints:
            for turn in range(times):
                # Edits go out behind cards, so that one is due soon only where no more cards come.
                is_edit = failpoint.endswith(":edit")
                if is_edit:
                    self._ask_for_edit()
                else:
                    self._command()
                crew = self._start(failpoint, nth=1 if is_edit else 1 + turn % 3, polls=not is_edit)
                await self._wait(crew.is_at_work, _PATIENCE)
                died[failpoint] = died.get(failpoint, 0) + await self._wait(crew.is_dead, patience)
                crew.process.kill()
                await self._bury(crew)
        return died

    async def settle(self, patience: float = 60.0) -> Toll:
        """Lets a last crew live until everything is sent, or nothing was for `patience` seconds; and counts.

        Each chat takes a card a second, so that it may take minutes until thousands are out.
        """
        crew = self._start(polls=False)
        time = asyncio.get_running_loop().time
        least, deadline = self._open(), time() + patience
        while least and time() < deadline:
            await asyncio.sleep(0.2)  # a file tells nobody
            if (waiting := self._open()) < least:
                least, deadline = waiting, time() + patience
        crew.process.kill()
        await self._bury(crew, counts=False)
        self._count()
        return self.toll

    def _start(self, failpoint: str = "", nth: int = 1, *, polls: bool = True) -> Crew:
        return start_crew(
            Orders(
                self._database,
                self._telegram.token,
                self._telegram.origin,
                self._slack.bot_token,
                self._slack.app_token,
                self._slack.api_url,
                failpoint,
                nth,
                polls,
            )
        )

    def _command(self) -> None:
        person = next(self._commanders)
        alert = self._find_alert(person)
        text = f"/note {alert} note {self.toll.commands}" if alert else "/status"
        self._telegram.user_says(person, person, text)
        self.toll.commands += 1
        self.toll.notes += bool(alert)

    def _ask_for_edit(self) -> None:
        """The first reader takes the story of an alert, or gives it back: its card says so at once."""
        person = next(iter(_readers()))
        verb, self._taken = ("unack", self._taken) if self._taken else ("ack", self._find_alert(person))
        self._telegram.user_says(person, person, f"/{verb} {self._taken}")
        self.toll.commands += 1
        if verb == "unack":
            self._taken = ""

    def _find_alert(self, person: int) -> str:
        """The newest alert that a person was sent; empty before there is any."""
        if not self._database.exists():
            return ""
        with closing(sqlite3.connect(self._database)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            row = "deliveries" in tables and connection.execute(_NEWEST, {"key": f"telegram:{person}"}).fetchone()
        return row[0] if row else ""

    async def _wait(self, has_happened: Callable[[], bool], seconds: float) -> bool:
        deadline = asyncio.get_running_loop().time() + seconds
        while not has_happened() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110  nor does a process
            await asyncio.sleep(0.02)
        return has_happened()

    async def _bury(self, crew: Crew, *, counts: bool = True) -> None:
        await asyncio.to_thread(crew.process.join)
        self.toll.kills += counts

    def _open(self) -> int:
        with closing(sqlite3.connect(self._database)) as connection:
            waiting = "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')"
            unhandled = "SELECT count(*) FROM inbox WHERE handled_at IS NULL"
            (stored,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
            return (
                self.toll.commands
                - int(stored)
                + sum(int(connection.execute(query).fetchone()[0]) for query in (waiting, unhandled))
            )

    def _count(self) -> None:
        toll = self.toll
        toll.waiting = self._open()
        with closing(sqlite3.connect(self._database)) as connection:
            rows = connection.execute(_CARDS).fetchall()
            updates = [text for (text,) in connection.execute(_UPDATES)]
            (kept,) = connection.execute("SELECT count(DISTINCT text) FROM notes").fetchone()
            (notes, uncovered) = connection.execute(_NOTES_AND_UNCOVERED).fetchone()
            (toll.edits,) = connection.execute(_EDITS).fetchone()
            toll.sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (toll.commands_lost,) = connection.execute(
                "SELECT :commands - count(*) FROM inbox WHERE handled_at IS NOT NULL", {"commands": toll.commands}
            ).fetchone()
            toll.commands_lost += toll.notes - kept
            (answers,) = connection.execute("SELECT count(*) FROM deliveries WHERE key LIKE 'telegram:%'").fetchone()
            (items, alerts) = connection.execute(
                "SELECT (SELECT count(*) FROM items WHERE key LIKE 'story-%'), (SELECT count(*) FROM alerts)"
            ).fetchone()
        alert_ids = {alert for alert, _ in rows}
        copies_telegram = _count_cards((message.text for message in self._telegram.sent), alert_ids)
        copies_slack = _count_cards((message.visible for message in self._slack.sent), alert_ids)
        copies = copies_telegram + copies_slack
        assert items == alerts == len(rows), "a poll was recorded in part"
        toll.commands_answered_twice = answers - toll.commands + notes - kept
        toll.alerts = len(rows)
        toll.given_up = sum(state == "failed" for _, state in rows)
        toll.digested = sum(state == "digested" for _, state in rows)
        toll.lost = [alert for alert, state in rows if not copies[alert] and state != "digested"]
        toll.lost += ["in a digest that never came"] * uncovered
        sent = [message.text for message in self._telegram.sent] + [message.visible for message in self._slack.sent]
        came = Counter(found[0] for text in sent if (found := _UPDATE.search(text)))
        toll.updates = len(updates)
        toll.updates_lost = sum(not any(update in text for update in came) for text in updates)
        toll.most_copies_of_update = max(came.values(), default=0)
        toll.extra_telegram = sum(count - 1 for count in copies_telegram.values())
        toll.extra_slack = sum(count - 1 for count in copies_slack.values())
        toll.most_copies = max(copies.values(), default=0)


def _count_cards(texts: Iterable[str], alert_ids: Collection[str]) -> Counter[str]:
    """How many cards of each alert there are; a card has its alert's id in its first line."""
    heads = [text[: text.find("CSTO troops")] for text in texts if "Why:" in text]
    return Counter(word for head in heads for word in _WORD.findall(head) if word in alert_ids)


def _readers() -> list[int]:
    return [int(place.address) for place in destinations() if place.platform is Platform.TELEGRAM]


@asynccontextmanager
async def open_massacre(folder: Path) -> AsyncIterator[Massacre]:
    """A fresh database and platforms without rate limits, on which Slack tells what it was sent."""
    unlimited = TelegramLimits(chat_interval=0.0, group_per_minute=10_000, overall_per_second=10_000)
    async with (
        TelegramFake(limits=unlimited) as telegram,
        SlackFake(limits=SlackLimits(channel_interval=0.0), scopes=SCOPES | {"channels:history"}) as slack,
    ):
        for reader in _readers():
            telegram.add_user(reader, f"reader {reader}")
            telegram.user_says(reader, reader, "/status")
        for place in destinations():
            if place.platform is Platform.SLACK:
                slack.add_channel(place.address)
        massacre = Massacre(folder / "tocsin.db", telegram, slack)
        massacre.toll.commands = len(_readers())
        yield massacre
