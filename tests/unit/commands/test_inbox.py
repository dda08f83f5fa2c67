"""Updates are stored first, answered in order, never lost, and never block those behind them."""

import asyncio
from typing import cast

import pytest

from bot.commands.chat_app import Membership
from bot.commands.inbox import Inbox
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Registry, Request
from bot.domain.chats import ChatKind, ReplyAddress
from bot.domain.messages import Button, Message, plain_message
from bot.errors import StoreError
from tests import factories
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, text_of

GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk")
OTHER = factories.build_destination("2002")


def _with_command(desk: Desk, command: Command) -> None:
    desk.inbox = Inbox(desk.services, Registry((command,)))


async def test_an_update_that_came_twice_is_answered_once(desk: Desk) -> None:
    update = desk.app.write("/help", PRIVATE, NILUFAR)
    await desk.inbox.store_update(update)
    await desk.inbox.store_update(update)
    await handle_pending(desk.inbox, desk.app)
    assert len(await desk.take_messages()) == 1
    await handle_pending(desk.inbox, desk.app)
    assert await desk.take_messages() == []


async def test_updates_of_a_chat_are_handled_in_order(desk: Desk) -> None:
    for text in ("/watch csto here", "/unwatch csto", "/watch ttp here"):
        await desk.inbox.store_update(desk.app.write(text, PRIVATE, NILUFAR))
    await handle_pending(desk.inbox, desk.app)
    words = [text_of(sent.message).split()[0] for sent in await desk.take_messages()]
    assert words == ["Watching", "Stopped", "Watching"]
    assert [one.watchlist for one in await desk.store.list_subscriptions(PRIVATE.key)] == ["ttp"]


async def test_a_command_that_breaks_says_so_and_blocks_nothing(desk: Desk) -> None:
    async def break_down(request: Request) -> Reply:
        raise RuntimeError("a fault of ours")

    _with_command(desk, Command("boom", "Breaks", break_down))
    broken = text_of(await desk.write("/boom"))
    reference = broken.removeprefix("Something went wrong on my side (ref ").removesuffix("). Nothing was changed.")
    assert len(reference) == 8
    assert int(reference, 16) >= 0
    assert await desk.press(Button("Boom", "boom")) is None
    assert desk.app.notices[0].startswith("Something went wrong on my side (ref ")
    assert await desk.store.list_unhandled_updates(desk.app.platform, 10) == []


async def test_a_store_that_refuses_leaves_the_update_for_later(desk: Desk) -> None:
    refusals = [StoreError("The disk is full.", "Make room.")]

    async def need_the_store(request: Request) -> Reply:
        if refusals:
            raise refusals.pop()
        return Reply(plain_message("Done."))

    _with_command(desk, Command("work", "Works", need_the_store))
    await desk.inbox.store_update(desk.app.write("/work", PRIVATE, NILUFAR))
    with pytest.raises(StoreError):
        await handle_pending(desk.inbox, desk.app)
    assert await desk.take_messages() == []
    await handle_pending(desk.inbox, desk.app)
    assert [text_of(sent.message) for sent in await desk.take_messages()] == ["Done."]


async def test_updates_that_ask_nothing_are_put_aside(desk: Desk) -> None:
    assert await desk.handle(desk.app.update(None)) is None
    assert await desk.store.list_unhandled_updates(desk.app.platform, 10) == []


async def test_a_group_that_adds_the_bot_is_greeted(desk: Desk) -> None:
    greeting = await desk.handle(desk.app.update(Membership(GROUP, present=True)))
    assert text_of(greeting) == (
        "I post only what an admin picks. Admins: /watch. I read only commands and replies to me."
    )
    assert await desk.handle(desk.app.update(Membership(PRIVATE, present=True))) is None


async def test_a_chat_that_throws_the_bot_out_gets_nothing_until_it_is_back(desk: Desk) -> None:
    await desk.watch("csto", destination=GROUP)
    await desk.handle(desk.app.update(Membership(GROUP, present=False, reason="the bot was removed")))
    assert await desk.store.list_subscriptions() == []
    await desk.handle(desk.app.update(Membership(GROUP, present=True)))
    assert [one.watchlist for one in await desk.store.list_subscriptions()] == ["csto"]


