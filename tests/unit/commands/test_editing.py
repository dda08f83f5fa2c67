"""/edit: text out, changed text in, the difference before it is made, and the way back."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.invocation import Via
from bot.domain.messages import Message, Quote
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.list_loading import keep_up
from bot.sources.watchlist_files import load_watchlists
from bot.sources.watchlist_texts import FolderTexts
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of, text_of

FILE = """\
schema: 1
id: csto
title: CSTO
description: "The alliance. # not a comment"
priority: high
groups:
  name: {_label: CSTO, en: [=CSTO]}
match:
  rules:
    - {id: name, any: [name]}
examples:
  positive: [{lang: en, title: "CSTO meets in Minsk"}]
"""
OTHER_CHAT = factories.build_destination("77", title="Elsewhere")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lists = tmp_path / "watchlists"
    lists.mkdir()
    (lists / "csto.yaml").write_text(FILE, encoding="utf-8")
    return lists


@pytest.fixture
async def desk(store: Store, folder: Path) -> Desk:
    """A desk whose list stands in a file, and a week of news."""
    await store.sync_feeds([factories.build_feed()], START)
    titles = ("CSTO meets in Minsk", "Drill of the CSTO in Osh", "Tajik guards close a border", "Rain over Kabul")
    items = [
        factories.build_item(f"n{day}", title=title, summary="", link_key=f"n{day}", published=when, first_seen=when)
        for day, title in enumerate(titles, 1)
        for when in (START - timedelta(days=day),)
    ]
    await store.record_polls([factories.build_poll(items=tuple(items))], START)
    return Desk(store, catalog=Catalog(load_watchlists(folder)), texts=FolderTexts(folder))


async def make_list(desk: Desk, query: str = "tajik border") -> str:
    """The chat makes a list of its own; its id."""
    tested = await desk.write(f"/watch {query}")
    await desk.press(button_of(tested, "Watch"))
    return (await desk.store.list_chat_lists())[-1].id


def code_of(message: Message | None) -> str:
    """The text that is to be copied."""
    assert message is not None
    (block,) = [block for block in message.blocks if isinstance(block, Quote) and block.code]
    return "".join(span.text for span in block.spans)


async def test_an_edited_list_is_compared_applied_and_undone(desk: Desk) -> None:
    name = await make_list(desk)
    assert name == "tajik-border"
    text = code_of(await desk.write(f"/edit {name}"))
    assert text.splitlines()[:2] == ["schema: 1", "id: tajik-border"]

    changed = text.replace("tajik border", "CSTO OR drill").replace("priority: medium", "priority: high")
    proposed = await desk.answer(f"```yaml\n{changed}\n```", "m1")
    assert text_of(proposed).splitlines()[:2] == [
        "Change of tajik-border",
        "Before: 1 alert in 4 days. After: 2. Gone: 1. New: 2. Unchanged: 0.",
    ]
    assert buttons_of(proposed) == ["See gone", "See new", "Apply", "Keep old"]
    assert "Tajik guards close a border" in text_of(await desk.press(button_of(proposed, "See gone")))
    assert len(text_of(await desk.press(button_of(proposed, "See new"))).splitlines()) == 3
    before = desk.services.catalog.find_chat_list(name)
    assert before is not None
    assert before.version.number == 1

    applied = await desk.press(button_of(proposed, "Apply"))
    assert text_of(applied) == "tajik-border is now version 2. It is live."
    rung = desk.services.catalog.matcher.match(factories.build_document(title="A drill"))
    assert [match.watchlist for match in rung] == [name]

    undone = await desk.press(button_of(applied, "Undo"))
    assert text_of(undone).startswith("tajik-border is back at version 1, by Nilufar, ")
    assert desk.services.catalog.matcher.match(factories.build_document(title="A drill")) == ()
    await desk.clock.advance(1)
    assert text_of(await desk.write(f"/edit {name} undo")) == "tajik-border has no earlier version."
    versions = text_of(await desk.write(f"/edit {name} versions")).splitlines()
    assert versions[0] == "tajik-border: 2 versions"
    assert versions[2].endswith(" · in use")


async def test_what_was_edited_is_still_in_use_after_a_restart(desk: Desk) -> None:
    name = await make_list(desk)
    again = Catalog(desk.services.catalog.loaded)
    await again.use_chat_lists(await desk.store.list_chat_lists())
    assert again.matcher.match(factories.build_document(title="Tajik border"))[0].watchlist == name


@pytest.mark.parametrize("wrap", ["{}", "```\n{}\n```", "```yaml\n{}```", "---\n{}", "\n\n{}\n\n", "quoted"])
async def test_a_text_may_come_back_fenced_or_quoted(desk: Desk, wrap: str) -> None:
    name = await make_list(desk)
    text = code_of(await desk.write(f"/edit {name}")).replace("tajik border", "drill")
    sent = "\n".join(f"> {row}" for row in text.split("\n")) if wrap == "quoted" else wrap.format(text)
    assert text_of(await desk.answer(sent, "m1")).startswith(f"Change of {name}\n")
    assert text_of(await desk.write(f"/edit {sent}")).startswith(f"Change of {name}\n")


async def test_keeping_the_old_changes_nothing(desk: Desk) -> None:
    name = await make_list(desk)
    text = code_of(await desk.write(f"/edit {name}")).replace("tajik border", "rain")
    proposed = await desk.write(f"/edit\n{text}".replace("/edit\n", "/edit "))
    assert await desk.press(button_of(proposed, "Keep old")) is None
    assert desk.app.notices[-1] == "Nothing was changed."
    assert len(await desk.store.list_watchlist_versions(name)) == 1


async def test_two_edits_of_the_same_version_are_not_both_applied(desk: Desk) -> None:
    name = await make_list(desk)
    text = code_of(await desk.write(f"/edit {name}"))
    first = await desk.answer(text.replace("tajik border", "rain"), "m1")
    second = await desk.answer(text.replace("tajik border", "minsk"), "m1")
    await desk.press(button_of(first, "Apply"))
    refused = text_of(await desk.press(button_of(second, "Apply")))
    assert refused == "Nilufar changed tajik-border in the meantime. Start again: /edit tajik-border"


async def test_a_mistake_is_told_with_its_line(desk: Desk) -> None:
    name = await make_list(desk)
    text = code_of(await desk.write(f"/edit {name}")).replace("priority: medium", "priority: loud")
    refused = text_of(await desk.answer(text, "m1")).splitlines()
    assert refused[0] == "Not taken: 1 mistake. Nothing was changed."
    assert refused[1].startswith("Line 4, column 11: priority cannot be “loud”.")
    assert refused[2] == "priority: loud"


async def test_examples_are_run_before_a_change_is_offered(desk: Desk) -> None:
    name = await make_list(desk)
    text = code_of(await desk.write(f"/edit {name}"))
    examples = "examples:\n  positive: [{lang: en, title: Tajik border}, {lang: en, title: Rain}]\n"
    answer = text_of(await desk.answer(f"{text}\n{examples}", "m1"))
    assert "1 of 2 examples pass; fails:" in answer
    assert "“Rain” must match but does not" in answer


async def test_a_list_of_a_file_is_answered_with_a_patch(desk: Desk, folder: Path) -> None:
    shown = await desk.write("/edit csto")
    assert code_of(shown) + "\n" == FILE
    answer = await desk.answer(FILE.replace("[=CSTO]", "[=CSTO, drill]"), "m1")
    assert "Gone: 0. New: 0. Unchanged: 2." in text_of(answer)
    assert "csto stands in csto.yaml, so nothing is changed here. The patch for it:" in text_of(answer)
    assert buttons_of(answer) == []
    assert [row for row in code_of(answer).splitlines() if row[0] in "+-"] == [
        "--- a/csto.yaml",
        "+++ b/csto.yaml",
        "-  name: {_label: CSTO, en: [=CSTO]}",
        "+  name: {_label: CSTO, en: [=CSTO, drill]}",
    ]
    assert (folder / "csto.yaml").read_text(encoding="utf-8") == FILE
    assert text_of(await desk.write("/edit csto remove")).startswith("csto stands in csto.yaml and is changed there.")


async def test_the_way_back_of_a_file_is_a_patch_too(desk: Desk, folder: Path) -> None:
    services = desk.services
    await keep_up(services.store, services.catalog, services.texts, desk.clock)
    assert text_of(await desk.write("/edit csto undo")) == "csto has no earlier version."
    (folder / "csto.yaml").write_text(FILE.replace("[=CSTO]", "[drill]"), encoding="utf-8")
    services.catalog.replace(load_watchlists(folder))
    await keep_up(services.store, services.catalog, services.texts, desk.clock)
    answer = await desk.write("/edit csto undo")
    assert "The patch back to version 1 of " in text_of(answer)
    assert [row for row in code_of(answer).splitlines() if row[0] in "+-"][2:] == [
        "-  name: {_label: CSTO, en: [drill]}",
        "+  name: {_label: CSTO, en: [=CSTO]}",
    ]
    assert text_of(await desk.write("/edit csto versions")).splitlines()[0] == "csto: 2 versions"


async def test_a_part_of_a_list_may_be_sent_alone(desk: Desk) -> None:
    name = await make_list(desk)
    part = code_of(await desk.write(f"/edit {name} match"))
    assert part.splitlines()[:2] == [f"id: {name}", "match:"]
    proposed = await desk.answer(part.replace("tajik border", "rain"), "m1")
    await desk.press(button_of(proposed, "Apply"))
    assert "rain" in code_of(await desk.write(f"/edit {name}"))
    assert text_of(await desk.write(f"/edit {name} nonsense")) == (
        f"{name} has no part “nonsense”. Its parts: title, priority, status, match"
    )


async def test_a_long_list_is_offered_in_parts(desk: Desk) -> None:
    name = await make_list(desk)
    words = ", ".join(f"word{number:04}" for number in range(500))
    text = code_of(await desk.write(f"/edit {name}")) + f"\ngroups:\n  one: {{en: [{words}]}}\n  two: {{en: [rain]}}\n"
    text = text.replace("match:\n  rules:", "match:\n  rules:\n  - {id: more, any: [one, two]}")
    await desk.press(button_of(await desk.answer(text, "m1"), "Apply"))
    answer = await desk.write(f"/edit {name}")
    assert text_of(answer).startswith(f"Here is {name} as a file.")
    assert answer is not None
    assert answer.attachment is not None
    assert answer.attachment.name == f"{name}.yaml"
    assert buttons_of(answer) == ["title", "priority", "status", "match", "groups.two"]
    part = code_of(await desk.press(button_of(answer, "groups.two")))
    proposed = await desk.answer(part.replace("rain", "minsk"), "m1")
    assert "New: 1." in text_of(proposed)


async def test_an_unchanged_text_is_no_change(desk: Desk) -> None:
    name = await make_list(desk)
    text = code_of(await desk.write(f"/edit {name}"))
    assert text_of(await desk.answer(text, "m1")) == f"That says the same as {name} does now. Nothing to change."


async def test_a_list_sent_as_text_is_tested_and_watched_under_its_own_id(desk: Desk) -> None:
    text = FILE.replace("id: csto", "id: drills").replace("[=CSTO]", "[drill]")
    tested = await desk.handle(desk.app.write(text, PRIVATE, factories.build_person(), via=Via.COMMAND))
    assert "1 match -> 1 story -> 1 alert" in text_of(tested)
    assert text_of(await desk.press(button_of(tested, "Watch"))).startswith("Watching CSTO (high), as drills.")


async def test_the_id_of_another_chats_list_is_taken_and_its_text_is_not_shown(desk: Desk) -> None:
    name = await make_list(desk)
    text = code_of(await desk.write(f"/edit {name}"))
    assert text_of(await desk.write(f"/edit {name}", OTHER_CHAT)).startswith("There is no watchlist called")
    assert text_of(await desk.write(f"/edit {text}", OTHER_CHAT)) == f"The id “{name}” is taken. Choose another id."


async def test_a_removed_list_is_gone_and_its_id_stays_taken(desk: Desk) -> None:
    name = await make_list(desk)
    assert text_of(await desk.write(f"/edit {name} remove")) == f"Removed {name}. Its versions are kept."
    assert await desk.store.list_subscriptions(PRIVATE.key) == []
    assert desk.services.catalog.matcher.match(factories.build_document(title="Tajik border")) == ()
    assert await make_list(desk) == f"{name}-2"


async def test_a_chat_has_a_limited_number_of_lists(desk: Desk) -> None:
    for number in range(20):
        await desk.clock.advance(10)
        await make_list(desk, f"tajik border -x{number}")
    tested = await desk.write("/watch tajik border")
    refused = text_of(await desk.press(button_of(tested, "Watch")))
    assert refused.startswith("This chat has 20 lists of its own, which is as many as it may have.")


async def test_a_list_follows_the_word_groups_of_the_folder(desk: Desk, folder: Path) -> None:
    groups = folder / "groups.yaml"
    groups.write_text("schema: 1\ngroups:\n  geo.osh: {en: [Osh]}\n", encoding="utf-8")
    name = await make_list(desk, "$geo.osh drill")
    groups.write_text("schema: 1\ngroups:\n  geo.osh: {en: [Osh, Uzgen]}\n", encoding="utf-8")
    await keep_up(desk.store, desk.services.catalog, desk.services.texts, desk.clock)
    rung = desk.services.catalog.matcher.match(factories.build_document(title="A drill in Uzgen"))
    assert [match.watchlist for match in rung] == [name]
    groups.unlink()
    await keep_up(desk.store, desk.services.catalog, desk.services.texts, desk.clock)
    rung = desk.services.catalog.matcher.match(factories.build_document(title="A drill in Osh"))
    assert [match.watchlist for match in rung] == [name]


async def test_a_file_with_the_id_of_a_chats_list_puts_that_one_aside(desk: Desk, folder: Path) -> None:
    name = await make_list(desk)
    (folder / "own.yaml").write_text(FILE.replace("id: csto", f"id: {name}"), encoding="utf-8")
    desk.services.catalog.replace(load_watchlists(folder))
    assert desk.services.catalog.find_chat_list(name) is None
    rung = desk.services.catalog.matcher.match(factories.build_document(title="CSTO at a Tajik border"))
    assert sorted(match.watchlist for match in rung) == ["csto", name]
    (folder / "own.yaml").unlink()
    desk.services.catalog.replace(load_watchlists(folder))
    rung = desk.services.catalog.matcher.match(factories.build_document(title="At a Tajik border"))
    assert [match.watchlist for match in rung] == [name]
