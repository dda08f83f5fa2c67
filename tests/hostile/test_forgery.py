"""Forged, replayed and cross-chat presses: a short run of `python -m tests.hostile.forgery`."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.chat.slack.updates import Reading, read_update, update_key
from bot.commands.chat_app import DialogRefused, Received
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import NO_REPLY_ADDRESS, InboundUpdate, Person, Platform
from bot.ports.store import Store
from storage import open_store
from tests import factories
from tests.fakes.chat_app import FakeChatApp
from tests.fakes.clock import START
from tests.hostile.forged_views import build_press_in_view, build_sent_view
from tests.hostile.forgery import attack_platform
from tests.unit.commands.desk import Desk

VICTIM = factories.build_slack_destination("C0VICTIM")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.mark.parametrize("platform", [Platform.TELEGRAM, Platform.SLACK])
async def test_no_forged_press_is_accepted(tmp_path: Path, platform: Platform) -> None:
    for report in await attack_platform(tmp_path, platform, 3_000):
        assert report.accepted == []
        assert report.tried == 1_500
        # Most of them are well formed, so that it is the lookup that stops them and not the decoder alone.
        assert report.understood > 700


@pytest.mark.parametrize("admin", ["telegram:666", "slack:U0STRANGER"])
async def test_a_press_that_is_accepted_is_noticed(tmp_path: Path, admin: str) -> None:
    """The control: an administrator's presses change the group."""
    _, member = await attack_platform(tmp_path, Platform(admin.partition(":")[0]), 400, admins=(admin,))
    assert "subscriptions is not what it was" in member.accepted


@pytest.mark.parametrize("build", [build_sent_view, build_press_in_view])
def test_a_view_means_chats_of_the_workspace_that_it_was_shown_in_alone(
    build: Callable[..., dict[str, object]],
) -> None:
    body = build("a1:csto:unwatch:", VICTIM, inside=True) | {"team": {"id": "T0STRANGER"}}
    received = read_update(InboundUpdate(Platform.SLACK, "1", json.dumps(body), START), Reading(several=True))
    assert isinstance(received, Received)
    assert received.invocation.destination.address == "T0STRANGER/C0VICTIM"
    assert received.invocation.person.id == "T0STRANGER/U0STRANGER"


def test_a_modal_that_was_sent_off_once_is_the_same_update_whoever_sends_it_again() -> None:
    body = build_sent_view("a1:csto:unwatch:", VICTIM, inside=True)
    again = body | {"user": {"id": "U0OTHER"}, "trigger_id": "2"}
    assert update_key(again) == update_key(body)


async def test_a_modal_of_somebody_who_lost_the_right_meanwhile_changes_nothing(
    store: Store,
) -> None:
    desk = Desk(store, factories.build_watchlist("csto"))
    desk.app = FakeChatApp(desk.clock, Platform.SLACK)
    admin = Person(Platform.SLACK, "U0ADMIN")
    desk.app.admins.add(admin.key)
    await desk.watch("csto", destination=VICTIM)
    about = {"quiet": "22:00-06:00"}
    sent = Invocation(VICTIM, admin, "adjust", "", Via.DIALOG, START, fields=about)
    before = await store.list_attention(VICTIM.key)
    desk.app.admins.discard(admin.key)
    with pytest.raises(DialogRefused):
        await desk.inbox.take(desk.app, desk.app.update(Received(sent, NO_REPLY_ADDRESS)))
    # It was taken already when the right was lost: refused when it is handled.
    await desk.handle(desk.app.update(Received(sent, NO_REPLY_ADDRESS)))
    assert await store.list_attention(VICTIM.key) == before
    desk.app.admins.add(admin.key)
    await desk.handle(desk.app.update(Received(sent, NO_REPLY_ADDRESS)))
    assert await store.list_attention(VICTIM.key) != before
