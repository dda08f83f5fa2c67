"""Whatever happens in whatever order: what may sound sounds, what is too much is gathered, and nothing is lost."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.domain.alerts import alert_ids
from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.budget import DAILY_SOUNDS
from bot.domain.chat_settings import ChatSettings
from bot.domain.deliveries import REPORTS_APART
from bot.domain.messages import plain_text
from bot.domain.mutes import Mute, MuteKind
from bot.domain.quiet import QuietHours
from bot.domain.updates import MOST_A_DAY
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SendError, SendOutcome
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Escalation, Group, Term
from bot.ports.store import Store
from bot.services.alerting import AlertPlanner
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from bot.services.holding import HeldCards
from bot.services.routing import load_watchers
from storage import open_store
from tests.factories import build_destination, build_feed, build_feed_state, build_item, build_poll, build_watchlist
from tests.fakes.messenger import FakeMessenger, Sent
from tests.unit.services.test_delivering import QuickClock

# The night in which the clocks of Berlin go back, so that one hour comes twice.
BEGIN = datetime(2026, 10, 24, 5, tzinfo=ZoneInfo("UTC"))
DESK = build_destination("1001", timezone="Europe/Berlin")
QUIET = QuietHours(time(22), time(6, 30))
FEEDS = {"asia-plus": "independent", "vakhsh": "independent", "khovar": "state"}
EVENTS, FAMOUS, _TOLLS = 150, 2, 0.2  # stories; those told again and again; share with numbers
SYLLABLES = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "dja", "shu"]
CRITICAL = Group("killed", "killed", (Term("killed", "en"),))


class Newsroom:
    """One chat with quiet hours, three outlets, and days that pass."""

    def __init__(self) -> None:
        self.clock = QuickClock(BEGIN)
        self.messenger = FakeMessenger(self.clock.monotonic)
        watchlist = build_watchlist()
        louder = Escalation("toll", Condition(all_of=(("killed",),)), Priority.CRITICAL)
        watchlist = replace(watchlist, groups=(*watchlist.groups, CRITICAL), escalations=(louder,))
        self.catalog = Catalog(WatchlistCatalog((watchlist,)))
        self.items = 0
        self.muted_until = BEGIN
        self.owed: set[str] = set()  # alerts of news that came while nothing was muted

    async def open(self) -> None:
        """The chat watches a list, and is quiet at night."""
        self.store: Store = await open_store("sqlite:///:memory:")
        await self.store.migrate()
        await self.store.sync_feeds([build_feed(name, owner=owner) for name, owner in FEEDS.items()], BEGIN)
        await self.store.ensure_destination(DESK)
        await self.store.subscribe(DESK, "csto", "telegram:42", BEGIN)
        entry = AuditEntry(BEGIN, "telegram:42", Action.CHANGED, Subject.SETTING, DESK.key)
        await self.store.record_settings(DESK, ChatSettings(quiet=QUIET), entry)
        self.lanes = Lanes(self.store, self.messenger, self.catalog, self.clock, chance=random.Random(7))
        self.held = HeldCards(self.store, self.catalog, self.clock)

    async def report(self, outlet: str, event: int, toll: str, copies: int) -> None:
        """An outlet reports, on some days several things at once."""
        now = self.clock.now()
        feed = build_feed(outlet, owner=FEEDS[outlet])
        planner = AlertPlanner(self.store, self.catalog, await load_watchers(self.store, self.catalog))
        items = []
        for copy in range(copies):
            self.items += 1
            title = f"CSTO {_headline((event + copy) % EVENTS)}{toll}"
            items.append(
                build_item(f"item-{self.items}", title=title, summary="", feed_id=outlet, published=now, first_seen=now)
            )
        plan = await planner.plan(feed, await planner.match(feed, items))
        poll = build_poll(
            outlet, state=build_feed_state(outlet), items=tuple(items), matches=plan.matches, stories=plan.stories,
            alerts=plan.alerts, cards=plan.cards, filed=plan.filed, updates=plan.updates,
        )  # fmt: skip
        await self.store.record_polls([poll], now)
        if now >= self.muted_until:
            self.owed |= {next(alert_ids(found.story_key)) for found in plan.matches}
        await self.lanes.deliver_due()

    async def pass_time(self, minutes: int) -> None:
        """Time passes; what falls due is sent."""
        for _ in range(4):
            await self.clock.advance(minutes * 15)
            await self.held.release_due()
            for _ in range(8):
                await self.lanes.deliver_due()
                await self.clock.advance(1)

    async def mute(self, hours: int) -> None:
        """Somebody mutes the list for a while."""
        now = self.clock.now()
        mute = Mute(DESK.key, MuteKind.LIST, "csto", "CSTO", now, now + timedelta(hours=hours), name="Dana")
        await self.store.record_mute(mute, DESK, None)
        self.muted_until = max(self.muted_until, now + timedelta(hours=hours))

    async def fail(self, outcome: SendOutcome) -> None:
        """The next message, or edit, fails once."""
        self.messenger.refuse(DESK, SendError(outcome, "no", retry_after=timedelta(seconds=3)))

    async def delete_newest(self) -> None:
        """Somebody deletes the newest message."""
        if self.messenger.sent:
            self.messenger.deleted.add(f"message-{len(self.messenger.sent)}")

    @property
    def cards(self) -> list[Sent]:
        return [sent for sent in self.messenger.sent if "\nWhy:" in plain_text(sent.message)]

    def _moment(self, sent: Sent) -> datetime:
        return BEGIN + timedelta(seconds=sent.at)

    def _check_that_a_story_has_one_card(self) -> None:
        ids = Counter(_head(sent).rsplit(" ", 1)[1] for sent in self.cards if "Possibly a repeat" not in _text(sent))
        assert all(count == 1 for count in ids.values()), ids

    def _check_that_quiet_hours_never_sound_but_for_critical_alerts(self) -> None:
        for sent in self.messenger.sent:
            if QUIET.find_end(self._moment(sent), ZoneInfo(DESK.timezone)) and not sent.silent:
                assert _head(sent).startswith("🔴") or "→ critical" in _text(sent), _text(sent)

    def _check_that_no_more_sounds_a_day_than_the_budget(self) -> None:
        zone = ZoneInfo(DESK.timezone)
        loud = [sent for sent in self.cards if not sent.silent and not _head(sent).startswith("🔴")]
        days = Counter(self._moment(sent).astimezone(zone).date() for sent in loud)
        assert all(count <= DAILY_SOUNDS for count in days.values()), days

    def _check_that_a_busy_chat_is_sent_no_more_than_it_bears(self) -> None:
        times = [sent.at for sent in self.cards if not _head(sent).startswith("🔴")]
        for first, sixth in zip(times, times[5:], strict=False):
            assert sixth - first >= timedelta(minutes=10).total_seconds()

    def _check_that_a_card_gets_at_most_four_updates_a_day(self) -> None:
        zone = ZoneInfo(DESK.timezone)
        updates = [sent for sent in self.messenger.sent if _head(sent).startswith("🔺")]
        # By the day on which they were planned: those that come at midnight were decided moments before. One that was
        # sent again, because nobody knows whether it arrived, is the same update.
        planned = {
            (sent.reply_to.message, (self._moment(sent) - timedelta(minutes=2)).astimezone(zone).date(), _text(sent))
            for sent in updates
        }
        days = Counter((card, day) for card, day, _ in planned)
        assert all(count <= MOST_A_DAY for count in days.values()), days

    def _check_that_reports_edit_a_card_at_most_every_ten_minutes(self) -> None:
        changed: dict[str, float] = {f"message-{place}": sent.at for place, sent in enumerate(self.messenger.sent, 1)}
        for edit in self.messenger.edits:
            if "\nWhy:" in plain_text(edit.message):
                assert edit.at - changed[edit.message_id] >= REPORTS_APART.total_seconds(), edit
                changed[edit.message_id] = edit.at

    def check_promises(self) -> None:
        """What holds at every moment."""
        self._check_that_a_story_has_one_card()
        self._check_that_quiet_hours_never_sound_but_for_critical_alerts()
        self._check_that_no_more_sounds_a_day_than_the_budget()
        self._check_that_a_busy_chat_is_sent_no_more_than_it_bears()
        self._check_that_a_card_gets_at_most_four_updates_a_day()
        self._check_that_reports_edit_a_card_at_most_every_ten_minutes()

    async def check_that_nothing_is_lost(self) -> None:
        """All that came while nothing was muted was shown, by itself or among others, once the night is over."""
        for minutes in (60, 300, 300, 60):
            await self.pass_time(minutes)
        assert await self.store.list_held() == []
        shown = {_head(sent).rsplit(" ", 1)[1] for sent in self.cards}
        covered = {view.alert.id for view in (await self.store.list_missed(DESK.key, 1000, 0)).alerts}
        lost = self.owed - shown - covered
        assert len(lost) <= len(await self.store.list_dead_letters(None, 100)), lost


def _text(sent: Sent) -> str:
    return plain_text(sent.message)


def _head(sent: Sent) -> str:
    return _text(sent).split("\n")[0].replace("⚠️", "")


def _headline(event: int) -> str:
    """Three words that no other event has, so that each is a story of its own."""
    numbers = [(3 * event + word) * 1_103 % 4_096 for word in range(3)]
    return " ".join("".join(SYLLABLES[number >> shift & 15] for shift in (8, 4, 0)) for number in numbers)


def _choose_step(chance: random.Random) -> tuple[Any, ...]:
    kind = chance.choices(("report", "pass_time", "mute", "fail", "delete_newest"), (60, 25, 3, 6, 6))[0]
    match kind:
        case "report":
            event = chance.randrange(chance.choice((FAMOUS, EVENTS, EVENTS)))
            toll = (
                f", {chance.randint(2, 19)} {chance.choice(('killed', 'wounded'))}" if chance.random() < _TOLLS else ""
            )
            return kind, chance.choice(list(FEEDS)), event, toll, chance.randint(1, 3)
        case "pass_time":
            return kind, chance.choice((4, 12, 15, 20, 90))
        case "mute":
            return kind, chance.randint(1, 3)
        case "fail":
            return kind, chance.choice((SendOutcome.NOT_SENT, SendOutcome.RATE_LIMITED, SendOutcome.UNKNOWN))
        case _:
            return (kind,)


# The steps are drawn by chance and not by Hypothesis, which prefers short and dull days.
@settings(max_examples=2, deadline=None, phases=(Phase.reuse, Phase.generate))
@given(st.integers(0, 2**32))
def test_whatever_happens_promises_are_kept_and_nothing_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    asyncio.run(_play([_choose_step(chance) for _ in range(80)]))


async def test_a_busy_day_reaches_the_limits_and_not_beyond() -> None:
    """Chance seldom goes so far: forty stories, and one whose numbers rise all day."""
    room = Newsroom()
    await room.open()
    for event in range(1, 41):
        await room.report("vakhsh", event, "", 1)
        if event % 4 == 0:
            await room.report("asia-plus", 0, f", {event} wounded", 1)
        await room.pass_time(13)
    await room.store.close()
    room.check_promises()
    loud = [sent for sent in room.cards if not sent.silent]
    updates = [sent for sent in room.messenger.sent if _head(sent).startswith("🔺")]
    assert len(loud) == DAILY_SOUNDS
    assert len(updates) == MOST_A_DAY - 1  # the last is kept for a rise to critical


async def _play(steps: list[tuple[Any, ...]]) -> None:
    room = Newsroom()
    await room.open()
    for name, *values in steps:
        await getattr(room, name)(*values)
    await room.check_that_nothing_is_lost()
    await room.store.close()
    room.check_promises()
