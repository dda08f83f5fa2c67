"""/watch, /unwatch, /watchlists."""

from dataclasses import replace

import pytest

from bot.domain.chats import ChatKind
from bot.domain.deliveries import LEASE
from bot.domain.messages import Button
from bot.domain.routes import Route, RouteTable, RouteTarget
from bot.domain.watchlists import Place
from bot.matching.records import Priority
from bot.matching.watchlist import Status
from bot.ports.store import Store
from tests import factories
from tests.fakes.inbox import handle_pending
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of, text_of

GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk")
ADMIN = factories.build_person("7", name="Dana")


async def test_watch_without_a_name_shows_the_catalogue_by_theme(desk: Desk) -> None:
    await desk.watch("ttp")
    answer = await desk.write("/watch")
    assert text_of(answer).splitlines() == [
        "Armed groups",
        "2. Tehrik-i-Taliban Pakistan · high · ✓ watched",
        "The region",
        "1. CSTO: decisions and statements · high",
        "Other lists",
        "3. Drug trafficking · medium",
        "",
        "Press a number to read about a list, or write /watch ttp",
    ]
    assert buttons_of(answer) == ["2", "1", "3"]


async def test_the_catalogue_has_six_lists_a_page(store: Store) -> None:
    desk = Desk(store, *(factories.build_watchlist(f"list-{number:02}") for number in range(1, 15)))
    first = await desk.write("/watch")
    assert buttons_of(first) == ["1", "2", "3", "4", "5", "6", "1/3", "›"]
    second = await desk.press(button_of(first, "›"))
    assert buttons_of(second) == ["7", "8", "9", "10", "11", "12", "‹", "2/3", "›"]
    third = await desk.press(button_of(second, "›"))
    assert buttons_of(third) == ["13", "14", "‹", "3/3"]


async def test_a_page_that_is_gone_shows_the_first_and_says_so(desk: Desk) -> None:
    assert text_of(await desk.write("/watch p.9")).startswith("The list changed. Showing the newest.\nArmed groups")


async def test_watch_with_a_name_shows_what_the_list_covers_and_watches_it_on_the_button(desk: Desk) -> None:
    preview = await desk.write("/watch csto")
    assert text_of(preview).splitlines() == [
        "🟠 HIGH · CSTO: decisions and statements",
        "csto · list 1 · English, Russian",
        "",
        "The alliance itself. Not the hospital.",
        "",
        "A headline that rings:",
        "> CSTO ministers meet in Dushanbe",
    ]
    assert await desk.store.list_subscriptions(PRIVATE.key) == []
    watching = await desk.press(button_of(preview, "Watch"))
    assert text_of(watching) == "Watching CSTO: decisions and statements (high). New stories arrive here from now on."
    assert [one.watchlist for one in await desk.store.list_subscriptions(PRIVATE.key)] == ["csto"]


@pytest.mark.parametrize("name", ["csto here", "CSTO here", "1 here", "CSTO: decisions and statements here"])
async def test_watch_here_begins_at_once_whatever_the_list_is_called(desk: Desk, name: str) -> None:
    assert text_of(await desk.write(f"/watch {name}")).startswith("Watching CSTO")
    assert [one.watchlist for one in await desk.store.list_subscriptions(PRIVATE.key)] == ["csto"]


async def test_a_list_is_watched_once(desk: Desk) -> None:
    await desk.watch("csto")
    assert text_of(await desk.write("/watch csto here")) == "Already watching csto (high)."
    preview = await desk.write("/watch csto")
    assert text_of(preview).startswith("Already watching csto (high).\n🟠 HIGH")
    assert buttons_of(preview) == ["Stop watching", "Only high+", "Digest only", "Test"]


async def test_an_unknown_list_is_answered_with_the_nearest_names(desk: Desk) -> None:
    answer = text_of(await desk.write("/watch drug-traficking"))
    assert answer == "There is no watchlist called “drug-traficking”. Close: drug-trafficking."


async def test_a_test_list_says_that_it_sends_nothing(store: Store) -> None:
    desk = Desk(store, factories.build_watchlist("trial", status=Status.TEST))
    assert "matches are recorded, never sent" in text_of(await desk.write("/watch trial here"))


async def test_unwatch_tells_what_the_list_brought_and_can_be_undone(desk: Desk) -> None:
    await desk.watch("csto")
    await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    stopped = await desk.write("/unwatch csto")
    assert text_of(stopped) == "Stopped CSTO: decisions and statements. 1 story in 7 days."
    assert await desk.store.list_subscriptions(PRIVATE.key) == []
    await desk.press(button_of(stopped, "Undo"))
    assert [one.watchlist for one in await desk.store.list_subscriptions(PRIVATE.key)] == ["csto"]


async def test_a_list_that_is_not_watched_cannot_be_stopped(desk: Desk) -> None:
    assert text_of(await desk.write("/unwatch ttp")) == "You are not watching ttp."
    assert text_of(await desk.write("/unwatch cstoo")) == "There is no watchlist called “cstoo”. Close: csto."


