"""Updates from the fake platform come in once, in order, and are confirmed after they are stored."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import structlog

from bot.chat.telegram.connect import TelegramChat, open_telegram
from bot.commands.chat_app import Membership, Received
from bot.commands.invocation import Invocation, Via
from bot.commands.menus import Audience, Menu
from bot.domain.chats import ChatKind, InboundUpdate, Person, Platform
from bot.domain.deliveries import Form
from bot.domain.messages import Button, plain_message
from bot.errors import SendError, SendOutcome, StoreError
from tests import factories
from tests.fakes.clock import FakeClock
from tests.fakes.server import FaultKind, Signal
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_rules import TelegramLimits

NO_LIMITS = TelegramLimits(chat_interval=0.0, group_per_minute=10_000, overall_per_second=10_000)
DANA, BAHROM = 100, 200
GROUP = -100500
MENUS = (
    Menu(Audience.PRIVATE, (("status", "How I am"), ("why", "Why this alert"))),
    Menu(Audience.PRIVATE, (("status", "Как я"),), "ru"),
    Menu(Audience.GROUP, (("status", "How I am"),)),
    Menu(Audience.ADMINS, (("watch", "Watch"), ("status", "How I am"))),
)


class WatchedClock(FakeClock):
    """A clock whose first sleeper a test can wait for."""

    def __init__(self) -> None:
        super().__init__()
        self._signal = Signal()

    async def sleep(self, seconds: float) -> None:
        self._signal.fire()
        await super().sleep(seconds)

    async def wait_for_sleeper(self) -> None:
        assert await self._signal.wait_for(lambda: self.sleepers or None, 5.0), "nobody went to sleep"


class Inbox:
    """What the store would hold, in order of arrival; the same update is held once."""

    def __init__(self, fake: TelegramFake) -> None:
        self._fake = fake
        self.updates: dict[str, InboundUpdate] = {}
        self.arrivals: list[str] = []
        self.problems: list[Exception] = []

    async def store(self, update: InboundUpdate) -> None:
        self.arrivals.append(update.key)
        if self.problems:
            raise self.problems.pop(0)
        pending = [str(waiting["update_id"]) for waiting in self._fake.api.updates.pending]
        assert update.key in pending, "confirmed to Telegram before it was stored"
        self.updates[update.key] = update
        self._fake.signal.fire()

    async def wait_for(self, count: int) -> list[InboundUpdate]:
        found: Callable[[], bool | None] = lambda: True if len(self.updates) >= count else None  # noqa: E731
        await self._fake.wait_until(found, f"update {count}", 5.0)
        return list(self.updates.values())


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(limits=NO_LIMITS) as server:
        server.add_user(DANA, "Dana")
        server.add_chat(GROUP, "supergroup", title="Desk", members=[BAHROM], admins=[DANA])
        yield server


@pytest.fixture
def clock() -> WatchedClock:
    return WatchedClock()


@pytest.fixture
async def telegram(fake: TelegramFake, clock: WatchedClock) -> AsyncIterator[TelegramChat]:
    async with open_telegram(fake.token, fake.origin, clock, MENUS) as opened:
        yield opened


@asynccontextmanager
async def receiving(telegram: TelegramChat, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(telegram.app.receive(inbox.store))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, SendError):
            await task


async def test_updates_are_stored_in_order_before_they_are_confirmed(
    fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock
) -> None:
    for text in ("/start", "/watch csto", "/status"):
        fake.user_says(DANA, DANA, text)
    inbox = Inbox(fake)
    async with receiving(telegram, inbox):
        updates = await inbox.wait_for(3)
        read = [telegram.app.read(update) for update in updates]
        await fake.wait_for_poll()
        assert fake.api.updates.pending == []
    assert [received.invocation.verb for received in read if isinstance(received, Received)] == [
        "start",
        "watch",
        "status",
    ]
    assert {update.received_at for update in updates} == {clock.now()}


async def test_what_was_not_stored_is_not_confirmed_and_comes_again(
    fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock
) -> None:
    inbox = Inbox(fake)
    inbox.problems = [StoreError("The database is locked.")]
    fake.user_says(DANA, DANA, "/start")
    async with receiving(telegram, inbox):
        await clock.wait_for_sleeper()
        assert len(fake.api.updates.pending) == 1
        await clock.advance(5)
        await inbox.wait_for(1)
    assert len(inbox.arrivals) == 2


async def test_a_restart_gets_again_what_was_not_confirmed(fake: TelegramFake, telegram: TelegramChat) -> None:
    class Killed(Exception):
        pass

    inbox = Inbox(fake)
    fake.user_says(DANA, DANA, "/start")
    fake.user_says(DANA, DANA, "/status")

    async def store_one_and_die(update: InboundUpdate) -> None:
        if inbox.updates:
            raise Killed
        await inbox.store(update)

    with pytest.raises(Killed):
        await telegram.app.receive(store_one_and_die)
    async with receiving(telegram, inbox):
        await inbox.wait_for(2)
    assert [len(inbox.arrivals), len(inbox.updates)] == [3, 2]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after_receive", "500", "502_html", "html_200", "429"])
async def test_a_broken_connection_is_waited_out_and_loses_nothing(
    fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock, kind: FaultKind
) -> None:
    fake.user_says(DANA, DANA, "/start")
    fake.fail_next("getUpdates", kind)
    inbox = Inbox(fake)
    async with receiving(telegram, inbox):
        await clock.wait_for_sleeper()
        assert inbox.updates == {}
        await clock.advance(2)
        await inbox.wait_for(1)


async def test_a_start_without_network_waits_for_it(
    fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock
) -> None:
    port = int(fake.origin.rpartition(":")[2])
    fake.user_says(DANA, DANA, "/start")
    await fake.stop()
    inbox = Inbox(fake)
    async with receiving(telegram, inbox):
        for _ in range(3):
            await clock.wait_for_sleeper()
            await clock.advance(60)
        await fake.start(port)
        await clock.wait_for_sleeper()
        await clock.advance(90)
        await inbox.wait_for(1)


class ImpatientClock(FakeClock):
    """Never sleeps, and remembers how long it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def test_the_waits_grow_to_a_minute_and_a_server_may_ask_for_more(fake: TelegramFake) -> None:
    clock = ImpatientClock()
    fake.fail_next("getMe", "500", times=9)
    fake.fail_next("getMe", "429", retry_after=300)
    async with open_telegram(fake.token, fake.origin, clock, ()) as telegram, receiving(telegram, Inbox(fake)):
        await fake.wait_for_poll()
    assert 0.75 <= clock.waits[0] <= 1.25
    assert all(45 <= wait <= 75 for wait in clock.waits[6:9])
    assert clock.waits[9:] == [300]


