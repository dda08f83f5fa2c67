"""Modals, shortcuts, menus and the home tab of Slack, from what people do to what is kept."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.chats import Person, Platform
from bot.domain.fixes import Cost, Fix, FixKind, FixState
from bot.domain.mutes import MuteKind
from tests.factories import (
    build_feed,
    build_item,
    build_poll,
    build_ringing_poll,
    build_slack_destination,
    build_watchlist,
)
from tests.fakes.slack import SlackFake
from tests.fakes.slack_methods import SlackLimits
from tests.fakes.slack_views import View
from tests.fakes.slack_world import SlackMessage
from tests.integration.slack_desk import SlackDesk, open_desk

DANA, BAHROM = "U0DANA", "U0BAHROM"
DESK = build_slack_destination("C0DESK", title="desk", workspace="T0TOCSIN")
EMPTY_HOME = "You watch nothing yet. Pick from 2 starter lists or right-click any message and choose Watch this."


@pytest.fixture
async def fake() -> AsyncIterator[SlackFake]:
    async with SlackFake(limits=SlackLimits(channel_interval=0.0)) as server:
        server.add_user(DANA, "dana", is_admin=True)
        server.add_user(BAHROM, "bahrom")
        server.add_channel("C0DESK", "desk", members=[DANA, BAHROM])
        server.add_channel("C0OTHER", "other", members=[DANA], has_bot=False)
        yield server


@pytest.fixture
async def desk(fake: SlackFake, tmp_path: Path) -> AsyncIterator[SlackDesk]:
    lists = build_watchlist("csto", "CSTO"), build_watchlist("ttp", "TTP")
    async with open_desk(fake, tmp_path, *lists) as running:
        yield running


def buttons_of(view: View) -> list[str]:
    rows = [block["elements"] for block in view.view["blocks"] if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row]


async def post_card(desk: SlackDesk) -> SlackMessage:
    now = desk.services.clock.now()
    await desk.store.sync_feeds([build_feed()], now)
    await desk.store.subscribe(DESK, "csto", "slack:U0DANA", now)
    await desk.ring(build_ringing_poll("item-1", DESK))
    return await desk.fake.wait_for_message("C0DESK", lambda message: "CSTO" in message.visible)


async def test_the_bare_command_opens_the_form_of_a_new_list(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin")
    form = await fake.wait_for_view(DANA)
    assert form.title == "New watchlist"
    assert [block["label"]["text"] for block in form.view["blocks"]] == [
        "Name",
        "Alert when the text has any of these",
        "…and near them (optional)",
        "Never when it has (optional)",
        "Priority",
        "Post to",
    ]
    fake.submits(DANA, title="Border", any="border*\n7", dest="C0DESK")
    await fake.wait_until(lambda: fake.api.views.mistakes.get(DANA), "the mistake", 5)
    assert fake.api.views.mistakes[DANA]["field:any"].startswith("Line 2: ")
    fake.submits(DANA, title="Border", any='border*\n"Panj river"', near="guard*", dest="C0DESK")
    result = await fake.wait_for_view(DANA, lambda view: view.title == "Test", timeout=15)
    assert result.view["submit"]["text"] == "Watch"
    fake.submits(DANA)
    told = await fake.wait_for_message("C0DESK", lambda message: "dana added Border to this channel" in message.visible)
    assert "(high), as border." in told.visible
    assert fake.api.views.front(DANA) is None
    (made,) = await desk.store.list_chat_lists()
    assert (made.id, made.owner, made.watchlist.rules[0].condition.within) == ("border", "slack:U0DANA", 30)
    assert fake.late == []


async def test_samples_are_rated_over_the_result_of_a_test(fake: SlackFake, desk: SlackDesk) -> None:
    now = desk.services.clock.now()
    await desk.store.sync_feeds([build_feed()], now)
    titles = ("Border guards wounded near Panj", "Market at the border of Ishkashim opens again")
    items = tuple(build_item(f"item-{n}", title=title, first_seen=now, published=now) for n, title in enumerate(titles))
    await desk.store.record_polls([build_poll(items=items)], now)
    fake.user_commands(DANA, "C0DESK", "/tocsin")
    await fake.wait_for_view(DANA)
    fake.submits(DANA, title="Border", any="border*", dest="C0DESK")
    result = await fake.wait_for_view(DANA, lambda view: view.title == "Test", timeout=15)
    assert "Rate 2 samples" in buttons_of(result)
    fake.presses_in_view(DANA, "draft", "Rate 2 samples")
    await fake.wait_for_view(DANA, lambda view: "1 👍" in buttons_of(view))
    fake.presses_in_view(DANA, "draft", "1 👍")
    marked = await fake.wait_for_view(DANA, lambda view: "✓ 1 👍" in buttons_of(view))
    assert buttons_of(marked) == ["✓ 1 👍", "1 👎", "2 👍", "2 👎"]
    fake.presses_in_view(DANA, "draft.4", "2 👎")
    await fake.wait_for_view(DANA, lambda view: "1 of 2 useful" in json.dumps(view.view))
    assert len(fake.api.views.open[DANA]) == 3  # the form, its result, the samples: as many as Slack allows


async def test_a_form_sent_off_twice_is_one_list(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin")
    await fake.wait_for_view(DANA)
    first = fake.submits(DANA, title="Border", any="border*", dest="C0DESK")
    await fake.wait_for_view(DANA, lambda view: view.title == "Test", timeout=15)
    fake.sockets.deliver("interactive", first.payload, accepts_payload=True)
    fake.submits(DANA)
    await fake.wait_for_message("C0DESK", lambda message: "added Border" in message.visible)
    assert len(await desk.store.list_chat_lists()) == 1


async def test_a_form_names_a_channel_that_the_bot_is_missing_from(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin")
    await fake.wait_for_view(DANA)
    fake.submits(DANA, title="Border", any="border*", dest="C0OTHER")
    await fake.wait_until(lambda: fake.api.views.mistakes.get(DANA), "the mistake", 5)
    assert fake.api.views.mistakes[DANA] == {
        "field:dest": "I am not in this channel, so I cannot post here. Write /invite @tocsin here, then do this again."
    }
    fake.user_commands(DANA, "C0OTHER", "/tocsin", "watch csto here")
    answer = await fake.wait_for_ephemeral("C0OTHER", DANA)
    assert "/invite @tocsin" in answer.visible
    assert await desk.store.list_subscriptions() == []


async def test_who_may_not_change_a_channel_is_told_in_the_form(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(BAHROM, "C0DESK", "/tocsin")
    await fake.wait_for_view(BAHROM)
    fake.submits(BAHROM, title="Border", any="border*", dest="C0DESK")
    assert await fake.wait_until(lambda: fake.api.views.mistakes.get(BAHROM), "the refusal", 5) == {
        "field:dest": "Only admins of this group can do that. I told no one you asked."
    }
    assert await desk.store.list_chat_lists() == []


async def test_watch_this_proposes_names_and_acronyms(fake: SlackFake, desk: SlackDesk) -> None:
    card = await post_card(desk)
    said = replace(card, text="Collective Security Treaty Organization (CSTO) warns near the Panj")
    fake.takes_shortcut(DANA, "watch_this", said)
    form = await fake.wait_for_view(DANA)
    words = form.view["blocks"][1]["element"]["initial_value"]
    assert words.splitlines() == ["=CSTO", "Collective Security Treaty Organization"]
    assert form.view["blocks"][0]["element"]["initial_value"] == "Collective Security Treaty Organization"


async def test_the_shortcuts_of_the_search_bar_and_of_a_card(fake: SlackFake, desk: SlackDesk) -> None:
    card = await post_card(desk)
    fake.takes_shortcut(DANA, "watch_new")
    form = await fake.wait_for_view(DANA)
    assert form.title == "New watchlist"
    fake.takes_shortcut(DANA, "why_alert", card)
    answer = await fake.wait_for_ephemeral("C0DESK", DANA)
    assert "Why" in answer.visible


async def test_a_modal_that_comes_too_late_is_a_message(fake: SlackFake, desk: SlackDesk) -> None:
    fake.fail_next("views.open", "403", detail="expired_trigger_id")
    fake.user_commands(DANA, "C0DESK", "/tocsin")
    answer = await fake.wait_for_ephemeral("C0DESK", DANA)
    assert "Write /tocsin watch and the words to watch for" in answer.visible
    assert fake.api.views.front(DANA) is None


async def test_a_card_is_muted_from_its_menu(fake: SlackFake, desk: SlackDesk) -> None:
    card = await post_card(desk)
    option = next(one["value"] for one in card.element("more")[1]["options"] if one["text"]["text"] == "Mute…")
    fake.user_presses(card, "more", DANA, option=option)
    form = await fake.wait_for_view(DANA)
    assert form.title == "Mute"
    fake.submits(DANA, what="list", **{"for": "1d"})
    muted = await fake.wait_for_message("C0DESK", lambda message: "muted until" in message.visible)
    assert "Critical still comes through." in muted.visible
    attention = await desk.store.list_attention(DESK.key)
    assert [(mute.kind, mute.value) for mute in attention[DESK.key].mutes] == [(MuteKind.LIST, "csto")]


async def test_why_an_alert_was_not_relevant_is_asked_in_a_modal(fake: SlackFake, desk: SlackDesk) -> None:
    card = await post_card(desk)
    fake.user_presses(card, "dn", BAHROM)
    form = await fake.wait_for_view(BAHROM)
    assert [one["value"] for one in form.view["blocks"][0]["element"]["options"]] == [
        "sense",
        "place",
        "aside",
        "minor",
        "old",
        "src",
    ]
    fake.submits(BAHROM, reason="place")
    thanks = await fake.wait_for_ephemeral("C0DESK", BAHROM, lambda message: "Noted." in message.visible)
    assert "0 of 1 rated alerts useful" in thanks.visible
    rated = await desk.store.list_rated(desk.services.clock.now() - timedelta(days=1), "csto")
    assert [verdict.reason for one in rated for verdict in one.verdicts] == ["place"]


async def test_a_press_is_answered_once(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin", "watch csto")
    preview = await fake.wait_for_ephemeral("C0DESK", DANA)
    fake.user_presses(preview, "watch", DANA)
    await fake.wait_for_message("C0DESK", lambda message: "dana added" in message.visible)
    fake.user_commands(DANA, "C0DESK", "/tocsin", "lists")
    await fake.wait_for_ephemeral("C0DESK", DANA, lambda message: "Watching 1 list" in message.visible)
    assert len(fake.sent) == 3


async def test_an_empty_home_says_how_to_begin(fake: SlackFake, desk: SlackDesk) -> None:
    fake.opens_home(DANA)
    home = await fake.wait_for_home(DANA)
    assert EMPTY_HOME in home.visible
    assert "0 of 0 feeds healthy" in home.visible
    fake.presses_in_view(DANA, "adjust", home=True)
    form = await fake.wait_for_view(DANA)
    assert form.title == "Settings"
    fake.submits(DANA, timezone="Nowhere", digest="25:00")
    mistakes = await fake.wait_until(lambda: fake.api.views.mistakes.get(DANA), "the mistakes", 5)
    assert set(mistakes) == {"field:timezone", "field:digest"}
    fake.submits(DANA, timezone="Dushanbe", quiet="22:00-06:30", digest="07:00", hide_exile="on")
    saved = await fake.wait_for_message("D0DANA", lambda message: "Quiet 22:00-06:30" in message.visible)
    assert "Hide exile: on" in saved.visible
    assert "Discreet" not in saved.visible
    assert "Times are now Asia/Dushanbe (UTC+5)." in saved.visible
    fake.opens_home(DANA)
    await fake.wait_for_home(DANA, lambda view: "Asia/Dushanbe (UTC+5) · quiet 22:00-06:30" in view.visible)


async def test_home_shows_lists_of_all_channels_and_acts_on_the_right_one(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin", "watch csto here")
    await fake.wait_for_message("C0DESK", lambda message: "dana added" in message.visible)
    fake.user_says_in_dm(DANA, "watch ttp here")
    await fake.wait_for_message("D0DANA", lambda message: "Watching" in message.visible)
    fake.opens_home(DANA)
    home = await fake.wait_for_home(DANA, lambda view: "#desk" in view.visible)
    menus = [block["accessory"] for block in home.view["blocks"] if "accessory" in block]
    assert [[option["text"]["text"] for option in menu["options"]] for menu in menus] == [
        ["Edit", "Test last 30 days", "Mute…", "Stop"]
    ] * 2
    assert "7 days: 0 stories" in home.visible
    stop = menus[1]["options"][3]["value"]
    fake.presses_in_view(DANA, menus[1]["action_id"], option=stop, home=True, block=1)
    await fake.wait_for_message("C0DESK", lambda message: "Stopped" in message.visible)
    assert [one.destination.key for one in await desk.store.list_subscriptions()] == ["slack:D0DANA"]


async def test_home_proposes_the_fix_of_a_list(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin", "watch csto here")
    await fake.wait_for_message("C0DESK", lambda message: "dana added" in message.visible)
    now = desk.services.clock.now()
    fix = Fix(DESK.key, "csto", FixKind.EXCLUDE, "MITRE", Cost(4, 4, 0, 9), now)
    await desk.store.record_fix(fix)
    fake.opens_home(DANA)
    home = await fake.wait_for_home(DANA)
    assert "Exclude “MITRE” for" in home.visible
    fake.presses_in_view(DANA, "fix.3", "No", home=True)
    while (await desk.store.list_fixes(DESK.key))[0].state is FixState.OPEN:
        await desk.services.clock.sleep(0.02)


async def test_home_is_nobody_elses(fake: SlackFake, desk: SlackDesk) -> None:
    fake.user_commands(DANA, "C0DESK", "/tocsin", "watch csto here")
    await fake.wait_for_message("C0DESK", lambda message: "dana added" in message.visible)
    fake.opens_home(BAHROM)
    home = await fake.wait_for_home(BAHROM)
    assert EMPTY_HOME in home.visible


async def test_whoever_made_a_list_may_change_it(fake: SlackFake, desk: SlackDesk) -> None:
    fake.add_user(BAHROM, "bahrom", is_admin=True)
    fake.user_commands(BAHROM, "C0DESK", "/tocsin", "watch panj NEAR/5 river")
    tested = await fake.wait_for_ephemeral("C0DESK", BAHROM, lambda message: "panj" in message.visible, timeout=15)
    fake.user_presses(tested, "draft", BAHROM)
    await fake.wait_for_message("C0DESK", lambda message: "bahrom added" in message.visible)
    (made,) = await desk.store.list_chat_lists()
    assert made.owner == Person(Platform.SLACK, BAHROM).key
    fake.add_user(BAHROM, "bahrom", is_admin=False)
    fake.add_user("U0ZARINA", "zarina")
    fake.user_commands("U0ZARINA", "C0DESK", "/tocsin", f"edit {made.id}")
    refusal = await fake.wait_for_ephemeral("C0DESK", "U0ZARINA")
    assert refusal.visible == "Only admins of this group can do that. I told no one you asked."
    fake.user_commands(BAHROM, "C0DESK", "/tocsin", f"edit {made.id}")
    form = await fake.wait_for_view(BAHROM)
    assert form.title == f"Edit {made.id}"


async def test_a_list_that_is_longer_than_an_input_is_sent_as_a_file(fake: SlackFake, desk: SlackDesk) -> None:
    words = "\n".join(f"word{number} border{number}" for number in range(180))
    fake.user_commands(DANA, "C0DESK", "/tocsin")
    await fake.wait_for_view(DANA)
    fake.submits(DANA, title="Long", any=words[:2990].rpartition("\n")[0], dest="C0DESK")
    await fake.wait_for_view(DANA, lambda view: view.title == "Test", timeout=15)
    fake.submits(DANA)
    await fake.wait_for_message("C0DESK", lambda message: "added Long" in message.visible)
    fake.user_commands(DANA, "C0DESK", "/tocsin", "edit long")
    await fake.wait_until(lambda: fake.api.files or None, "the file", 5)
    assert [file.name for file in fake.api.files] == ["long.yaml"]
    assert fake.api.views.front(DANA) is None