async def test_a_list_whose_file_is_gone_is_still_shown_and_can_be_stopped(desk: Desk) -> None:
    await desk.watch("retired", "ttp")
    assert "• retired · its file is missing" in text_of(await desk.write("/watchlists"))
    assert text_of(await desk.write("/unwatch retired")) == "Stopped retired. 0 stories in 7 days."


async def test_unwatch_without_a_name_offers_the_lists_watched_here(desk: Desk) -> None:
    await desk.watch("csto", "ttp")
    answer = await desk.write("/unwatch")
    assert text_of(answer) == "Which one? Example: /unwatch csto"
    await desk.press(button_of(answer, "Tehrik-i-Taliban Pakistan"))
    assert [one.watchlist for one in await desk.store.list_subscriptions(PRIVATE.key)] == ["csto"]


async def test_watchlists_shows_stories_and_ratings(desk: Desk) -> None:
    await desk.watch("csto", "drug-trafficking")
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.write(f"/up {alert}")
    answer = await desk.write("/lists")
    assert text_of(answer).splitlines() == [
        "Watching 2 lists, chosen here",
        "1. CSTO: decisions and statements · high · 1 story in 7 days · 1 of 1 rated useful",
        "3. Drug trafficking · medium · 0 stories in 7 days",
    ]
    assert text_of(await desk.press(button_of(answer, "3"))).startswith("Already watching drug-trafficking (medium).")


async def test_a_chat_without_lists_is_offered_the_ready_ones(desk: Desk) -> None:
    for command in ("/watchlists", "/unwatch"):
        answer = await desk.write(command)
        assert text_of(answer) == "No watchlists yet. /watch shows 3 ready ones."
        assert text_of(await desk.press(button_of(answer, "Choose lists"))).startswith("Armed groups")


async def test_watchlists_all_shows_every_list_to_choose_from(desk: Desk) -> None:
    assert "1. CSTO: decisions and statements · high" in text_of(await desk.write("/watchlists all"))


async def test_only_admins_change_what_a_group_watches(desk: Desk) -> None:
    refusal = "Only admins of this group can do that. I told no one you asked."
    assert text_of(await desk.write("/watch csto here", GROUP)) == refusal
    assert text_of(await desk.write("/unwatch csto", GROUP)) == refusal
    assert await desk.press(Button("Watch", "watch", "csto", "here"), GROUP) is None
    assert desk.app.notices == [refusal]
    assert await desk.store.list_subscriptions(GROUP.key) == []


async def test_an_admin_of_a_group_changes_it_for_everyone_to_see(desk: Desk) -> None:
    desk.app.admins.add(ADMIN.key)
    added = await desk.write("/watch csto here", GROUP, ADMIN)
    assert text_of(added).startswith("Dana added CSTO: decisions and statements to this group (high).")
    assert [one.watchlist for one in await desk.store.list_subscriptions(GROUP.key)] == ["csto"]


async def test_members_of_a_group_may_look_at_its_lists(desk: Desk) -> None:
    await desk.watch("csto", destination=GROUP)
    assert "1. CSTO" in text_of(await desk.write("/watchlists", GROUP))


async def test_slack_is_told_its_own_command(desk: Desk) -> None:
    slack = replace(factories.build_slack_destination(), kind=ChatKind.PRIVATE)
    await desk.inbox.store_update(desk.app.write("watchlists", slack, ADMIN))
    await handle_pending(desk.inbox, desk.app)
    (delivery,) = await desk.store.claim_deliveries(slack.platform, desk.clock.now(), 1, LEASE, frozenset())
    assert text_of(delivery.message) == "No watchlists yet. /tocsin watch shows 3 ready ones."


async def _route(desk: Desk, *routes: Route) -> None:
    """Puts a routes.yaml into use that names the private chat `desk`."""
    target = RouteTarget("desk", PRIVATE, Place("routes.yaml", 3, 3))
    await desk.services.catalog.change(desk.services.catalog.loaded, RouteTable((target,), routes))


async def test_the_listing_says_which_lists_were_chosen_here_and_which_a_file_sends(desk: Desk) -> None:
    await desk.watch("ttp", "csto")
    louder = Route(("desk",), Place("/srv/lists/routes.yaml", 12, 5), ("drug-trafficking",), (), Priority.HIGH)
    await _route(desk, Route(("desk",), Place("/srv/lists/routes.yaml", 11, 5), ("csto",)), louder)
    assert text_of(await desk.write("/watchlists")).splitlines() == [
        "Watching 3 lists",
        "1. CSTO: decisions and statements · high · 0 stories in 7 days · chosen here · from routes.yaml, line 11",
        "2. Tehrik-i-Taliban Pakistan · high · 0 stories in 7 days · chosen here",
        "3. Drug trafficking · medium · 0 stories in 7 days · from routes.yaml, line 12 (high and louder)",
    ]


async def test_a_list_that_a_file_sends_is_stopped_in_that_file(desk: Desk) -> None:
    await _route(desk, Route(("desk",), Place("/srv/lists/routes.yaml", 11, 5), ("csto",)))
    answer = text_of(await desk.write("/unwatch csto"))
    assert answer == "csto is sent here by routes.yaml, line 11. Take it out there."