async def test_a_refused_token_ends_it_with_the_cure(fake: TelegramFake, clock: WatchedClock) -> None:
    async with open_telegram("123:wrong", fake.origin, clock, ()) as telegram:
        with pytest.raises(SendError, match="TELEGRAM_BOT_TOKEN") as caught:
            await telegram.app.receive(Inbox(fake).store)
    assert caught.value.outcome is SendOutcome.UNAUTHORISED


async def test_a_second_process_with_the_token_is_told_and_waited_out(
    fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock
) -> None:
    async with (
        open_telegram(fake.token, fake.origin, FakeClock(), ()) as other,
        receiving(telegram, Inbox(fake)),
    ):
        await fake.wait_for_poll()
        with structlog.testing.capture_logs() as logs:
            async with receiving(other, Inbox(fake)):
                await clock.wait_for_sleeper()
    (line,) = [entry for entry in logs if entry["event"] == "telegram_not_reached"]
    assert "only one bot instance" in line["reason"]
    assert "Let one process alone use this token." in line["reason"]


async def test_a_webhook_left_behind_is_taken_away_with_nothing_dropped(
    fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock
) -> None:
    fake.user_says(DANA, DANA, "/start")
    fake.api.updates.is_webhook_set = True
    inbox = Inbox(fake)
    async with receiving(telegram, inbox):
        await clock.wait_for_sleeper()
        await clock.advance(2)
        await inbox.wait_for(1)


