"""Shelves of items are made ahead and dropped when retention has emptied them."""

from storage.postgres.connection import DatabasePool
from storage.postgres.shelves import SHELF
from storage.postgres.store import PostgresStore
from storage.sql import Connection
from tests.factories import at, build_feed, build_item, build_poll, build_ringing_poll


def _go_on_at(connection: Connection, number: int) -> None:
    connection.execute("SELECT setval('item_numbers', :number, false)", {"number": number})


def _list_shelves(connection: Connection) -> set[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^item(s|_words)_[0-9]+$'")
    return {row["tablename"] for row in rows}


async def _record(store: PostgresStore, *keys: str) -> None:
    items = tuple(build_item(key) for key in keys)
    await store.record_polls([build_poll(items=items, words=tuple((key, f"border {key}") for key in keys))], at(0))


async def test_items_go_on_where_a_shelf_ends_and_are_found_on_all(store: PostgresStore, pool: DatabasePool) -> None:
    await store.sync_feeds([build_feed()], at(0))
    await _record(store, "one")
    await pool.database.write(_go_on_at, SHELF - 1)
    await _record(store, "two", "three")
    await pool.database.write(_go_on_at, 2 * SHELF - 1)
    await _record(store, "four", "five")
    assert [report.item.key for report in await store.search_items(["border"], 3)] == ["five", "four", "three"]
    assert [report.item.key for report in await store.search_items(["border"], 9, 3)] == ["two", "one"]
    assert await store.count_matching_items(["border"]) == 5
    assert await pool.database.read(_list_shelves) == {
        f"{table}_{shelf}" for table in ("items", "item_words") for shelf in range(3)
    }


async def test_an_item_is_there_once_whatever_its_shelf(store: PostgresStore, pool: DatabasePool) -> None:
    await store.sync_feeds([build_feed()], at(0))
    await _record(store, "one")
    await pool.database.write(_go_on_at, SHELF)
    await _record(store, "one")
    assert (await store.count_totals()).items == 1
    assert await store.forget_items(at(1), 0, 10) == (1, 1)
    await _record(store, "one")
    assert (await store.count_totals()).items == 1


async def test_an_emptied_shelf_is_dropped_and_one_with_an_alert_is_kept(
    store: PostgresStore, pool: DatabasePool
) -> None:
    await store.sync_feeds([build_feed()], at(0))
    await _record(store, "one")
    await pool.database.write(_go_on_at, SHELF)
    await store.record_polls([build_ringing_poll("rang")], at(0))
    await pool.database.write(_go_on_at, 2 * SHELF)
    await _record(store, "two")
    await pool.database.write(_go_on_at, 3 * SHELF)
    await _record(store, "three")
    await store.forget_items(at(1), 0, 10)
    await store.vacuum()
    assert await pool.database.read(_list_shelves) == {
        f"{table}_{shelf}" for table in ("items", "item_words") for shelf in (1, 2, 3)
    }
    await _record(store, "four")
    assert {report.item.key for report in await store.search_items([], 9)} == {"rang", "four"}
