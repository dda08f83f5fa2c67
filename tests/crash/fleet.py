"""Several processes on one PostgreSQL, killed one after the other while news comes in; and what became of it."""

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_lowercase
from typing import LiteralString

import psycopg
from aiohttp import web

from bot.domain.feeds import Feed, FeedOrigin
from storage import open_store
from tests.e2e.scene import build_rss
from tests.e2e.service import Home, Service
from tests.factories import build_feed
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake

_FIRST_CHAT = 5001
_EVERYTHING = tuple(word for part in ("chat", "poll", "deliver") for word in ("--only", part))
_OLD = ("Weather", "Rain.")
_SAMPLE_SECONDS = 0.25
_REPEAT = "Possibly a repeat"
# How long the feed and the message that wait longest have been due; for how long no feed at all was polled while one
# was due; and how many processes are at work.
_SAMPLE = """
SELECT
    greatest(%(now)s - min(next_due), 0),
    (SELECT greatest(coalesce(max(%(now)s - not_before), 0), 0) FROM deliveries WHERE state IN ('pending', 'sending')),
    CASE WHEN min(next_due) < %(now)s THEN %(now)s - greatest(max(last_poll), min(next_due)) ELSE 0 END,
    (SELECT count(*) FROM processes WHERE seen > clock_timestamp() - interval '2.5 seconds')
FROM feeds WHERE enabled = 1
"""
_UNREAD = "SELECT count(*) FROM feeds WHERE last_poll IS NULL"
_TAKEN_ON = "SELECT leases.name FROM leases JOIN processes ON processes.id = process_id WHERE processes.name LIKE %s"
# Of the shards and lanes that a killed process had taken on, those in which something is due and at which nobody is: no
# feed was polled since, or no other process has taken the lane on.
_ORPHANED = {
    "shard": """
        SELECT count(*) FROM (
            SELECT 1 FROM feeds WHERE 'shard ' || shard = ANY(%(names)s) AND enabled = 1
            GROUP BY shard HAVING min(next_due) < %(now)s AND max(last_poll) < %(killed)s
        ) AS orphaned
    """,
    "lane": """
        SELECT count(*) FROM unnest(CAST(%(names)s AS text[])) AS lanes (name) WHERE name NOT IN (
            SELECT leases.name FROM leases JOIN processes ON processes.id = process_id
            WHERE processes.name NOT LIKE %(dead)s
        ) AND EXISTS (SELECT 1 FROM deliveries WHERE state IN ('pending', 'sending') AND not_before < %(now)s)
    """,
}
# Its row, or a job that it had and nobody ended.
_HELD = """
SELECT EXISTS (SELECT 1 FROM processes WHERE name LIKE %s) OR EXISTS (
    SELECT 1 FROM procrastinate_jobs LEFT JOIN procrastinate_workers ON procrastinate_workers.id = worker_id
    WHERE status = 'doing' AND (last_heartbeat IS NULL OR last_heartbeat < clock_timestamp() - interval '3.5 seconds')
)
"""
_LIST = """\
schema: 1
id: list-{number}
title: List {number}
priority: critical
groups:
  name: {{en: [{word}]}}
match:
  rules:
    - {{id: name, any: [name]}}
notify: [chat-{number}]
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How big a trial is: feeds, chats with a list of their own, processes, and what happens how often."""

    feeds: int
    chats: int
    processes: int
    seconds: float
    kill_every: float
    news_per_second: float
    polls_per_hour: int


@dataclass(slots=True)
class Outcome:
    """What was counted once everything had come to rest."""

    kills: int = 0
    published: int = 0
    never_read: int = 0
    lost: int = 0
    out_of_order: int = 0
    repeats: int = 0
    repeats_unsaid: int = 0
    polls: int = 0
    # From a kill until others may take on what the dead process had, and until others were at all of it.
    longest_until_freed: float = 0.0
    longest_until_polled: float = 0.0
    longest_until_sent: float = 0.0
    # Whoever was killed: the longest that one feed or message was due, and that nobody polled anything while one was.
    longest_overdue_poll: float = 0.0
    longest_overdue_send: float = 0.0
    longest_silence: float = 0.0
    fewest_at_work: int = 99
    refused_by_platform: int = 0
    exit_codes: Counter[int] = field(default_factory=Counter)


def build_word(number: int) -> str:
    """A word that stands for a number and nothing else."""
    return "z" + "".join("bdfgklmnpr"[int(digit)] + "aeiou"[place % 5] for place, digit in enumerate(f"{number:05}"))


