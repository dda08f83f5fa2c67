"""A list made in a chat that cannot be read any more: its chat and the owner hear of it once, and it can be mended."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.chat_lists import Draft
from bot.domain.chats import Destination
from bot.matching.watchlist import Condition, Rule
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.list_loading import keep_up
from bot.sources.watchlist_files import load_watchlists
from bot.sources.watchlist_texts import FolderTexts
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import PRIVATE, Desk, button_of, text_of

GROUPS = "schema: 1\ngroups:\n  geo.osh: {en: [Osh]}\n"
OTHER = """\
schema: 1
id: other
title: Other
description: A list that stays.
priority: low
groups: {name: {en: [Naryn]}}
match: {rules: [{id: name, any: [name]}]}
"""
BROKEN = """\
schema: 1
id: drills
title: Drills
description: What an earlier Tocsin took.
priority: high
match: {rules: [{id: query, query: drill NEAR/}]}
"""
OWNER = factories.build_destination("1000", title="Owner")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lists = tmp_path / "watchlists"
    lists.mkdir()
    (lists / "groups.yaml").write_text(GROUPS, encoding="utf-8")
    (lists / "other.yaml").write_text(OTHER, encoding="utf-8")
    return lists


@pytest.fixture
async def desk(store: Store, folder: Path) -> Desk:
    """A desk whose chat has a list of its own, which uses a shared word group."""
    await store.sync_feeds([factories.build_feed()], START)
    item = factories.build_item(title="A drill in Osh", published=START - timedelta(days=1), first_seen=START)
    await store.record_polls([factories.build_poll(items=(item,))], START)
    await store.record_destinations([OWNER])
    desk = Desk(store, catalog=Catalog(load_watchlists(folder)), texts=FolderTexts(folder))
    await desk.press(button_of(await desk.write("/watch $geo.osh drill"), "Watch"))
    return desk


async def look_again(desk: Desk, owner: Destination | None = OWNER) -> list[tuple[str, str]]:
    """What is told, and to whom, after the folder was read again."""
    await desk.clock.advance(1)
    await keep_up(desk.store, desk.services.catalog, desk.services.texts, desk.clock, other_owner=owner)
    return [(one.destination.key, text_of(one.message)) for one in await desk.take_messages()]


async def own_id(desk: Desk) -> str:
    return (await desk.store.list_chat_lists())[-1].id


async def test_a_renamed_word_group_is_told_to_the_chat_and_the_owner_once(desk: Desk, folder: Path) -> None:
    name = await own_id(desk)
    assert await look_again(desk) == []
    (folder / "groups.yaml").write_text(GROUPS.replace("geo.osh", "geo.osh_city"), encoding="utf-8")
    told = dict(await look_again(desk))
    reason = "there is no group “geo.osh”. Did you mean “geo.osh_city”?"
    assert told[PRIVATE.key] == f"⚠️ Your list {name} runs as it was before: {reason} /edit {name}"
    assert told[OWNER.key].startswith(f"⚠️ The list {name}, made in a chat by Nilufar, runs as it was before: {reason}")
    assert await look_again(desk) == []
    rung = desk.services.catalog.matcher.match(factories.build_document(title="A drill in Osh"))
    assert [match.watchlist for match in rung] == [name]
    assert f"runs as it was before: {reason} /edit {name}" in text_of(await desk.write("/watchlists"))
    (folder / "groups.yaml").write_text(GROUPS, encoding="utf-8")
    cured = f"✅ The list {name} is in use as it stands again."
    assert await look_again(desk) == [(PRIVATE.key, cured), (OWNER.key, cured)]
    assert await look_again(desk) == []


async def break_list(desk: Desk) -> str:
    """Leaves the chat with a list that an earlier Tocsin took and this one refuses; its id."""
    draft = await desk.store.record_draft(build_broken_draft())
    made = await desk.store.add_chat_list(draft, "drills", desk.clock.now())
    await desk.watch(made.id)
    return made.id


def build_broken_draft() -> Draft:
    content = replace(factories.build_watchlist("drills"), rules=(Rule("query", Condition(query="drill NEAR/")),))
    return Draft(PRIVATE.key, "", 0, BROKEN, content, "telegram:42", "Nilufar", START)


async def test_a_list_that_does_not_work_any_more_says_why_and_can_be_mended(desk: Desk) -> None:
    name = await break_list(desk)
    reason = "I stopped at “NEAR/”: give a number. Example: drill NEAR/10 border"
    told = await look_again(desk, None)
    assert told == [(PRIVATE.key, f"⚠️ Your list drills does not work any more: {reason} /edit drills")]
    assert await look_again(desk, None) == []
    assert f"• drills · does not work: {reason} /edit drills" in text_of(await desk.write("/watchlists"))
    for command in ("/watch drills", "/test drills"):
        assert text_of(await desk.write(command)) == f"drills does not work: {reason} /edit drills"
    assert "NEAR/" in text_of(await desk.write(f"/edit {name}"))
    proposed = await desk.write(f"/edit {BROKEN.replace('NEAR/', 'NEAR/5 Osh')}")
    assert "Before: 0 alerts in 1 day. After: 1." in text_of(proposed)
    await desk.press(button_of(proposed, "Apply"))
    assert "drills" in {watchlist.id for watchlist in desk.services.catalog.watchlists}
    assert await look_again(desk, None) == [(PRIVATE.key, "✅ The list drills is in use as it stands again.")]


async def test_another_chat_learns_nothing_of_a_list_that_does_not_work(desk: Desk) -> None:
    await break_list(desk)
    await look_again(desk, None)
    assert text_of(await desk.write("/watch drills", OWNER)).startswith("/test drills")
    assert text_of(await desk.write("/edit drills", OWNER)).startswith("There is no watchlist called “drills”.")


async def test_the_name_of_a_list_whose_file_is_gone_is_not_taken_for_a_word(desk: Desk, folder: Path) -> None:
    (folder / "tajik.yaml").write_text(OTHER.replace("id: other", "id: tajik"), encoding="utf-8")
    desk.services.catalog.replace(load_watchlists(folder))
    await look_again(desk)
    (folder / "tajik.yaml").unlink()
    desk.services.catalog.replace(load_watchlists(folder))
    await look_again(desk)
    for command in ("/watch tajik", "/test Tajik"):
        answer = text_of(await desk.write(command))
        assert answer.startswith("There was a watchlist called tajik, last changed ")
        assert answer.endswith('it is gone. To look for the word, put it in quotes: /test "tajik"')
    assert "Nothing matched" in text_of(await desk.write('/test "tajik"'))
