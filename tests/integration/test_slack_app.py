"""Hearing people on the fake Slack: stored before acknowledged, once however often delivered, never deaf for long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.connect import SlackChat
from bot.chat.slack.socket_mode import HANDSHAKE_SECONDS, WATCHDOG_SECONDS, SocketIntake
from bot.clock import SystemClock
from bot.commands.chat_app import Membership, Received
from bot.commands.invocation import Via
from bot.domain.chats import NO_REPLY_ADDRESS, ChatKind, InboundUpdate
from bot.domain.deliveries import Form
from bot.domain.messages import Button, plain_message
from bot.errors import SendError, SendOutcome, StoreError
from tests.factories import build_slack_destination
from tests.fakes.clock import FakeClock
from tests.fakes.slack import SCOPES, SlackFake
from tests.fakes.slack_methods import SlackLimits
from tests.fakes.slack_opening import opened_slack
from tests.fakes.slack_world import SlackMessage

DANA, BAHROM = "U0DANA", "U0BAHROM"
DESK = build_slack_destination("C0DESK")
CARD = plain_message("HIGH · CSTO", ((Button("Why", "why", "7Q2M"), Button("Open", url="https://e.example")),))


class Box:
    """What was stored, by key; told to refuse, it stores nothing."""

    def __init__(self, fake: SlackFake) -> None:
        self.updates: dict[str, InboundUpdate] = {}
        self.offered = 0
        self.refusals = 0
        self.unacknowledged: list[bool] = []
        self._fake = fake

    async def store(self, update: InboundUpdate) -> None:
        self.offered += 1
        self.unacknowledged.append(self._fake.sockets.deliveries[-1].acked_at is None)
        self._fake.signal.fire()
        if self.refusals:
            self.refusals -= 1
            raise StoreError("The disk is full.", "Free some space.")
        self.updates[update.key] = update

    @property
    def latest(self) -> InboundUpdate:
        return list(self.updates.values())[-1]


@pytest.fixture
async def fake() -> AsyncIterator[SlackFake]:
    async with SlackFake(limits=SlackLimits(channel_interval=0.0)) as server:
        server.add_channel("C0DESK", "desk", members=[DANA])
        yield server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def slack(fake: SlackFake, clock: FakeClock) -> AsyncIterator[SlackChat]:
    async with opened_slack(fake.setup, clock) as chat:
        yield chat


@asynccontextmanager
async def listening(slack: SlackChat, fake: SlackFake) -> AsyncIterator[Box]:
    box = Box(fake)
    task = asyncio.create_task(slack.app.receive(box.store))
    try:
        await fake.wait_for_connection()
        yield box
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def advance_until(fake: SlackFake, clock: FakeClock, find: Callable[[], bool], seconds: float) -> None:
    """Moves the clock on second by second, up to `seconds`, letting the network keep up."""
    for _ in range(int(seconds)):
        if find():
            return
        await fake.signal.wait_for(lambda: True if clock.sleepers or find() else None, 0.2)
        await clock.advance(1)
        await fake.signal.wait_for(lambda: find() or None, 0.02)
    assert find(), f"it did not happen within {seconds} s"


def read(slack: SlackChat, box: Box) -> Received:
    content = slack.app.read(box.latest)
    assert isinstance(content, Received)
    return content


async def post_card(slack: SlackChat, fake: SlackFake) -> SlackMessage:
    await slack.messenger.send(DESK, CARD, form=Form.RICH, reply_to=NO_REPLY_ADDRESS, silent=False)
    return await fake.wait_for_message("C0DESK", lambda message: "CSTO" in message.visible)


async def test_a_command_is_stored_before_it_is_acknowledged(fake: SlackFake, slack: SlackChat) -> None:
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_commands(DANA, "C0DESK", "/tocsin", "addfeed https://a.example/?x=1&y=<2>"))
        assert box.unacknowledged == [True]
        assert fake.late == []
        received = read(slack, box)
    asked = received.invocation
    assert (asked.verb, asked.argument, asked.via) == ("addfeed", "https://a.example/?x=1&y=<2>", Via.COMMAND)
    assert asked.destination == replace(DESK, title="desk", workspace="T0TOCSIN")
    assert (asked.person.id, received.reply_to.only_for) == (DANA, DANA)
    assert received.reply_to.response_url.startswith(fake.origin)


async def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(fake: SlackFake, slack: SlackChat) -> None:
    async with listening(slack, fake) as box:
        box.refusals = 1
        first = fake.user_says_in_dm(DANA, "lists")
        await fake.wait_until(lambda: box.offered or None, "the offer", 5)
        second = fake.retries(first)
        await fake.wait_for_ack(second)
        assert first.acked_at is None
        assert len(box.updates) == 1


async def test_an_event_delivered_twice_is_one_update(fake: SlackFake, slack: SlackChat) -> None:
    async with listening(slack, fake) as box:
        first = fake.user_says_in_dm(DANA, "lists")
        await fake.wait_for_ack(first)
        await fake.wait_for_ack(fake.retries(first))
    assert (box.offered, len(box.updates)) == (2, 1)


async def test_two_presses_are_two_updates(fake: SlackFake, slack: SlackChat) -> None:
    card = await post_card(slack, fake)
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_presses(card, "why", DANA))
        await fake.wait_for_ack(fake.user_presses(card, "why", DANA))
    assert len(box.updates) == 2


async def test_a_press_says_what_it_is_about(fake: SlackFake, slack: SlackChat) -> None:
    card = await post_card(slack, fake)
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_presses(card, "why", DANA))
        received = read(slack, box)
        await fake.wait_for_ack(fake.user_presses(card, "open", DANA))
        assert slack.app.read(box.latest) is None
    asked = received.invocation
    assert (asked.verb, asked.subject, asked.via, asked.replied_message) == ("why", "7Q2M", Via.BUTTON, card.ts)
    assert received.reply_to.message == card.ts


async def test_a_mention_in_a_thread_is_answered_there(fake: SlackFake, slack: SlackChat) -> None:
    card = await post_card(slack, fake)
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_mentions(DANA, "C0DESK", "Why?  please", thread=card.ts))
        in_thread = read(slack, box)
        await fake.wait_for_ack(fake.user_mentions(DANA, "C0DESK", "lists"))
        in_channel = read(slack, box)
    assert (in_thread.invocation.verb, in_thread.invocation.argument) == ("why", "please")
    assert (in_thread.invocation.via, in_thread.invocation.replied_message) == (Via.COMMAND, card.ts)
    assert in_thread.reply_to.message == card.ts
    assert (in_channel.invocation.verb, in_channel.invocation.via) == ("lists", Via.COMMAND)
    assert in_channel.reply_to.message > card.ts


async def test_a_direct_message_is_a_command_and_the_bot_does_not_answer_itself(
    fake: SlackFake, slack: SlackChat
) -> None:
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_says_in_dm(DANA, "Search tajik* -football"))
        received = read(slack, box)
        chat = received.invocation.destination
        await slack.messenger.send(chat, CARD, form=Form.RICH, reply_to=received.reply_to, silent=False)
        await fake.wait_for_ack(fake.sockets.deliveries[-1])
        assert slack.app.read(box.latest) is None
    assert (chat.address, chat.kind) == ("D0DANA", ChatKind.PRIVATE)
    assert (received.invocation.verb, received.invocation.argument) == ("search", "tajik* -football")
    assert await slack.app.is_admin(received.invocation)


async def test_joining_and_leaving_a_channel_is_noticed(fake: SlackFake, slack: SlackChat) -> None:
    async with listening(slack, fake) as box:
        found = []
        for event in (
            fake.invites_bot("C0DESK", DANA),
            fake.removes_bot("C0DESK", DANA),
            fake.archives("C0DESK", DANA),
        ):
            await fake.wait_for_ack(event)
            found.append(slack.app.read(box.updates[event.payload["event_id"]]))
    assert [content.present for content in found if isinstance(content, Membership)] == [True, False, False]
    assert [content.reason for content in found if isinstance(content, Membership)] == [
        "",
        "the bot was removed",
        "the channel was archived",
    ]


async def test_a_notice_is_shown_to_the_presser_alone(fake: SlackFake, slack: SlackChat) -> None:
    card = await post_card(slack, fake)
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_presses(card, "why", DANA))
        await slack.app.show_notice(box.latest, "Noted <!here>.")
        await slack.app.show_notice(box.latest, "")
    notice = await fake.wait_for_ephemeral("C0DESK", DANA)
    assert (notice.visible, notice.mentions) == ("Noted <!here>.", [])
    assert len([message for message in fake.sent if message.only_for]) == 1


async def test_a_notice_that_cannot_be_shown_harms_nothing(fake: SlackFake, slack: SlackChat) -> None:
    card = await post_card(slack, fake)
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_presses(card, "why", DANA))
        fake.fail_next("response_url", "500")
        await slack.app.show_notice(box.latest, "Noted.")
        await slack.app.show_notice(replace(box.latest, payload="nonsense"), "Noted.")
    assert not [message for message in fake.sent if message.only_for]


async def test_admins_are_asked_for_once_in_five_minutes(fake: SlackFake, slack: SlackChat, clock: FakeClock) -> None:
    fake.add_user(DANA, "dana", is_admin=True)
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_commands(DANA, "C0DESK", "/tocsin", "watch csto"))
        dana = read(slack, box).invocation
        await fake.wait_for_ack(fake.user_commands(BAHROM, "C0DESK", "/tocsin", "watch csto"))
        bahrom = read(slack, box).invocation
        assert await slack.app.is_admin(dana)
        assert not await slack.app.is_admin(bahrom)
        fake.add_user(DANA, "dana", is_admin=False)
        assert await slack.app.is_admin(dana)
        await clock.advance(301)
        assert not await slack.app.is_admin(dana)
        await clock.advance(301)
        fake.fail_next("users.info", "text_200")
        fake.add_user(DANA, "dana", is_admin=True)
        assert not await slack.app.is_admin(dana)
        assert await slack.app.is_admin(dana)


async def test_the_language_that_a_person_chose_is_asked_for_once(
    fake: SlackFake, slack: SlackChat, clock: FakeClock
) -> None:
    fake.add_user(DANA, "dana", locale="ru-RU")
    async with listening(slack, fake) as box:
        await fake.wait_for_ack(fake.user_says_in_dm(DANA, "help"))
        dana = read(slack, box).invocation
        fake.fail_next("users.info", "text_200")
        assert await slack.app.find_language(dana) == ""
        assert await slack.app.find_language(dana) == "ru-RU"
        assert await slack.app.find_language(dana) == "ru-RU"
    assert [call.method for call in fake.calls].count("users.info") == 1


async def test_members_of_the_group_of_admins_may_change_things(clock: FakeClock) -> None:
    scopes = frozenset({*SCOPES, "usergroups:read"})
    async with SlackFake(scopes=scopes) as fake:
        fake.add_channel("C0DESK", "desk", members=[DANA, BAHROM])
        fake.api.world.groups["S0DESK"] = {BAHROM}
        async with (
            opened_slack(replace(fake.setup, admin_group="S0DESK"), clock) as slack,
            listening(slack, fake) as box,
        ):
            found = []
            for person in (BAHROM, DANA):
                await fake.wait_for_ack(fake.user_commands(person, "C0DESK", "/tocsin", "watch csto"))
                found.append(await slack.app.is_admin(read(slack, box).invocation))
            assert found == [True, False]
            assert [call.method for call in fake.calls].count("usergroups.users.list") == 1


async def test_a_channel_that_the_bot_is_missing_from_is_told_apart(fake: SlackFake, slack: SlackChat) -> None:
    fake.add_channel("C0OPEN", "open", has_bot=False)
    fake.add_channel("G0SHUT", "shut", kind="private", has_bot=False)
    fake.add_channel("C0OLD", "old")
    fake.archives("C0OLD", DANA)
    places = [replace(DESK, address=address) for address in ("C0DESK", "C0OPEN", "G0SHUT", "C0OLD")]
    told = [await slack.app.find_obstacle(place) for place in places]
    assert [words.partition(",")[0] for words in told] == [
        "",
        "I am not in this channel",
        "I am not in this channel",
        "This channel is archived",
    ]
    fake.fail_next("conversations.info", "500")
    assert await slack.app.find_obstacle(places[1]) == ""


async def test_a_dead_address_is_given_up_and_a_new_one_asked_for(
    fake: SlackFake, slack: SlackChat, clock: FakeClock
) -> None:
    fake.sockets.handshakes_to_refuse = 1
    task = asyncio.create_task(slack.app.receive(Box(fake).store))
    await fake.wait_until(lambda: fake.sockets.refused_handshakes or None, "the refused handshake", 5)
    await advance_until(fake, clock, lambda: fake.sockets.connections == 1, HANDSHAKE_SECONDS + 5)
    assert sum(call.method == "apps.connections.open" for call in fake.calls) == 2
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_connection_lost_for_a_minute_is_built_anew(
    fake: SlackFake, slack: SlackChat, clock: FakeClock
) -> None:
    async with listening(slack, fake) as box:
        await advance_until(fake, clock, lambda: clock.monotonic() >= 3, 10)
        fake.sockets.handshakes_to_refuse = 1  # the library's own attempt, which then keeps trying the dead address
        await fake.sockets.disconnect("refresh_requested")
        await fake.wait_until(lambda: fake.sockets.refused_handshakes or None, "the refused handshake", 5)
        await advance_until(fake, clock, lambda: fake.sockets.connections == 1, WATCHDOG_SECONDS + 10)
        await fake.wait_for_ack(fake.user_says_in_dm(DANA, "still there?"))
        assert len(box.updates) == 1


async def test_a_socket_that_answers_no_ping_is_replaced(fake: SlackFake) -> None:
    box = Box(fake)
    client = AsyncWebClient(fake.bot_token, base_url=fake.api_url)
    intake = SocketIntake(client, fake.app_token, SystemClock(), ping_seconds=0.1)
    task = asyncio.create_task(intake.receive(box.store))
    await fake.wait_for_connection()
    fake.sockets.answers_pings = False
    asked = "apps.connections.open"
    await fake.wait_until(lambda: [call.method for call in fake.calls].count(asked) > 1 or None, "another address", 5)
    fake.sockets.answers_pings = True
    await fake.wait_for_ack(fake.user_says_in_dm(DANA, "still there?"))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(box.updates) == 1


async def test_an_ordinary_refresh_loses_nothing(fake: SlackFake, slack: SlackChat) -> None:
    async with listening(slack, fake) as box:
        await fake.sockets.disconnect("refresh_requested")
        await fake.wait_for_ack(fake.user_says_in_dm(DANA, "still there?"))
        assert len(box.updates) == 1


async def test_a_start_without_network_waits_for_it(fake: SlackFake, slack: SlackChat, clock: FakeClock) -> None:
    port = int(fake.origin.rpartition(":")[2])
    await fake.stop()
    task = asyncio.create_task(slack.app.receive(Box(fake).store))
    await fake.signal.wait_for(lambda: True if clock.sleepers else None, 0.3)
    await advance_until(fake, clock, lambda: clock.monotonic() >= 3, 10)
    assert not task.done()
    await fake.start(port)
    await advance_until(fake, clock, lambda: fake.sockets.connections == 1, 30)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_refused_app_token_is_told(fake: SlackFake, clock: FakeClock) -> None:
    async with opened_slack(replace(fake.setup, app_token="xapp-wrong"), clock) as slack:
        with pytest.raises(SendError) as caught:
            await slack.app.receive(Box(fake).store)
    assert caught.value.outcome is SendOutcome.UNAUTHORISED


async def test_hundreds_of_envelopes_are_acknowledged_in_time(fake: SlackFake, slack: SlackChat) -> None:
    async with listening(slack, fake) as box:
        for number in range(200):
            fake.user_commands(DANA, "C0DESK", "/tocsin", f"recent {number}")
        await fake.wait_until(
            lambda: all(delivery.acked_at is not None for delivery in fake.sockets.deliveries) or None, "all acks", 10
        )
        assert (len(box.updates), fake.late) == (200, [])
