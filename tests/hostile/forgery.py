"""Forged, replayed and cross-chat button presses. `python -m tests.hostile.forgery` tries 100,000 per platform.

Anyone who can write to the bot can send it any callback data. A stranger in a chat of their own plays with the ids of
somebody else's alerts, drafts and lists, and a member of the group who is no administrator with its settings. On Slack
a third of it comes as modals that are sent off, and a third as buttons in them.
"""

import asyncio
import json
import random
import sqlite3
import string
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.chat.slack.updates import Reading
from bot.chat.slack.updates import read_update as read_slack
from bot.chat.telegram.updates import read_update as read_telegram
from bot.commands.all_commands import COMMANDS, REGISTRY
from bot.commands.chat_app import Departure, Membership, Received
from bot.commands.drafts import _ACTIONS, _HEADINGS
from bot.commands.invocation import Reply
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Platform
from bot.domain.feed_drafts import FeedDraft
from bot.domain.messages import plain_text
from bot.sources.http import HttpFetcher
from storage import open_store
from tests import factories
from tests.fakes.chat_app import FakeChatApp
from tests.fakes.clock import START
from tests.hostile.forged_views import build_press_in_view, build_sent_view
from tests.unit.commands.desk import NILUFAR, Desk, button_of

LONG_RUN = 100_000
_SECRET = "zugspitze"
_GROUPS = {
    Platform.TELEGRAM: factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk"),
    Platform.SLACK: factories.build_slack_destination("C0VICTIM"),
}
_ARGUMENTS = (
    "",
    "here",
    "undo",
    "all",
    "1d",
    "p.1",
    "p.2",
    "watch",
    "apply",
    "add",
    "state B",
    "samples",
    "S1",
    "https://evil.example/f",
    "1 2",
)
# What these show is the archive, which is no chat's secret.
_SHOW_ARCHIVE = {"search", "test", "watch", "feeds", "whynot", "addfeed"}
# What any member of a group may do there: look at its alerts and lists, test, and say what they think of a card.
_TABLES = ("subscriptions", "chat_lists", "watchlist_versions", "stories", "alerts", "feeds", "items", "matches")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the forged presses: those that were tried, that asked for a command, and that did harm."""

    tried: int
    understood: int
    accepted: list[str]


class Scene:
    """A group with an alert, a list of its own, a draft and a feed that waits; a stranger, and a member."""

    def __init__(self, desk: Desk, database: Path, platform: Platform) -> None:
        self._desk = desk
        self._database = sqlite3.connect(database)
        self._platform = platform
        self._group = _GROUPS[platform]
        self.subjects: tuple[str, ...] = ()

    async def prepare(self) -> None:
        """Everything that somebody may want to get at."""
        desk, group = self._desk, self._group
        desk.app.admins.add(NILUFAR.key)
        await desk.store.sync_feeds([factories.build_feed()], START)
        await desk.watch("csto", destination=group)
        poll = factories.build_ringing_poll("item-1", group)
        story = factories.build_story("item-1", headline=f"CSTO meets at the {_SECRET}")
        alert, _ = await desk.ring(
            factories.build_poll(
                items=poll.items,
                words=poll.words,
                matches=poll.matches,
                stories=(story,),
                alerts=poll.alerts,
                cards=poll.cards,
            ),
            group,
        )
        # No secret word here: it would be a part of the list's id, which the stranger is given below.
        tested = await desk.write("/watch tajik border", group)
        await desk.press(button_of(tested, "Watch"), group)
        draft = button_of(await desk.write(f"/test uzbek border {_SECRET}", group), "Watch")
        made = (await desk.store.list_chat_lists())[-1].id
        address, title = "https://wire.example/rss", f"{_SECRET} Wire"
        feed = await desk.store.record_feed_draft(
            FeedDraft(group.key, address, title, "en", 3, None, 1, NILUFAR.key, START)
        )
        self.subjects = (alert, draft.subject, made, str(feed.id), "csto", "ttp", "S1", "p.1")

    async def attack(self, payloads: Iterator[str], *, inside: bool) -> Report:
        """Presses with these payloads, by a stranger in a chat of their own or by a member `inside` the group."""
        before = self._look()
        tried = understood = 0
        accepted: list[str] = []
        for data in payloads:
            tried += 1
            received = self._receive(data, inside=inside)
            if not isinstance(received, Received):
                continue
            understood += REGISTRY.find_for(received.invocation) is not None
            said = await self._press(received)
            told = _SECRET in said and _SECRET not in data and received.invocation.verb not in _SHOW_ARCHIVE
            if told and not inside:
                accepted.append(f"{data!r} told: {said[:80]!r}")
        after = self._look()
        accepted += [f"{table} is not what it was" for table in before if after[table] != before[table]]
        return Report(tried, understood, accepted)

    async def _press(self, received: Received) -> str:
        self._desk.clock._move_to(self._desk.clock.monotonic() + 10)  # so that the allowance is never what helps
        update = self._desk.app.update(received)
        if received.invocation.fields:
            mistakes = await self._desk.inbox._find_mistakes(self._desk.app, received.invocation)
            if mistakes:
                return " ".join(mistakes.values())
        reply = await self._desk.inbox._reply(self._desk.app, update, received.invocation)
        return _words_of(reply) if reply else ""

    def _receive(self, data: str, *, inside: bool) -> Received | Membership | Departure | None:
        ways = _WAYS[self._platform]
        build = ways[zlib.crc32(data.encode("utf-8", "surrogatepass")) % len(ways)]
        update = InboundUpdate(self._platform, "1", json.dumps(build(data, self._group, inside=inside)), START)
        return read_telegram(update, 7, "bot") if self._platform is Platform.TELEGRAM else read_slack(update, Reading())

    def _look(self) -> dict[str, object]:
        """The rows that only the group's administrators may change."""
        key = {"key": self._group.key}
        (group,) = self._database.execute("SELECT id FROM destinations WHERE key = :key", key).fetchone()
        seen: dict[str, object] = {}
        for table in (*_TABLES, "feedback"):
            columns = [row[1] for row in self._database.execute(f"PRAGMA table_info({table})")]
            where = " WHERE destination_id = :group" if "destination_id" in columns else ""
            if table == "watchlist_versions":  # the stranger may make lists of their own
                where = " WHERE watchlist IN (:made, 'csto', 'ttp')"
            rows = self._database.execute(f"SELECT * FROM {table}{where}", {"group": group, "made": self.subjects[2]})
            seen[table] = rows.fetchall()
        # A member may rate and look; whoever is elsewhere may not even that.
        seen["drafts"] = self._database.execute("SELECT * FROM drafts WHERE id = 2").fetchall()
        return seen