async def test_an_answer_for_everyone_is_not_addressed_to_one_person(desk: Desk) -> None:
    desk.app.admins.add(NILUFAR.key)
    for text in ("/watch csto here", "/watchlists"):
        await desk.inbox.store_update(desk.app.write(text, GROUP, NILUFAR))
    await handle_pending(desk.inbox, desk.app)
    added, shown = await desk.take_messages()
    assert added.reply_to == ReplyAddress("500")
    assert shown.reply_to == ReplyAddress("500", NILUFAR.id, "https://hooks.example/1")


async def test_the_loop_answers_what_arrives_while_it_waits(desk: Desk) -> None:
    loop = asyncio.create_task(desk.inbox.run(desk.app))
    for _ in range(2):
        await desk.inbox.store_update(desk.app.write("/help", PRIVATE, NILUFAR))
        async with asyncio.timeout(5):
            while not await desk.take_messages():
                pass
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


async def test_a_slow_request_keeps_no_other_chat_waiting(desk: Desk) -> None:
    release, started = asyncio.Event(), asyncio.Event()

    async def take_long(request: Request) -> Reply:
        if request.destination == OTHER:
            return Reply(plain_message("Quick."))
        started.set()
        await release.wait()
        return Reply(plain_message("Slow."))

    _with_command(desk, Command("work", "Works", take_long))
    loop = asyncio.create_task(desk.inbox.run(desk.app))
    await desk.inbox.store_update(desk.app.write("/work", PRIVATE, NILUFAR))
    async with asyncio.timeout(5):
        await started.wait()
        await desk.inbox.store_update(desk.app.write("/work", OTHER, NILUFAR))
        answers: list[str] = []
        while not answers:
            answers += [text_of(sent.message) for sent in await desk.take_messages()]
        assert answers == ["Quick."]
        release.set()
        while len(answers) < 2:
            answers += [text_of(sent.message) for sent in await desk.take_messages()]
    assert answers == ["Quick.", "Slow."]
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


async def test_the_loop_ends_when_the_store_refuses_so_that_it_can_be_started_again(desk: Desk) -> None:
    async def need_the_store(request: Request) -> Reply:
        raise StoreError("The disk is full.", "Make room.")

    _with_command(desk, Command("work", "Works", need_the_store))
    await desk.inbox.store_update(desk.app.write("/work", PRIVATE, NILUFAR))
    with pytest.raises(StoreError):
        await desk.inbox.run(desk.app)
    assert len(await desk.store.list_unhandled_updates(desk.app.platform, 10)) == 1


async def test_an_answer_that_cannot_be_kept_is_not_tried_for_ever(desk: Desk) -> None:
    async def answer_rubbish(request: Request) -> Reply:
        return Reply(cast("Message", object()))

    _with_command(desk, Command("work", "Works", answer_rubbish))
    assert await desk.press(Button("Work", "work")) is None
    assert desk.app.notices[0].startswith("Something went wrong on my side")
    assert await desk.store.list_unhandled_updates(desk.app.platform, 10) == []


async def test_a_group_that_became_a_supergroup_is_not_greeted_again(desk: Desk) -> None:
    await desk.watch("csto", destination=GROUP)
    moved = Membership(GROUP, present=True, moved_to="-100999")
    assert await desk.handle(desk.app.update(moved)) is None


async def test_hostile_text_is_answered_like_any_other(desk: Desk) -> None:
    for text in ("\ud800", "\x00", "\u202e", "<b>", "*" * 5_000, "'; DROP TABLE items; --", '"'):
        for verb in ("help", "watch", "unwatch", "recent", "why", "full", "feeds", "addfeed", "search", "up", "xyzzy"):
            await desk.clock.advance(5)  # so that the allowance is never empty
            assert "went wrong" not in text_of(await desk.write(f"/{verb} {text}"))


async def test_a_page_takes_the_place_of_the_list_it_belongs_to(desk: Desk) -> None:
    desk.app.edits_in_place = True
    assert await desk.press(Button("›", "feeds", "p.9")) is None
    assert "The list changed. Showing the newest." in text_of(desk.app.in_place[-1])
    assert await desk.write("/feeds p.1") is not None, "what was typed has no message to change"
