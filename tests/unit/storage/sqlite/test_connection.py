"""How the connections are set up, and that they do not wait for each other."""

import asyncio
import sqlite3
import threading

import pytest

from bot.domain.chats import Platform
from bot.errors import StoreError
from bot.ports.store import Store
from storage.sqlite.connection import DatabaseThread
from tests.contract.outbox import claim_keys, put
from tests.factories import at, build_feed, build_ringing_poll

_FULL = 2


def _pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


async def test_every_commit_is_synced_to_a_write_ahead_log(database: DatabaseThread) -> None:
    assert await database.call(_pragma, "journal_mode") == "wal"
    assert await database.call(_pragma, "synchronous") == _FULL
    assert await database.call(_pragma, "foreign_keys") == 1


async def test_a_slow_search_holds_up_no_delivery(store: Store, archive: DatabaseThread) -> None:
    await put(store, "a")
    searching, may_end = threading.Event(), threading.Event()

    def search_slowly(_: sqlite3.Connection) -> bool:
        searching.set()
        return may_end.wait(timeout=30)

    slow = asyncio.create_task(archive.read(search_slowly))
    await asyncio.to_thread(searching.wait, 30)
    assert await claim_keys(store) == ["a"]
    assert await store.next_delivery_at(Platform.TELEGRAM) is not None
    assert not slow.done()
    may_end.set()
    assert await slow


async def test_what_was_just_recorded_is_found_at_once(store: Store) -> None:
    await store.sync_feeds([build_feed()], at(0))
    for number in range(20):
        await store.record_polls([build_ringing_poll(f"item-{number}")], at(number))
        assert await store.count_matching_items(["csto"]) == number + 1


async def test_the_second_connection_cannot_write(store: Store, archive: DatabaseThread) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        await archive.call(lambda connection: connection.execute("DELETE FROM feeds").close())


async def test_work_cancelled_before_its_turn_is_never_done(store: Store, database: DatabaseThread) -> None:
    may_end = threading.Event()
    blocker = asyncio.create_task(database.call(lambda _: may_end.wait(timeout=30)))
    await asyncio.sleep(0)
    task = asyncio.create_task(store.sync_feeds([build_feed()], at(0)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_end.set()
    assert await blocker
    assert await store.list_feeds() == []
