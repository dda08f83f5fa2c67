"""Edits of a real watchlist folder, made as editors, git and people make them, while the service runs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.audit import Action
from bot.ports.store import Store
from bot.services.restoring import restore_last_good
from tests.integration.reload_desk import OWNER, ROUTES, Desk, list_text, open_desk, open_reload_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_reload_store(tmp_path) as opened:
        yield opened


@pytest.fixture
async def desk(tmp_path: Path, store: Store) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, store) as opened:
        yield opened


async def test_a_saved_edit_is_live_within_two_seconds(desk: Desk) -> None:
    assert desk.rings("Elders hold a jirga") == []
    desk.write("csto.yaml", list_text("csto"))
    await desk.soon(lambda: desk.rings("Elders hold a jirga") == ["csto"])
    assert desk.rings("CSTO meets") == []
    assert await desk.notices() == []


async def test_an_editor_that_renames_on_save_is_understood(desk: Desk) -> None:
    path = desk.folder / "csto.yaml"
    for number in range(3):
        word = f"word{'abc'[number]}"
        path.rename(desk.folder / "csto.yaml~")
        beside = desk.folder / ".csto.yaml.swp"
        beside.write_text(list_text("csto", word))
        beside.replace(path)
        (desk.folder / "csto.yaml~").unlink()
        await desk.soon(lambda word=word: desk.rings(word) == ["csto"])  # type: ignore[misc]  # bound at once
    assert desk.rings("Taliban") == ["ttp"]
    assert await desk.notices() == []


async def test_what_editors_leave_beside_a_file_is_no_list(desk: Desk) -> None:
    lock = desk.folder / ".#csto.yaml"
    lock.symlink_to("user@host.1234:1700000000")
    desk.write("._ttp.yaml", b"\x00\x05\x16\x07")
    desk.write("csto.yaml~", "not YAML: [")
    desk.write("csto.yaml", list_text("csto", "jirga"))
    await desk.soon(lambda: desk.rings("jirga") == ["csto"])
    lock.unlink()
    desk.write("csto.yaml", list_text("csto", "mufti"))
    await desk.soon(lambda: desk.rings("mufti") == ["csto"])
    assert await desk.notices() == []


async def test_a_link_to_nowhere_is_told_and_stops_no_other_edit(desk: Desk) -> None:
    (desk.folder / "lost.yaml").symlink_to(desk.folder / "nowhere")
    assert "lost.yaml: there is no such file" in await desk.wait_for_notice()
    desk.write("csto.yaml", list_text("csto", "jirga"))
    await desk.soon(lambda: desk.rings("jirga") == ["csto"])


async def test_a_new_file_is_a_new_list_and_a_deleted_one_is_gone(desk: Desk) -> None:
    desk.write("iskp.yaml", list_text("iskp", "Khorasan"))
    await desk.soon(lambda: desk.rings("Khorasan") == ["iskp"])
    (desk.folder / "ttp.yaml").unlink()
    await desk.soon(lambda: desk.rings("Taliban") == [])
    assert [watchlist.id for watchlist in desk.catalog.watchlists] == ["csto", "iskp"]
    assert await desk.notices() == []


async def test_a_chat_hears_that_the_file_of_its_list_is_gone_and_is_back(desk: Desk, store: Store) -> None:
    await store.ensure_destination(OWNER)
    await store.subscribe(OWNER, "ttp", "telegram:42", desk.clock.now())
    text = (desk.folder / "ttp.yaml").read_bytes()
    (desk.folder / "ttp.yaml").unlink()
    assert (await desk.wait_for_notice()).startswith("The file of ttp was removed. Nothing is matched for it here")
    desk.write("ttp.yaml", text)
    assert await desk.wait_for_notice() == "The file of ttp is back, and with it the list you watch."


async def test_a_renamed_file_keeps_its_list(desk: Desk) -> None:
    (desk.folder / "ttp.yaml").rename(desk.folder / "zz.yaml")
    await desk.soon(lambda: desk.catalog.loaded.places["ttp"][""].path.endswith("zz.yaml"))
    assert desk.rings("Taliban") == ["ttp"]


async def test_a_checkout_of_many_files_comes_into_use_as_one(desk: Desk) -> None:
    for number in range(40):
        desk.write(f"list-{number:02}.yaml", list_text(f"list-{number:02}", f"wordnumber{number:02}"))
    (desk.folder / "csto.yaml").unlink()
    await desk.soon(lambda: len(desk.catalog.watchlists) == 41)
    assert desk.rings("CSTO") == []

    async def entered() -> bool:
        return len(await desk.audit()) == 44

    await desk.soon(entered)
    actions = {entry.subject_id: entry.action for entry in (await desk.audit())[:41]}
    assert actions.pop("csto") is Action.REMOVED
    assert set(actions.values()) == {Action.ADDED}


async def test_a_folder_replaced_as_a_whole_is_followed(desk: Desk) -> None:
    beside = desk.folder.with_name("next")
    beside.mkdir()
    (beside / "iskp.yaml").write_text(list_text("iskp", "Khorasan"))
    desk.folder.rename(desk.folder.with_name("old"))
    beside.rename(desk.folder)
    await desk.soon(lambda: desk.rings("Khorasan") == ["iskp"])
    desk.write("iskp.yaml", list_text("iskp", "Nangarhar"))
    await desk.soon(lambda: desk.rings("Nangarhar") == ["iskp"])


async def test_while_the_folder_is_away_everything_runs_on(desk: Desk) -> None:
    away = desk.folder.with_name("away")
    desk.folder.rename(away)
    notice = await desk.wait_for_notice()
    assert "watchlists holds no watchlists. The last good ones run on." in notice
    assert (desk.rings("CSTO"), desk.rings("Taliban")) == (["csto"], ["ttp"])
    away.rename(desk.folder)
    assert "is in use as it stands" in await desk.wait_for_notice()


async def test_a_link_turned_to_another_folder_is_followed(tmp_path: Path, store: Store) -> None:
    for name, word in (("one", "jirga"), ("two", "loya")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "csto.yaml").write_text(list_text("csto", word))
    link = tmp_path / "current"
    link.symlink_to(tmp_path / "one")
    desk = Desk(link, store)
    running = asyncio.create_task(desk.reloading.run())
    await desk.soon(lambda: desk.rings("jirga") == ["csto"])
    fresh = tmp_path / "fresh"
    fresh.symlink_to(tmp_path / "two")
    fresh.replace(link)
    await desk.soon(lambda: desk.rings("loya") == ["csto"])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_bad_edit_keeps_the_last_good_version_and_is_told_once(desk: Desk) -> None:
    desk.write("csto.yaml", list_text("csto", "jirga").replace("priority", "priorty"))
    notice = await desk.wait_for_notice()
    assert notice.splitlines() == [
        "⚠️ csto.yaml has a mistake. Its last good version runs on.",
        "csto.yaml:4:1: a watchlist has no key “priorty”. Did you mean “priority”?",
        "csto.yaml:1:1: a watchlist needs the key “priority”. Add `priority: …`.",
    ]
    assert desk.rings("CSTO meets") == ["csto"]
    assert desk.catalog.loaded.outdated == {"csto"}
    desk.write("csto.yaml", "schema: 1\nid: [")
    desk.write("ttp.yaml", list_text("ttp", "mufti"))
    await desk.soon(lambda: desk.rings("mufti") == ["ttp"])
    assert desk.rings("CSTO meets") == ["csto"]
    assert await desk.notices() == []


async def test_a_cured_file_is_live_and_told_once(desk: Desk) -> None:
    desk.write("csto.yaml", "schema: [")
    await desk.wait_for_notice()
    desk.write("csto.yaml", list_text("csto", "jirga"))
    assert await desk.wait_for_notice() == "✅ csto.yaml is in use as it stands."
    assert desk.rings("jirga") == ["csto"]
    assert desk.catalog.loaded.outdated == frozenset()


async def test_a_mistake_is_not_told_again_after_a_restart_unless_it_means_more(desk: Desk, store: Store) -> None:
    desk.write("csto.yaml", "schema: [")
    await desk.wait_for_notice()
    # Without a kept version a new process has nothing to run: now the list is gone, and that is news.
    for told in (["⚠️ csto.yaml has a mistake and is not in use."], []):
        restarted = Desk(desk.folder, store)
        await restarted.reloading.reload()
        assert [notice.splitlines()[0] for notice in await restarted.notices()] == told
        assert restarted.rings("CSTO") == []


async def test_after_a_restart_the_last_good_version_still_runs(tmp_path: Path, store: Store) -> None:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    for name, text in (("csto.yaml", list_text("csto", "CSTO")), ("ttp.yaml", list_text("ttp", "Taliban"))):
        (folder / name).write_text(text)
    (folder / "routes.yaml").write_text(ROUTES)
    desk = Desk(folder, store, keeps_versions=True)
    await desk.reloading.reload()
    desk.write("csto.yaml", "schema: [")
    await desk.reloading.reload()
    assert len(await desk.notices()) == 1

    restarted = Desk(folder, store, keeps_versions=True)
    assert restarted.rings("CSTO") == []
    restored = await restore_last_good(store, restarted.catalog.loaded)
    await restarted.catalog.change(restored, restarted.catalog.routes)
    await restarted.reloading.reload()
    assert restarted.rings("CSTO") == ["csto"]
    assert restarted.catalog.loaded.outdated == {"csto"}
    assert await restarted.notices() == []
    restarted.write("csto.yaml", list_text("csto", "jirga"))
    await restarted.reloading.reload()
    assert await restarted.notices() == ["✅ csto.yaml is in use as it stands."]
    assert restarted.rings("jirga") == ["csto"]


async def test_a_new_file_with_mistakes_is_told_and_stops_nothing(desk: Desk) -> None:
    desk.write("new.yaml", list_text("new", "201"))
    notice = await desk.wait_for_notice()
    assert notice.splitlines()[0] == "⚠️ new.yaml has a mistake and is not in use."
    assert "new.yaml:6:15: “201” is only a number" in notice
    assert desk.rings("Taliban") == ["ttp"]


async def test_broken_shared_groups_leave_the_lists_that_use_them_as_they_were(desk: Desk) -> None:
    uses = list_text("geo", "unused").replace("any: [name]", "any: [geo.tajikistan]")
    desk.write("geo.yaml", uses)
    desk.write("groups.yaml", "schema: 1\ngroups:\n  geo.tajikistan: {en: [Khatlon]}\n")
    await desk.soon(lambda: desk.rings("Khatlon") == ["geo"])
    await desk.notices()
    desk.write("groups.yaml", "schema: 1\ngroups:\n  geo.tajikistan: {en: [Khatlon\n")
    notice = await desk.wait_for_notice()
    assert notice.splitlines()[0] == "⚠️ groups.yaml has a mistake. Lists that need what is broken run on as they were."
    assert desk.rings("Khatlon") == ["geo"]
    desk.write("groups.yaml", "schema: 1\ngroups:\n  geo.tajikistan: {en: [Sughd]}\n")
    await desk.soon(lambda: desk.rings("Sughd") == ["geo"])


async def test_examples_that_fail_are_told_though_the_list_is_in_use(desk: Desk) -> None:
    examples = 'examples:\n  positive: [{lang: en, title: "Nothing of the kind"}]\n'
    desk.write("csto.yaml", list_text("csto", "jirga") + examples)
    notice = await desk.wait_for_notice()
    assert notice.splitlines()[0] == "⚠️ csto.yaml is in use, but examples in it fail."
    assert "csto.yaml:11:14: “Nothing of the kind” must match but does not" in notice
    assert desk.rings("jirga") == ["csto"]
    desk.write("ttp.yaml", list_text("ttp", "mufti"))
    await desk.soon(lambda: desk.rings("mufti") == ["ttp"])
    assert await desk.notices() == []


async def test_feeds_are_read_again_and_a_faulty_file_removes_none(desk: Desk) -> None:
    row = '  - {{id: {0}, name: {0}, url: "https://{0}.example/rss", lang: en}}\n'

    async def enabled() -> list[str]:
        return [status.feed.id for status in await desk.store.list_feeds() if status.feed.enabled]

    desk.write("feeds.yaml", "schema: 1\nfeeds:\n" + row.format("one") + row.format("two"))

    async def both() -> bool:
        return await enabled() == ["one", "two"]

    await desk.soon(both)
    desk.write("feeds.yaml", "schema: 1\nfeeds:\n" + row.format("three") + "  - {id: two}\n")
    notice = await desk.wait_for_notice()
    assert notice.startswith("⚠️ feeds.yaml has a mistake. What is right in it is in use, and no feed was removed.")
    assert await enabled() == ["one", "three", "two"]
    desk.write("feeds.yaml", "schema: 1\nfeeds:\n" + row.format("three"))
    await desk.wait_for_notice()
    assert await enabled() == ["three"]


async def test_routes_are_read_again_and_a_bad_edit_leaves_them_as_they_were(desk: Desk) -> None:
    desk.write("routes.yaml", ROUTES.replace("routes: []", "routes: [{to: [desk], lists: [csto]}]"))
    await desk.soon(lambda: [one.watchlist for one in desk.catalog.routed[0].lists] == ["csto"])
    assert [one.key for one in await desk.store.list_destinations([OWNER.key])] == [OWNER.key]
    desk.write("routes.yaml", ROUTES.replace("routes: []", "routes: [{to: [dsk], lists: [csto]}]"))
    notice = await desk.wait_for_notice()
    assert "routes.yaml has a mistake. The last good routes stay in use." in notice
    assert "routes.yaml:5:16: there is no destination “dsk”. Did you mean “desk”?" in notice
    assert [one.watchlist for one in desk.catalog.routed[0].lists] == ["csto"]


async def test_what_was_edited_while_nothing_ran_is_in_the_audit_trail(desk: Desk, store: Store) -> None:
    first = [(entry.action.value, entry.subject.value, entry.subject_id) for entry in await desk.audit()]
    assert sorted(first) == [
        ("added", "routes", "routes.yaml"),
        ("added", "watchlist", "csto"),
        ("added", "watchlist", "ttp"),
    ]
    later = Desk(desk.folder, store)
    (desk.folder / "ttp.yaml").unlink()
    desk.write("csto.yaml", list_text("csto", "jirga"))
    await later.reloading.reload()
    entries = [(entry.action.value, entry.subject_id, entry.by) for entry in await desk.audit()]
    assert set(entries[:2]) == {("changed", "csto", "files"), ("removed", "ttp", "files")}
