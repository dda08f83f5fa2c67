"""What a sick database says, with the cure, and that what was stored stays."""

import sqlite3
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.ports.store import Store
from storage import open_store
from storage.sqlite.connection import DatabaseThread
from tests.factories import at, build_destination, build_feed, build_item, build_poll, build_ringing_poll

DESK = build_destination()


async def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "tocsin.db").write_text("Dear diary, " * 1000)
    with pytest.raises(StoreError, match=r"not an SQLite database.*DATABASE_URL"):
        await open_store(f"sqlite:///{tmp_path}/tocsin.db")


async def test_a_lock_of_another_program_is_named_and_passes(store: Store, stranger: sqlite3.Connection) -> None:
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another program"):
        await store.sync_feeds([build_feed()], at(0))
    assert await store.list_feeds() == []
    stranger.execute("ROLLBACK")
    await store.sync_feeds([build_feed()], at(0))
    assert len(await store.list_feeds()) == 1


async def test_a_database_that_cannot_be_written_still_reads(store: Store, database: DatabaseThread) -> None:
    await store.sync_feeds([build_feed()], at(0))
    await database.call(lambda connection: connection.execute("PRAGMA query_only = ON").close())
    with pytest.raises(StoreError, match=r"cannot be written.*writable"):
        await store.sync_feeds([], at(1))
    assert (await store.list_feeds())[0].feed.enabled


async def test_a_full_disk_undoes_the_whole_batch_and_the_next_one_goes_through(
    store: Store, database: DatabaseThread
) -> None:
    await store.sync_feeds([build_feed()], at(0))
    await store.record_polls([build_ringing_poll("item-1", DESK)], at(0))
    await database.call(lambda connection: connection.execute("PRAGMA max_page_count = 1").close())
    huge = build_poll(items=(build_item("item-2", content="x" * 2_000_000),))
    with pytest.raises(StoreError, match=r"disk is full.*Nothing already stored is lost"):
        await store.record_polls([build_ringing_poll("item-3", DESK), huge], at(1))
    assert (await store.count_totals()).items == 1
    await database.call(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").close())
    assert (await store.record_polls([build_ringing_poll("item-3", DESK), huge], at(2))).items == 2


async def test_damaged_pages_are_named_with_the_way_back(path: Path, store: Store) -> None:
    await store.sync_feeds([build_feed(f"feed-{number}") for number in range(500)], at(0))
    await store.close()
    _overwrite_all_but_the_first_pages(path)
    with pytest.raises(StoreError, match=r"damaged.*tocsin backup"):
        await open_store(f"sqlite:///{path}")


async def test_an_unforeseen_refusal_is_still_a_store_error(database: DatabaseThread) -> None:
    with pytest.raises(StoreError, match=r"refused: no such table: nowhere. Run `tocsin doctor`"):
        await database.call(lambda connection: connection.execute("SELECT * FROM nowhere").close())


def _overwrite_all_but_the_first_pages(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (path.stat().st_size - 8192))