async def test_only_what_the_bot_can_read_is_asked_for(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.user_says(DANA, DANA, "/start")
    inbox = Inbox(fake)
    async with receiving(telegram, inbox):
        await inbox.wait_for(1)
    asked = next(call for call in fake.calls if call.method == "getUpdates").parameters
    assert asked["allowed_updates"] == '["message", "callback_query", "my_chat_member", "channel_post"]'


async def test_the_menu_is_set_once(fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock) -> None:
    async with receiving(telegram, Inbox(fake)):
        await fake.wait_for_poll()
    setup = fake.api.setup
    assert setup.menu("all_private_chats") == ["status", "why"]
    assert setup.menu("all_private_chats", "ru") == ["status"]
    assert setup.menu("all_group_chats") == ["status"]
    assert setup.menu("all_chat_administrators") == ["watch", "status"]
    changed = Menu(Audience.GROUP, (("status", "How it is"),))
    menus = (*MENUS[:2], changed, MENUS[3])
    async with open_telegram(fake.token, fake.origin, clock, menus) as again, receiving(again, Inbox(fake)):
        await fake.wait_until(lambda: sum(c.method == "getMyCommands" for c in fake.calls) == 10 or None, "a look", 5)
        await fake.wait_for_poll()
    assert sum(call.method == "setMyCommands" for call in fake.calls) == len(MENUS) + 1


async def test_the_menu_that_older_versions_set_for_everybody_goes(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.api.setup.commands['{"type": "default"}', ""] = [{"command": "old", "description": "Old"}]
    async with receiving(telegram, Inbox(fake)):
        await fake.wait_for_poll()
    assert fake.api.setup.menu() == []


async def test_a_menu_that_cannot_be_set_stops_nothing(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.fail_next("setMyCommands", "400", detail="Bad Request: BOT_COMMAND_INVALID")
    async with receiving(telegram, Inbox(fake)):
        await fake.wait_for_poll()


async def test_a_press_is_answered_with_a_short_notice(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.user_says(DANA, DANA, "/start")
    message = plain_message("Card", ((Button("Useful", "up", "7Q2M"),),))
    destination = factories.build_destination(str(DANA))
    await telegram.messenger.send(
        destination, message, form=Form.RICH, reply_to=factories.build_delivery().reply_to, silent=False
    )
    inbox = Inbox(fake)
    async with receiving(telegram, inbox):
        await inbox.wait_for(1)
        press = fake.user_presses(fake.sent[-1], "a1:7Q2M:up", DANA)
        update = (await inbox.wait_for(2))[-1]
    received = telegram.app.read(update)
    assert isinstance(received, Received)
    assert (received.invocation.via, received.invocation.subject) == (Via.BUTTON, "7Q2M")
    await telegram.app.show_notice(update, "🟠" * 300)
    answer = await fake.wait_for_answer(press)
    assert answer.text == "🟠" * 99 + "…"
    await telegram.app.show_notice(update, "once more, and too late")


async def test_a_press_may_be_ended_without_a_word(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.api.open_queries.add("44")
    await telegram.app.show_notice(factories.build_update(payload='{"callback_query":{"id":"44"}}'), "")
    assert fake.api.answers["44"].text == ""


@pytest.mark.parametrize("payload", ["", "{}", '{"callback_query":[]}', '{"callback_query":{"id":"gone"}}'])
async def test_a_notice_for_nothing_is_no_trouble(fake: TelegramFake, telegram: TelegramChat, payload: str) -> None:
    await telegram.app.show_notice(factories.build_update(payload=payload), "hello")
    assert fake.api.answers == {}


async def test_a_notice_without_network_is_no_trouble(fake: TelegramFake, telegram: TelegramChat) -> None:
    await fake.stop()
    await telegram.app.show_notice(factories.build_update(payload='{"callback_query":{"id":"44"}}'), "hello")


def said_by(person: str, *, chat: int = GROUP, kind: ChatKind = ChatKind.GROUP) -> Invocation:
    destination = factories.build_destination(str(chat), kind=kind)
    return Invocation(destination, Person(Platform.TELEGRAM, person), "unwatch", "csto", Via.COMMAND, FakeClock().now())


async def test_admins_are_known_for_five_minutes(
    fake: TelegramFake, telegram: TelegramChat, clock: WatchedClock
) -> None:
    assert await telegram.app.is_admin(said_by(str(DANA)))
    assert not await telegram.app.is_admin(said_by(str(BAHROM)))
    fake.api.world.chats[GROUP].admins = {BAHROM}
    assert await telegram.app.is_admin(said_by(str(DANA)))
    assert len(fake.calls) == 2
    await clock.advance(301)
    assert not await telegram.app.is_admin(said_by(str(DANA)))
    assert await telegram.app.is_admin(said_by(str(BAHROM)))


async def test_nobody_is_asked_about_private_chats_and_voices_of_chats(
    fake: TelegramFake, telegram: TelegramChat
) -> None:
    assert await telegram.app.is_admin(said_by(str(DANA), chat=DANA, kind=ChatKind.PRIVATE))
    assert await telegram.app.is_admin(said_by(str(GROUP)))
    assert not await telegram.app.is_admin(said_by("-100999"))
    assert fake.calls == []


async def test_who_cannot_be_looked_up_is_no_admin(fake: TelegramFake, telegram: TelegramChat) -> None:
    assert not await telegram.app.is_admin(said_by("4711"))
    fake.fail_next("getChatMember", "reset_before")
    assert not await telegram.app.is_admin(said_by(str(DANA)))
    assert await telegram.app.is_admin(said_by(str(DANA)))


async def test_a_group_is_greeted_served_and_let_go(fake: TelegramFake, telegram: TelegramChat) -> None:
    inbox = Inbox(fake)
    async with receiving(telegram, inbox):
        fake.sets_bot_status(GROUP, "left", by=DANA)
        fake.sets_bot_status(GROUP, "member", by=DANA)
        fake.user_says(GROUP, DANA, "/watch@tocsin_test_bot csto")
        fake.sets_bot_status(GROUP, "administrator", by=DANA)
        fake.user_says(GROUP, DANA, "/watch@other_bot csto")
        fake.migrates(GROUP, -100777)
        fake.sets_bot_status(-100777, "kicked", by=DANA)
        updates = await inbox.wait_for(8)
    removed, added, watch, promoted, foreign, moved, arrived, lost = [telegram.app.read(update) for update in updates]
    assert isinstance(removed, Membership)
    assert isinstance(added, Membership)
    assert isinstance(watch, Received)
    assert isinstance(moved, Membership)
    assert isinstance(lost, Membership)
    assert (watch.invocation.verb, watch.invocation.argument) == ("watch", "csto")
    assert (removed.present, added.present) == (False, True)
    assert (promoted, foreign, arrived) == (None, None, None)
    assert (moved.destination.address, moved.moved_to) == (str(GROUP), "-100777")
    assert (lost.destination.address, lost.present, lost.reason) == ("-100777", False, "the bot was banned")
