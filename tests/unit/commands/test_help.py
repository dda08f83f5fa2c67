"""/help, /start, /status, and words that are no command."""

from bot.domain.chats import ChatKind
from bot.domain.messages import Button
from tests import factories
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, button_of, text_of

GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk")


async def test_help_is_eight_lines(desk: Desk) -> None:
    lines = text_of(await desk.write("/help")).splitlines()
    assert len(lines) == 8
    assert lines[-1] == "All commands: /help all"


async def test_help_all_has_every_listed_command(desk: Desk) -> None:
    answer = text_of(await desk.write("/help all"))
    for name in ("watch", "unwatch", "watchlists", "recent", "why", "full", "search", "feeds", "addfeed", "status"):
        assert f"/{name}" in answer
    assert "In answer to an alert: why, more, story, mute 1d, ack, +, -, save, note: …" in answer


async def test_help_with_a_name_is_about_that_command(desk: Desk) -> None:
    answer = text_of(await desk.write("/help /lists"))
    assert answer.startswith("/watchlists [all | list]\nWhat this chat watches. ")
    assert answer.endswith("Also: /lists")
    assert "In groups and channels: admins only." in text_of(await desk.write("/help addfeed"))
    assert "In answer to an alert: why, почему, چرا, чаро" in text_of(await desk.write("/help why"))


async def test_help_for_a_command_that_does_not_exist(desk: Desk) -> None:
    assert text_of(await desk.write("/help watchlist")) == "No command called watchlist. Close: /watchlists."


async def test_an_unknown_command_is_answered_in_private_and_ignored_in_groups(desk: Desk) -> None:
    assert text_of(await desk.write("/wach")) == "I don't know /wach. Close: /watch."
    assert text_of(await desk.write("/xyzzy")) == "I don't know /xyzzy. /help shows what I know."
    assert await desk.write("/wach", GROUP) is None


async def test_an_unknown_answer_is_explained_once_a_day(desk: Desk) -> None:
    assert text_of(await desk.answer("thanks!", "77")) == "I know: why, more, story, mute 1d, ack, +, -, save, note: …"
    assert await desk.answer("thanks again", "77") is None
    await desk.clock.advance(24 * 3600)
    assert await desk.answer("thanks once more", "77") is not None


async def test_a_button_of_an_older_version_says_so(desk: Desk) -> None:
    assert await desk.press(Button("?", "nothing", "7KD4")) is None
    assert desk.app.notices == ["This button is no longer in use."]


async def test_start_greets_and_leads_to_the_lists(desk: Desk) -> None:
    answer = await desk.write("/start")
    assert "News only. Follow your organisation's security plan." in text_of(answer)
    assert "/watch shows 3 ready lists." in text_of(answer)
    assert "Where are you?" in text_of(await desk.press(button_of(answer, "English")))


async def test_a_second_start_is_a_short_status(desk: Desk) -> None:
    await desk.watch("csto")
    assert text_of(await desk.write("/start")) == "Watching 1 list here; 0 of 1 feed ok. /help tells what I can do."


async def test_a_link_to_a_list_watches_it(desk: Desk) -> None:
    assert text_of(await desk.write("/start wl_drug_trafficking")).startswith("Watching Drug trafficking (medium).")


async def test_a_link_with_which_an_admin_adds_the_bot_to_a_group_watches_its_list(desk: Desk) -> None:
    desk.app.admins.add(NILUFAR.key)
    await desk.write("/start wl_csto", GROUP)
    (subscription,) = await desk.store.list_subscriptions(GROUP.key)
    assert subscription.watchlist == "csto"


async def test_a_link_to_a_list_in_a_group_needs_an_admin(desk: Desk) -> None:
    assert text_of(await desk.write("/start wl_csto", GROUP)).startswith("Only admins of this group can do that.")
    assert await desk.store.list_subscriptions(GROUP.key) == []


async def test_start_in_a_group_tells_what_is_read_there(desk: Desk) -> None:
    assert text_of(await desk.write("/start", GROUP)) == (
        "I post only what an admin picks. Admins: /watch. I read only commands and replies to me."
    )


async def test_status_tells_how_the_bot_and_the_chat_stand(desk: Desk) -> None:
    await desk.watch("csto")
    await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    assert text_of(await desk.write("/status")).splitlines() == [
        "Tocsin 0.1.0 · up 3 h",
        "Feeds: 1 of 1 ok",
        "Last fetch: Tue 24 Nov 2026, 07:00 (UTC)",
        "Queue: 0 waiting",
        "Archive: 1 item, 1 story",
        "Watching here: 1 list",
        "1 of 1 lists hear every language they have feeds in; no feed yet in Russian (/watchlists <id>)",
        "Next digest: Wed 25 Nov 2026, 07:00 (UTC)",
        "In routes.yaml this chat is telegram: 1001",
        "Your role here: admin",
    ]
    assert text_of(await desk.write("/status", GROUP)).endswith("Your role here: member")
