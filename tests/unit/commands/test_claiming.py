"""Whoever sends the code of the log owns a bot that nobody owns."""

import asyncio

import pytest
import structlog

from bot.domain.chats import ChatKind, Destination, Person, Platform
from bot.services.ownership import Ownership
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import NILUFAR, Desk, text_of

GROUP = factories.build_destination("-100500", kind=ChatKind.GROUP)
STRANGER = Person(Platform.TELEGRAM, "666", "Eve")
WRONG = "0000-0000"


@pytest.fixture
def ownership(desk: Desk) -> Ownership:
    desk.services.ownership.invite()
    return desk.services.ownership


async def test_the_code_of_the_log_makes_an_owner_once(desk: Desk, ownership: Ownership) -> None:
    code = ownership.code
    assert text_of(await desk.write(f"/start {code.lower()}")).startswith("You are the owner of this bot now.")
    assert ownership.destination == Destination(Platform.TELEGRAM, NILUFAR.id, title=NILUFAR.name)
    assert ownership.is_owner(NILUFAR)
    assert not ownership.is_owner(STRANGER)
    assert ownership.code == ""
    assert "has an owner already" in text_of(await desk.write(f"/start {code}", person=STRANGER))
    assert "Your role here: owner" in text_of(await desk.write("/status"))
    (entry,) = [one for one in await desk.store.list_audit(10) if one.subject.value == "owner"]
    assert entry.by == NILUFAR.key


async def test_an_owner_stays_one_after_a_restart_and_no_code_is_shown(desk: Desk, ownership: Ownership) -> None:
    await desk.write(f"/start {ownership.code}")
    again = Ownership(desk.store, desk.clock, None)
    await again.load()
    with structlog.testing.capture_logs() as logs:
        again.invite()
    assert again.is_owner(NILUFAR)
    assert logs == []


async def test_the_code_stands_in_the_log_with_what_to_do(desk: Desk) -> None:
    with structlog.testing.capture_logs() as logs:
        desk.services.ownership.invite()
    assert f"/start {desk.services.ownership.code} (in Slack: /tocsin claim" in logs[0]["text"]


async def test_who_is_configured_needs_no_code(desk: Desk) -> None:
    configured = Ownership(desk.store, desk.clock, Destination(Platform.TELEGRAM, "4001"))
    configured.invite()
    assert configured.code == ""
    assert configured.is_owner(Person(Platform.TELEGRAM, "4001"))


async def test_guessing_ends_after_five_wrong_codes(desk: Desk, ownership: Ownership) -> None:
    for _ in range(5):
        assert "That is not the code." in text_of(await desk.write(f"/claim {WRONG}", person=STRANGER))
        await desk.clock.advance(60)
    assert "Too many wrong codes." in text_of(await desk.write(f"/claim {ownership.code}", person=STRANGER))
    assert "You are the owner" in text_of(await desk.write(f"/claim {ownership.code}"))


async def test_a_code_that_others_could_read_is_void(desk: Desk, ownership: Ownership) -> None:
    code = ownership.code
    assert "Others could read that code" in text_of(await desk.write(f"/claim {code}", GROUP))
    assert ownership.destination is None
    assert ownership.code not in {"", code}
    assert "That is not the code." in text_of(await desk.write(f"/claim {code}"))


async def test_in_slack_a_command_is_seen_by_nobody_else(desk: Desk, ownership: Ownership) -> None:
    channel = Destination(Platform.SLACK, "C0SECNEWS", kind=ChatKind.CHANNEL, workspace="T0TEAM")
    dana = Person(Platform.SLACK, "U024BE7LH", "Dana")
    desk.app = type(desk.app)(desk.clock, Platform.SLACK)
    assert "You are the owner" in text_of(await desk.write(f"/claim {ownership.code}", channel, dana))
    assert ownership.destination == Destination(Platform.SLACK, dana.id, title="Dana", workspace="T0TEAM")


async def test_an_owner_who_left_by_another_process_is_one_no_longer(desk: Desk, ownership: Ownership) -> None:
    await desk.write(f"/claim {ownership.code}")
    following = asyncio.create_task(ownership.follow())
    await desk.store.forget(NILUFAR, None, START)
    await desk.store.find_owner()  # waits behind the first look
    await desk.clock.advance(31)
    await desk.store.find_owner()  # and behind the second
    following.cancel()
    assert ownership.destination is None


async def test_a_link_to_a_list_is_no_code(desk: Desk, ownership: Ownership) -> None:
    assert "Watching" in text_of(await desk.write("/start wl_csto"))
    assert ownership.destination is None


async def test_without_a_code_it_says_where_to_find_one(desk: Desk) -> None:
    assert "/claim 7Q2M-K4TB" in text_of(await desk.write("/claim"))


async def test_a_bot_that_shows_no_code_cannot_be_claimed(desk: Desk) -> None:
    assert "There is no code to claim this bot by." in text_of(await desk.write(f"/claim {WRONG}"))
