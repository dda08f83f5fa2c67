"""Whatever happens in whatever order: what may sound sounds, what is too much is gathered, and nothing is lost."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.budget import DAILY_SOUNDS
from bot.domain.chat_settings import ChatSettings
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
BEGIN = datetime(2026, 10, 24, 12, tzinfo=ZoneInfo("UTC"))
DESK = build_destination("1001", timezone="Europe/Berlin")
QUIET = QuietHours(time(22), time(6, 30))
FEEDS = {"asia-plus": "independent", "vakhsh": "independent", "khovar": "state"}
PLACES = ("Darvoz", "Shohin", "Vanj", "Murghob", "Khorog", "Kulob", "Panjakent", "Isfara", "Yavan", "Rasht")
CRITICAL = Group("killed", "killed", (Term("killed", "en"),))


class Newsroom(RuleBasedStateMachine):
    """One chat with quiet hours, three outlets, and days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = QuickClock(BEGIN)
        self.messenger = FakeMessenger(self.clock.monotonic)
        watchlist = build_watchlist()
        louder = Escalation("toll", Condition(all_of=(("killed",),)), Priority.CRITICAL)
        watchlist = replace(watchlist, groups=(*watchlist.groups, CRITICAL), escalations=(louder,))
        self.catalog = Catalog(WatchlistCatalog((watchlist,)))
        self.items = 0

    def run(self, work: object) -> None:
        self.loop.run_until_complete(work)  # type: ignore[arg-type]  # whatever a rule began

    @initialize()
    def open(self) -> None:
        self.run(self._open())

    async def _open(self) -> None:
        self.store: Store = await open_store("sqlite:///:memory:")
        await self.store.migrate()
        await self.store.sync_feeds([build_feed(name, owner=owner) for name, owner in FEEDS.items()], BEGIN)
        await self.store.ensure_destination(DESK)
        await self.store.subscribe(DESK, "csto", "telegram:42", BEGIN)
        entry = AuditEntry(BEGIN, "telegram:42", Action.CHANGED, Subject.SETTING, DESK.key)
        await self.store.record_settings(DESK, ChatSettings(quiet=QUIET), entry)
        self.lanes = Lanes(self.store, self.messenger, self.catalog, self.clock, chance=random.Random(7))
        self.held = HeldCards(self.store, self.catalog, self.clock)

    @rule(
        outlet=st.sampled_from(list(FEEDS)),
        place=st.sampled_from(PLACES),
        toll=st.sampled_from(["", ", 2 killed", ", 3 killed", ", 4 wounded", ", 9 wounded"]),
        copies=st.integers(1, 7),
    )
    def report(self, outlet: str, place: str, toll: str, copies: int) -> None:
        """An outlet reports, on some days several things at once."""
        self.run(self._report(outlet, place, toll, copies))

    async def _report(self, outlet: str, place: str, toll: str, copies: int) -> None:
        now = self.clock.now()
        feed = build_feed(outlet, owner=FEEDS[outlet])
        planner = AlertPlanner(self.store, self.catalog, await load_watchers(self.store, self.catalog))
        items = []
        for copy in range(copies):
            self.items += 1
            where = PLACES[(PLACES.index(place) + copy) % len(PLACES)]
            title = f"CSTO troops shot at near {where} on the river bank{toll}"
            items.append(
                build_item(f"item-{self.items}", title=title, summary="", feed_id=outlet, published=now, first_seen=now)
            )
        plan = await planner.plan(feed, items)
        poll = build_poll(
            outlet, state=build_feed_state(outlet), items=tuple(items), matches=plan.matches, stories=plan.stories,
            alerts=plan.alerts, cards=plan.cards, filed=plan.filed, updates=plan.updates,
        )  # fmt: skip
        await self.store.record_polls([poll], now)
        await self.lanes.deliver_due()

    @rule(minutes=st.sampled_from([1, 4, 15, 60, 300]))
    def pass_time(self, minutes: int) -> None:
        """Time passes; what falls due is sent."""
        self.run(self._pass(minutes))

    async def _pass(self, minutes: int) -> None:
        for _ in range(4):
            await self.clock.advance(minutes * 15)
            await self.held.release_due()
            for _ in range(8):
                await self.lanes.deliver_due()
                await self.clock.advance(1)

    @rule(hours=st.integers(1, 4))
    def mute(self, hours: int) -> None:
        """Somebody mutes the list for a while."""
        now = self.clock.now()
        mute = Mute(DESK.key, MuteKind.LIST, "csto", "CSTO", now, now + timedelta(hours=hours), name="Dana")
        self.run(self.store.record_mute(mute, DESK, None))

    @rule(outcome=st.sampled_from([SendOutcome.NOT_SENT, SendOutcome.RATE_LIMITED, SendOutcome.UNKNOWN]))
    def fail(self, outcome: SendOutcome) -> None:
        """The next message, or edit, fails once."""
        self.messenger.refuse(DESK, SendError(outcome, "no", retry_after=timedelta(seconds=3)))

    @rule()
    def delete_newest(self) -> None:
        """Somebody deletes the newest message."""
        if self.messenger.sent:
            self.messenger.deleted.add(f"message-{len(self.messenger.sent)}")

    @property
    def cards(self) -> list[Sent]:
        return [sent for sent in self.messenger.sent if "\nWhy:" in plain_text(sent.message)]

    def _moment(self, sent: Sent) -> datetime:
        return BEGIN + timedelta(seconds=sent.at)

    @invariant()
    def a_story_has_one_card(self) -> None:
        ids = Counter(_head(sent).rsplit(" ", 1)[1] for sent in self.cards if "Possibly a repeat" not in _text(sent))
        assert all(count == 1 for count in ids.values()), ids

    @invariant()
    def quiet_hours_never_sound_but_for_critical_alerts(self) -> None:
        for sent in self.messenger.sent:
            if QUIET.find_end(self._moment(sent), ZoneInfo(DESK.timezone)) and not sent.silent:
                assert _head(sent).startswith("🔴") or "→ critical" in _text(sent), _text(sent)

    @invariant()
    def no_more_sounds_a_day_than_the_budget(self) -> None:
        zone = ZoneInfo(DESK.timezone)
        loud = [sent for sent in self.cards if not sent.silent and not _head(sent).startswith("🔴")]
        days = Counter(self._moment(sent).astimezone(zone).date() for sent in loud)
        assert all(count <= DAILY_SOUNDS for count in days.values()), days

    @invariant()
    def a_busy_chat_is_sent_no_more_than_it_bears(self) -> None:
        times = [sent.at for sent in self.cards if not _head(sent).startswith("🔴")]
        for first, sixth in zip(times, times[5:], strict=False):
            assert sixth - first >= timedelta(minutes=10).total_seconds()

    @invariant()
    def a_card_gets_at_most_four_updates_a_day(self) -> None:
        zone = ZoneInfo(DESK.timezone)
        updates = [sent for sent in self.messenger.sent if _head(sent).startswith("🔺")]
        # By the day on which they were planned: those that come at midnight were decided moments before.
        days = Counter(
            (sent.reply_to.message, (self._moment(sent) - timedelta(minutes=2)).astimezone(zone).date())
            for sent in updates
        )
        assert all(count <= MOST_A_DAY + 1 for count in days.values()), days

    def teardown(self) -> None:
        self.run(self._check_that_nothing_is_lost())
        self.run(self.store.close())
        self.loop.close()

    async def _check_that_nothing_is_lost(self) -> None:
        for _ in range(3):
            await self._pass(60)
        waiting = {card.id for card in await self.store.list_held()}
        shown = {_head(sent).rsplit(" ", 1)[1] for sent in self.cards}
        covered = {view.alert.id for view in (await self.store.list_missed(DESK.key, 1000, 0)).alerts}
        letters = await self.store.list_dead_letters(None, 100)
        views = await self.store.list_alerts(DESK.key, BEGIN - timedelta(days=1), 1000)
        lost = {view.alert.id for view in views} - shown - covered
        assert len(lost) <= len(waiting) + len(letters), lost


def _text(sent: Sent) -> str:
    return plain_text(sent.message)


def _head(sent: Sent) -> str:
    return _text(sent).split("\n")[0].replace("⚠️", "")


TestNewsroom = Newsroom.TestCase
# Shrinking a failure takes minutes here; set the phases to the default to have it done.
_PHASES = (Phase.reuse, Phase.generate)
TestNewsroom.settings = settings(max_examples=8, stateful_step_count=20, deadline=None, phases=_PHASES)
