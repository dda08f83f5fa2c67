"""Hostile and broken files saved into the folder of a running service: told once, in time, and nothing stops."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.ports.store import Store
from tests.integration.reload_desk import Desk, list_text, open_desk, open_reload_store

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


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_reload_store(tmp_path) as opened:
        yield opened


@pytest.fixture
async def desk(tmp_path: Path, store: Store) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, store) as opened:
        yield opened


@pytest.mark.parametrize("data", HOSTILE)
async def test_hostile_yaml_leaves_the_running_version_untouched(desk: Desk, data: bytes) -> None:
    running = desk.catalog.find("csto")
    desk.write("csto.yaml", data)
    notice = await desk.wait_for_notice()
    assert notice.startswith("⚠️ csto.yaml has a mistake. Its last good version runs on.")
    assert len(notice) < 3000
    assert desk.catalog.find("csto") is running
    assert desk.rings("CSTO meets, the Taliban watch") == ["csto", "ttp"]


@pytest.mark.parametrize("name", ["groups.yaml", "feeds.yaml", "routes.yaml"])
@pytest.mark.parametrize("data", HOSTILE[:3])
async def test_hostile_yaml_in_a_shared_file_leaves_everything_as_it_was(desk: Desk, name: str, data: bytes) -> None:
    lists, routes = desk.catalog.watchlists, desk.catalog.routes
    desk.write(name, data)
    assert (await desk.wait_for_notice()).startswith(f"⚠️ {name} has a mistake.")
    assert (desk.catalog.watchlists, desk.catalog.routes) == (lists, routes)


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
