"""A list of one's own in both chats: tested, watched, edited, compared, applied, undone, exported."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.scene import ANALYST, CHANNEL, READER, both_chats, find_button
from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.slack import SlackFake
from tests.fakes.slack_world import SlackMessage
from tests.fakes.telegram import TelegramFake
from tests.integration.publishing import build_rss

# The first reading of a feed alerts nothing, and is what a test looks at.
NEWS = ("Tajik guards close the border at Panj", "Heroin seized near Osh", "Rain over the hills")
PATIENCE = 20


@pytest.fixture
async def home(tmp_path: Path, telegram: TelegramFake, slack: SlackFake, database_url: str) -> AsyncIterator[Home]:
    async with FeedServer() as publisher:
        publisher.serve("/agency", build_rss(*NEWS))
        built = Home.build(
            tmp_path,
            both_chats(telegram, slack),
            DATABASE_URL=database_url,
        )
        built.write_feeds(agency=publisher.url("/agency"))
        code, _, err = await built.call("poll", "--all")
        assert code == 0, err
        yield built


async def test_a_list_is_made_edited_and_undone_in_telegram(home: Home, telegram: TelegramFake) -> None:
    service = await home.start_service()
    try:
        await telegram.wait_for_poll(timeout=PATIENCE)
        telegram.user_says(READER, READER, "/watch tajik NEAR/10 border")
        tested = await telegram.wait_for_message(READER, lambda m: "1 match -> 1 story" in m.text, timeout=PATIENCE)
        telegram.user_presses(tested, find_button(tested, "Watch"), READER)
        await telegram.wait_for_message(READER, lambda m: "as tajik-border." in m.text, timeout=PATIENCE)

        telegram.user_says(READER, READER, "/edit tajik-border")
        shown = await telegram.wait_for_message(READER, lambda m: "schema: 1" in m.text, timeout=PATIENCE)
        (code,) = [entity for entity in shown.entities if entity["type"] == "pre"]
        text = shown.text[code["offset"] : code["offset"] + code["length"]]
        telegram.user_says(READER, READER, text.replace("tajik NEAR/10 border", "heroin"), reply_to=shown)
        proposed = await telegram.wait_for_message(READER, lambda m: "Change of" in m.text, timeout=PATIENCE)
        assert proposed.text.splitlines()[1] == "Before: 1 alert in 1 day. After: 1. Gone: 1. New: 1. Unchanged: 0."
        telegram.user_presses(proposed, find_button(proposed, "See gone"), READER)
        await telegram.wait_for_message(READER, lambda m: m.text.startswith("Gone: ") and NEWS[0] in m.text)

        telegram.user_presses(proposed, find_button(proposed, "Apply"), READER)
        applied = await telegram.wait_for_message(READER, lambda m: "is now version 2" in m.text, timeout=PATIENCE)
        _, exported, _ = await home.call("watchlists", "export", "tajik-border")
        assert "query: heroin" in exported
        telegram.user_presses(applied, find_button(applied, "Undo"), READER)
        await telegram.wait_for_message(READER, lambda m: "is back at version 1, by Dana" in m.text, timeout=PATIENCE)
        _, exported, _ = await home.call("watchlists", "export", "tajik-border")
        assert "query: tajik NEAR/10 border" in exported
    finally:
        assert await service.stop() == 0


async def test_a_list_is_made_edited_and_undone_in_slack(home: Home, slack: SlackFake) -> None:
    service = await home.start_service()

    async def told(words: str) -> SlackMessage:
        return await slack.wait_for_ephemeral(CHANNEL, ANALYST, lambda m: words in m.visible, timeout=PATIENCE)

    try:
        await slack.wait_for_connection(timeout=PATIENCE)
        slack.user_commands(ANALYST, CHANNEL, "/tocsin", "watch tajik NEAR/10 border")
        slack.user_presses(await told("1 match -> 1 story"), "draft", ANALYST)
        await slack.wait_for_message(CHANNEL, lambda m: "rustam added tajik NEAR/10 border" in m.visible)

        slack.user_commands(ANALYST, CHANNEL, "/tocsin", "edit tajik-border")
        form = await slack.wait_for_view(ANALYST, lambda v: v.title == "Edit tajik-border", timeout=PATIENCE)
        text = form.view["blocks"][0]["element"]["initial_value"]
        slack.submits(ANALYST, yaml=text.replace("rules:", "rulez:"))
        await slack.wait_until(lambda: slack.api.views.mistakes.get(ANALYST), "the mistake", PATIENCE)
        assert slack.api.views.mistakes[ANALYST]["field:yaml"].startswith("Line 7, column 3: match has no key")
        slack.submits(ANALYST, yaml=text.replace("tajik NEAR/10 border", "heroin"))
        await slack.wait_for_view(ANALYST, lambda v: v.title == "Before and after", timeout=PATIENCE)
        slack.presses_in_view(ANALYST, "draft", "See gone")
        gone = await slack.wait_for_view(ANALYST, lambda v: "would not ring any more" in v.visible, timeout=PATIENCE)
        assert NEWS[0] in gone.visible
        slack.api.views.close(ANALYST)
        front = slack.api.views.front(ANALYST)
        assert front is not None
        assert "Before: 1 alert in 1 day. After: 1. Gone: 1. New: 1. Unchanged: 0." in front.visible
        slack.submits(ANALYST)
        applied = await slack.wait_for_message(CHANNEL, lambda m: "is now version 2" in m.visible, timeout=PATIENCE)
        assert slack.api.views.front(ANALYST) is None
        _, exported, _ = await home.call("watchlists", "export", "tajik-border")
        assert "query: heroin" in exported
        slack.user_presses(applied, "edit", ANALYST)
        await slack.wait_for_message(CHANNEL, lambda m: "is back at version 1" in m.visible, timeout=PATIENCE)
        versions = await home.call_json("watchlists", "export")
        assert [(one["id"], one["version"], one["owner_name"]) for one in versions] == [("tajik-border", 1, "rustam")]
        assert slack.late == []
    finally:
        assert await service.stop() == 0


async def test_what_was_exported_is_a_file_for_the_folder(home: Home, telegram: TelegramFake, tmp_path: Path) -> None:
    service = await home.start_service()
    await telegram.wait_for_poll(timeout=PATIENCE)
    telegram.user_says(READER, READER, '/watch "close the border" OR таджик*')
    tested = await telegram.wait_for_message(READER, lambda m: "1 match -> 1 story" in m.text, timeout=PATIENCE)
    telegram.user_presses(tested, find_button(tested, "Watch"), READER)
    await telegram.wait_for_message(READER, lambda m: "as close-the-border." in m.text, timeout=PATIENCE)
    assert await service.stop() == 0
    folder = tmp_path / "exported"
    code, out, _ = await home.call("watchlists", "export", "--to", str(folder))
    assert (code, out.splitlines()) == (0, [str(folder / "close-the-border.yaml")])
    code, out, err = await home.call("check", str(folder))
    assert (code, err) == (0, "")
    again, _, _ = await home.call("watchlists", "export", "--to", str(folder))
    assert again == 1
