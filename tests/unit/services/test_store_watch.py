"""A database that takes no writes: noticed, waited for, and told once."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.messages import plain_text
from bot.domain.recovery import Recovery, recovery_words
from bot.errors import StoreDamaged, StoreError, Superseded
from bot.services.health import Health
from bot.services.store_watch import StoreWatch
from storage.sqlite.sqlite_store import SqliteStore, open_sqlite_store
from tests.contract.outbox import claim
from tests.factories import build_destination
from tests.fakes.clock import START, FakeClock

OWNER = build_destination("7")


@pytest.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await open_sqlite_store(tmp_path / "tocsin.db", busy_timeout=timedelta(seconds=0.1))
    await store.migrate()
    await store.take_over("test", START)
    yield store
    await store.close()


async def set_read_only(store: SqliteStore, *, on: bool) -> None:
    await store._database.call(lambda connection: connection.execute(f"PRAGMA query_only = {int(on)}").fetchone())


@asynccontextmanager
async def read_only(store: SqliteStore) -> AsyncIterator[None]:
    await set_read_only(store, on=True)
    yield
    await set_read_only(store, on=False)


@asynccontextmanager
async def locked(store: SqliteStore) -> AsyncIterator[None]:
    with closing(sqlite3.connect(str(store._thread.path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize(("trouble", "words"), [(read_only, "cannot be written"), (locked, "locked by another")])
async def test_a_trouble_is_told_once_and_only_when_it_is_over(
    on_disk: SqliteStore, trouble: Callable[[SqliteStore], AbstractAsyncContextManager[None]], words: str
) -> None:
    clock = FakeClock()
    health = Health(clock)
    watch = StoreWatch(on_disk, health, clock, lambda: OWNER)
    async with trouble(on_disk):
        for _ in range(5):
            await watch.look()
            await clock.advance(60)
        assert not watch.is_writable
        assert words in health.store_problem
    await watch.look()
    await watch.look()
    assert watch.is_writable
    assert health.store_problem == ""
    (notice,) = await claim(on_disk, clock.now())
    assert notice.message
    assert "could not be written for 5 min" in plain_text(notice.message)
    assert health.pauses == 1


async def test_a_short_trouble_is_not_worth_a_notice(on_disk: SqliteStore) -> None:
    clock = FakeClock()
    watch = StoreWatch(on_disk, Health(clock), clock, lambda: OWNER)
    watch.record_refusal(StoreError("locked"))
    await clock.advance(5)
    await watch.look()
    assert watch.is_writable
    assert await claim(on_disk, clock.now()) == []


async def test_a_deleted_file_and_a_later_owner_end_this_store(on_disk: SqliteStore, tmp_path: Path) -> None:
    clock = FakeClock()
    watch = StoreWatch(on_disk, Health(clock), clock, lambda: None)
    other = await open_sqlite_store(tmp_path / "tocsin.db")
    await other.take_over("other", START)
    await other.close()
    with pytest.raises(Superseded):
        await watch.look()
    (tmp_path / "tocsin.db").unlink()
    with pytest.raises(StoreDamaged):
        await watch.look()


def test_the_owner_is_told_what_was_lost_and_what_to_do() -> None:
    anew = recovery_words(Recovery("not a database", Path("tocsin.db.damaged-1"), None, None))
    assert "kept as tocsin.db.damaged-1" in anew
    assert "/watch" in anew
    restored = recovery_words(Recovery("", None, Path("b"), START))
    assert "gone" in restored
    assert "backup of Tue 24 Nov 2026, 07:00 (UTC)" in restored
