"""A backup is a whole store of its own."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.ports.store import Store
from storage import open_store
from tests.factories import at, build_destination, build_feed, build_ringing_poll


async def test_a_backup_opens_as_a_store_with_everything_in_it(store: Store, tmp_path: Path) -> None:
    await store.sync_feeds([build_feed()], at(0))
    await store.record_polls([build_ringing_poll("item-1", build_destination())], at(0))
    await store.backup(tmp_path / "copy.db")
    copy = await open_store(f"sqlite:///{tmp_path}/copy.db")
    assert await copy.migrate() == []
    assert await copy.list_feeds() == await store.list_feeds()
    assert await copy.count_totals() == await store.count_totals()
    assert await copy.search_items(["csto"], 10) == await store.search_items(["csto"], 10)
    await copy.close()


async def test_a_backup_holds_whole_batches_while_polls_are_recorded(store: Store, tmp_path: Path) -> None:
    await store.sync_feeds([build_feed()], at(0))

    async def record() -> None:
        for number in range(0, 60, 2):
            batch = [build_ringing_poll(f"item-{number + step}", build_destination()) for step in (0, 1)]
            await store.record_polls(batch, at(number))

    await asyncio.gather(record(), store.backup(tmp_path / "copy.db"))
    copy = await open_store(f"sqlite:///{tmp_path}/copy.db")
    totals = await copy.count_totals()
    assert totals.items % 2 == 0
    assert totals.items == totals.matches == totals.alerts == totals.deliveries
    await copy.close()


async def test_a_backup_that_fails_leaves_no_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Choose another place"):
        await store.backup(tmp_path / "file" / "copy.db")
    assert _names(tmp_path, "*copy*") == []


def _names(folder: Path, pattern: str) -> list[str]:
    return [entry.name for entry in folder.glob(pattern)]
