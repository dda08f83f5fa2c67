"""Edits of a real watchlist folder, made as editors, git and people make them, while the service runs."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from bot.domain.audit import Action, AuditEntry
from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.domain.messages import plain_text
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.list_editing import keep_up
from bot.services.reloading import Reloading
from bot.services.restoring import restore_last_good
from bot.sources.watchlist_folder import YamlFolder
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from tests import factories
from tests.fakes.clock import FakeClock

# What the issue allows from saving a file to its being live.
LIVE_SECONDS = 2.0
OWNER = factories.build_destination("77")
ROUTES = """\
schema: 1
owner: desk
destinations:
  desk: {telegram: 77}
routes: []
"""


def list_text(list_id: str, word: str = "jirga", **lines: str) -> str:
    extra = "".join(f"{key}: {value}\n" for key, value in lines.items())
    return (
        f"schema: 1\nid: {list_id}\ntitle: {list_id.upper()}\npriority: high\n{extra}"
        f"groups:\n  name: {{en: [{word}]}}\nmatch:\n  rules:\n    - {{id: name, any: [name]}}\n"
    )


class Desk:
    """A running reload over a folder; its tests wait for what must become true in time."""

    def __init__(self, folder: Path, store: Store, *, keeps_versions: bool = False) -> None:
        self.folder = folder
        self.store = store
        self.files = YamlFolder(folder)
        contents = self.files.load()
        self.catalog = Catalog(contents.catalog, contents.routes)
        self.clock = FakeClock()
        keep = partial(keep_up, store, self.catalog, FolderTexts(folder), self.clock)
        self.reloading = Reloading(
            store, self.catalog, self.files, self.clock, follow_up=keep if keeps_versions else None
        )

    def write(self, name: str, text: str | bytes) -> None:
        raw = text if isinstance(text, bytes) else text.encode()
        (self.folder / name).write_bytes(raw)

    def rings(self, text: str) -> list[str]:
        """The lists that match a headline."""
        return [match.watchlist for match in self.catalog.matcher.match(factories.build_document(title=text))]

    async def soon(self, holds: Callable[[], bool | Awaitable[bool]]) -> None:
        """Waits until it holds, as long as an edit may take to be live."""
        deadline = time.monotonic() + LIVE_SECONDS
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            assert time.monotonic() < deadline, "it was not live in time"
            await asyncio.sleep(0.02)

    async def notices(self) -> list[str]:
        """What the owner was told since the last time."""
        told = []
        for _ in range(10):
            claimed = await self.store.claim_deliveries(Platform.TELEGRAM, self.clock.now(), 1, LEASE, frozenset())
            if not claimed:
                break
            assert claimed[0].destination.key == OWNER.key
            assert claimed[0].message is not None
            told.append(plain_text(claimed[0].message))
            await self.store.record_sent(claimed[0].id, Receipt("1"), self.clock.now())
        await self.clock.advance(1)
        return told

    async def wait_for_notice(self) -> str:
        """The next thing that the owner is told."""
        found: list[str] = []

        async def came() -> bool:
            found.extend(await self.notices())
            return bool(found)

        await self.soon(came)
        (notice,) = found
        return notice

    async def audit(self) -> list[AuditEntry]:
        return await self.store.list_audit(100)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
async def desk(tmp_path: Path, store: Store) -> AsyncIterator[Desk]:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    (folder / "csto.yaml").write_text(list_text("csto", "CSTO"))
    (folder / "ttp.yaml").write_text(list_text("ttp", "Taliban"))
    (folder / "routes.yaml").write_text(ROUTES)
    desk = Desk(folder, store)
    running = asyncio.create_task(desk.reloading.run())

    async def began() -> bool:
        return bool(await desk.audit())

    await desk.soon(began)
    yield desk
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


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


HOSTILE = [
    pytest.param(b"[" * 100_000, id="100 KB of brackets"),
    pytest.param(b"x" * 5_000_000, id="5 MB"),
    pytest.param(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", id="alias bomb"),
    pytest.param(b"a: !!python/object/apply:os.system ['id']\n", id="tag"),
    pytest.param(b"a:\n  <<: {b: c}\n", id="merge key"),
    pytest.param(b"schema: 1\nschema: 1\n", id="duplicate key"),
    pytest.param(b"schema: 1\nid: \x00\n", id="NUL"),
    pytest.param("schema: 1\nid: a\u202eb\n".encode(), id="bidi"),
    pytest.param("schema: 1\nid: привет\n".encode("cp1251"), id="not UTF-8"),
    pytest.param(list_text("csto", priority="no").encode(), id="Norway"),
    pytest.param(list_text("csto", max_age_hours="2026-11-24").encode(), id="date"),
    pytest.param(list_text("csto", max_age_hours="9" * 5000).encode(), id="huge number"),
    pytest.param(b"", id="empty"),
]


@pytest.mark.parametrize("data", HOSTILE)
async def test_hostile_yaml_leaves_the_running_version_untouched(desk: Desk, data: bytes) -> None:
    matcher = desk.catalog.find("csto")
    desk.write("csto.yaml", data)
    notice = await desk.wait_for_notice()
    assert notice.startswith("⚠️ csto.yaml has a mistake. Its last good version runs on.")
    assert len(notice) < 3000
    assert desk.catalog.find("csto") is matcher
    assert desk.rings("CSTO meets, the Taliban watch") == ["csto", "ttp"]


async def test_the_event_loop_is_not_held_up_by_a_large_edit(desk: Desk) -> None:
    words = ", ".join(f"word{number:05}x" for number in range(9_000))
    longest, last = 0.0, time.monotonic()
    desk.write("csto.yaml", list_text("csto", words))
    deadline = last + 10
    while not desk.rings("word08999x") and time.monotonic() < deadline:
        await asyncio.sleep(0.005)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    assert desk.rings("word08999x") == ["csto"]
    assert longest < 0.5


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "directory"])
async def test_what_is_no_file_is_told_and_holds_nothing_up(desk: Desk, make: Callable[[Path], None]) -> None:
    (desk.folder / "csto.yaml").unlink()
    make(desk.folder / "csto.yaml")
    assert "csto.yaml: the file cannot be read: it is no ordinary file." in await desk.wait_for_notice()
    desk.write("ttp.yaml", list_text("ttp", "mufti"))
    await desk.soon(lambda: desk.rings("mufti") == ["ttp"])