class Trial:
    """Feeds on many loopback hosts, a chat for each list, and processes to kill."""

    def __init__(self, plan: Plan, home: Home, telegram: TelegramFake, url: str) -> None:
        self._plan = plan
        self._home = home
        self._telegram = telegram
        self._url = url
        self._chance = random.Random(9)
        self._services: list[Service] = []
        self._freeing: list[asyncio.Task[None]] = []
        self._news: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self._asked: Counter[int] = Counter()
        self._published: dict[str, int] = {}  # the chat of each headline
        self.outcome = Outcome()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One feed's document, or that it has not changed."""
        number = int(request.path.rpartition("/")[2])
        self._asked[number] += 1
        news = self._news[number]
        tag = f'"{len(news)}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=build_rss(_OLD, *news[-20:]), headers={"ETag": tag}, content_type="application/xml")

    async def run(self) -> Outcome:
        """Starts everything, kills for as long as planned, waits until all is quiet, and counts."""
        for _ in range(self._plan.processes):
            self._services.append(await self._home.start_service(*_EVERYTHING))
        await self._until_all_read()
        began = time.monotonic()
        before = self._asked.total()
        watching = asyncio.create_task(self._watch())
        publishing = asyncio.create_task(self._publish())
        while time.monotonic() - began < self._plan.seconds:
            await asyncio.sleep(self._plan.kill_every)
            await self._kill_one()
        publishing.cancel()
        self.outcome.polls = self._asked.total() - before
        await self._until_quiet()
        watching.cancel()
        await asyncio.gather(*self._freeing)
        for service in self._services:
            self.outcome.exit_codes[await service.stop()] += 1
        await asyncio.to_thread(self._count)
        return self.outcome

    async def _publish(self) -> None:
        for number in itertools.count():
            await asyncio.sleep(1 / self._plan.news_per_second)
            chat = number % self._plan.chats
            # Stories that have nothing in common but the name of their list.
            words = ["".join(self._chance.choices(ascii_lowercase, k=8)) for _ in range(10)]
            title = f"{build_word(90_000 + chat).title()} {' '.join(words[:5])}"
            self._news[self._chance.randrange(self._plan.feeds)].append((title, " ".join(words[5:])))
            self._published[title] = _FIRST_CHAT + chat

    async def _kill_one(self) -> None:
        victim = self._services.pop(self._chance.randrange(len(self._services)))
        name = f"%(process {victim.process_id})"
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            cursor = await connection.execute(_TAKEN_ON, (name,))
            had = [row[0] for row in await cursor.fetchall()]
        await victim.kill()
        self.outcome.kills += 1
        self._services.append(await self._home.launch_service(*_EVERYTHING))
        self._freeing.append(asyncio.create_task(self._follow(name, had)))

    async def _follow(self, dead: str, had: Sequence[str]) -> None:
        """Measures until others have what a process `had` when it was killed."""
        outcome = self.outcome
        freed, polled, sent = await asyncio.gather(
            self._seconds_until(_HELD, (dead,)),
            self._until_taken_over("shard", dead, had),
            self._until_taken_over("lane", dead, had),
        )
        outcome.longest_until_freed = max(outcome.longest_until_freed, freed)
        outcome.longest_until_polled = max(outcome.longest_until_polled, polled)
        outcome.longest_until_sent = max(outcome.longest_until_sent, sent)

    async def _until_taken_over(self, kind: str, dead: str, had: Sequence[str]) -> float:
        names = [name for name in had if name.startswith(kind)]
        values = {"names": names, "dead": dead, "killed": round(time.time() * 1_000_000)}
        return await self._seconds_until(_ORPHANED[kind], values) if names else 0.0

    async def _seconds_until(self, question: LiteralString, values: Mapping[str, object] | Sequence[object]) -> float:
        """The seconds until the answer is no, or none."""
        began = time.monotonic()
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            while True:
                given = values | {"now": round(time.time() * 1_000_000)} if isinstance(values, dict) else values
                row = await (await connection.execute(question, given)).fetchone()
                if row is None or not row[0]:
                    return time.monotonic() - began
                await asyncio.sleep(0.1)

    async def _watch(self) -> None:
        """How long anything was due without anybody doing it."""
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            while True:
                now = round(time.time() * 1_000_000)
                row = await (await connection.execute(_SAMPLE, {"now": now})).fetchone()
                assert row is not None
                poll, send, silence = (microseconds / 1_000_000 for microseconds in row[:3])
                outcome = self.outcome
                outcome.longest_overdue_poll = max(outcome.longest_overdue_poll, poll)
                outcome.longest_overdue_send = max(outcome.longest_overdue_send, send)
                outcome.longest_silence = max(outcome.longest_silence, silence)
                outcome.fewest_at_work = min(outcome.fewest_at_work, row[3])
                await asyncio.sleep(_SAMPLE_SECONDS)

    async def _until_all_read(self) -> None:
        """Waits until every feed was read and that was recorded: what waited for the start is no gap."""
        async with asyncio.timeout(180):
            await self._seconds_until(_UNREAD, ())
        await asyncio.sleep(1)

    async def _until_quiet(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            deadline = time.monotonic() + 90
            while time.monotonic() < deadline:
                cursor = await connection.execute(
                    "SELECT (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending')),"
                    " (SELECT count(*) FROM items WHERE title = ANY(%s))",
                    (list(self._published),),
                )
                if await cursor.fetchone() == (0, len(self._published)):
                    return
                await asyncio.sleep(0.2)

    def _count(self) -> None:
        outcome = self.outcome
        outcome.published = len(self._published)
        with psycopg.connect(self._url) as connection:
            rows = connection.execute(
                "SELECT items.title, deliveries.id, destinations.address::int FROM items"
                " LEFT JOIN alerts USING (story_id) LEFT JOIN deliveries ON deliveries.alert_id = alerts.id"
                " LEFT JOIN destinations ON destinations.id = deliveries.destination_id"
                " WHERE items.title = ANY(%s) ORDER BY deliveries.id",
                (list(self._published),),
            ).fetchall()
        outcome.never_read = len(self._published) - len({title for title, _, _ in rows})
        planned: dict[int, list[str]] = defaultdict(list)
        for title, _, chat in rows:
            planned[chat].append(title)
        for chat in sorted({*self._published.values()}):
            texts = [message.text for message in self._telegram.messages(chat) if "\nWhy: " in message.text]
            came = [title for text in texts for title in planned[chat] if title in text]
            copies = Counter(came)
            outcome.lost += sum(not copies[title] for title, place in self._published.items() if place == chat)
            outcome.repeats += copies.total() - len(copies)
            unmarked = Counter(title for text in texts if _REPEAT not in text for title in copies if title in text)
            outcome.repeats_unsaid += sum(count - 1 for count in unmarked.values() if count > 1)
            first = [planned[chat].index(title) for title in dict.fromkeys(came)]
            outcome.out_of_order += sum(later < earlier for earlier, later in itertools.pairwise(first))
        outcome.refused_by_platform = self._telegram.too_many_requests


@asynccontextmanager
async def open_trial(plan: Plan, folder: Path, url: str) -> AsyncIterator[Trial]:
    """Everything for one trial, on the empty database at `url`."""
    async with TelegramFake() as telegram, FeedServer(host="0.0.0.0") as publisher:
        home = Home.build(
            folder,
            watchlists=(),
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_URL=telegram.origin,
            DATABASE_URL=url,
            TOCSIN_PRIVATE_NETWORKS="127.0.0.0/8",
            TOCSIN_POLLS_PER_HOUR=str(plan.polls_per_hour),
        )
        lists = folder / "watchlists"
        places = []
        for number in range(plan.chats):
            chat = _FIRST_CHAT + number
            telegram.add_user(chat, f"reader {number}")
            telegram.user_says(chat, chat, "/status")
            places.append(f"  chat-{number}: {{telegram: {chat}}}\n")
            content = _LIST.format(number=number, word=build_word(90_000 + number))
            (lists / f"list-{number}.yaml").write_text(content, encoding="utf-8")
        routes = "schema: 1\ndestinations:\n" + "".join(places) + "routes: []\n"
        (lists / "routes.yaml").write_text(routes, encoding="utf-8")
        trial = Trial(plan, home, telegram, url)
        feeds = []
        for number in range(plan.feeds):
            host = f"127.0.{1 + number // 8 // 250}.{1 + number // 8 % 250}"
            publisher.handle(f"/{number}", trial.answer)
            address = publisher.url(f"/{number}", host)
            feeds.append(build_feed(f"feed-{number}", url=address, origin=FeedOrigin.CHAT, lang="en", grade="B"))
        await _add(feeds, url)
        yield trial


async def _add(feeds: Sequence[Feed], url: str) -> None:
    """Puts feeds into the database, as people do in chats."""
    store = await open_store(url)
    await store.migrate()
    for feed in feeds:
        await store.add_feed(feed, datetime.now(UTC))
    await store.close()