def _telegram_press(data: str, group: Destination, *, inside: bool) -> dict[str, object]:
    chat = {"id": int(group.address), "type": "supergroup"} if inside else {"id": 666, "type": "private"}
    message = {"message_id": 600, "chat": chat, "from": {"id": 7, "is_bot": True}}
    return {"callback_query": {"id": "1", "from": {"id": 666}, "message": message, "data": data}}


def _slack_press(data: str, group: Destination, *, inside: bool) -> dict[str, object]:
    channel = group.address if inside else "D0STRANGER"
    return {
        "type": "block_actions",
        "user": {"id": "U0STRANGER"},
        "team": {"id": group.workspace},
        "channel": {"id": channel},
        "container": {"message_ts": "1.2", "channel_id": channel},
        "actions": [{"value": data}],
    }


def _words_of(reply: Reply) -> str:
    """Everything that a person can read of an answer, and in the form that it opens."""
    words = [reply.notice, plain_text(reply.message) if reply.message else ""]
    if reply.dialog:
        words += [plain_text(part) for part in reply.dialog.parts]
        words += [f"{field.label} {field.value} {field.hint}" for field in reply.dialog.fields]
    return " ".join(words)


_WAYS: dict[Platform, tuple[Callable[..., dict[str, object]], ...]] = {
    Platform.TELEGRAM: (_telegram_press,),
    Platform.SLACK: (_slack_press, build_sent_view, build_press_in_view),
}


def forge(subjects: tuple[str, ...], count: int, *, seed: int, inside: bool) -> Iterator[str]:
    """This many payloads: real ids with every action, guessed ids, damaged payloads, and noise."""
    chance = random.Random(seed)
    actions = [word for one in COMMANDS for word in (one.name, *one.aliases, *one.reply_words)]
    if inside:
        actions = [one.name for one in COMMANDS if one.needs_admin]
    wishes = (*_ARGUMENTS, *_ACTIONS, *_HEADINGS, *subjects)
    for _ in range(count):
        subject = chance.choice(subjects) if chance.random() < 0.6 else _guess(chance)
        data = f"a1:{subject}:{chance.choice(actions)}:{chance.choice(wishes)}"
        if chance.random() < 0.3:
            data = _damage(data, chance)
        yield data if chance.random() < 0.95 else "".join(chance.choices(string.printable + "\u202eй\ud800", k=30))


def _guess(chance: random.Random) -> str:
    letters = "".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=4))
    return chance.choice((letters, str(chance.randrange(1_000)), f"S{chance.randrange(50)}", f"draft-{letters}", ""))


def _damage(data: str, chance: random.Random) -> str:
    place = chance.randrange(len(data))
    put_in = chance.choice((":", " ", "\0", "a1:", "%", "'", "*", "\n", "--", "1"))
    return chance.choice((data[:place], data[place:], data[:place] + put_in + data[place:], data + data, data.upper()))


async def attack_platform(
    folder: Path, platform: Platform, count: int, *, seed: int = 1, admins: tuple[str, ...] = ()
) -> tuple[Report, Report]:
    """The stranger's and the member's presses, half of `count` each. `admins` are keys of more administrators."""
    path = folder / f"{platform}.db"
    store = await open_store(f"sqlite:///{path}")
    await store.migrate()
    try:
        # Whatever address a forged press asks to be read, the name leads nowhere that may be reached.
        async with HttpFetcher(lookup=lambda _: ["127.0.0.1"]) as fetcher:
            desk = Desk(store, factories.build_watchlist("csto"), factories.build_watchlist("ttp"), fetcher=fetcher)
            desk.app = FakeChatApp(desk.clock, platform)
            scene = Scene(desk, path, platform)
            await scene.prepare()
            desk.app.admins.update(admins)
            stranger = await scene.attack(forge(scene.subjects, count // 2, seed=seed, inside=False), inside=False)
            member = await scene.attack(forge(scene.subjects, count // 2, seed=seed, inside=True), inside=True)
            return stranger, member
    finally:
        await store.close()


async def _try_all() -> int:
    harm = 0
    for platform in _GROUPS:
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            reports = await attack_platform(Path(folder), platform, LONG_RUN)
        tried, understood = sum(one.tried for one in reports), sum(one.understood for one in reports)
        accepted = [text for one in reports for text in one.accepted]
        seconds = time.perf_counter() - started
        print(f"{platform}: {tried:,} forged presses, {understood:,} of them name a command: {len(accepted)} accepted")
        print(f"  in {seconds:.0f} s")
        print("\n".join(accepted[:20]))
        harm += len(accepted)
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_try_all()))
