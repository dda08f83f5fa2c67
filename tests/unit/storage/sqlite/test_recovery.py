"""Backups are rotated, a damaged or missing database is replaced by the last sound one, and locks free themselves."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from storage import instance_lock, open_store, recover_store
from storage.sqlite.recovery import backup_moment, keep_backup, list_backups, recover
from tests.fakes.clock import START

DAY = timedelta(days=1)


async def make_store(path: Path) -> None:
    store = await open_store(f"sqlite:///{path}")
    await store.migrate()
    await store.close()


async def test_a_backup_a_day_is_made_and_seven_are_kept(tmp_path: Path) -> None:
    await make_store(tmp_path / "tocsin.db")
    folder = tmp_path / "backups"
    made = [keep_backup(tmp_path / "tocsin.db", folder, START + hours * timedelta(hours=1)) for hours in range(240)]
    assert len([path for path in made if path]) == 10
    kept = list_backups(folder)
    assert [backup_moment(path) for path in kept] == [START + days * DAY for days in range(9, 2, -1)]


async def test_a_clock_set_back_does_not_stop_the_backups(tmp_path: Path) -> None:
    await make_store(tmp_path / "tocsin.db")
    assert keep_backup(tmp_path / "tocsin.db", tmp_path / "backups", START + 400 * DAY)
    assert keep_backup(tmp_path / "tocsin.db", tmp_path / "backups", START)


async def test_a_sound_database_is_left_alone(tmp_path: Path) -> None:
    await make_store(tmp_path / "tocsin.db")
    assert await recover_store(f"sqlite:///{tmp_path}/tocsin.db", tmp_path / "backups", START, thorough=True) is None


async def test_a_first_start_is_no_loss(tmp_path: Path) -> None:
    assert await recover_store(f"sqlite:///{tmp_path}/tocsin.db", tmp_path / "backups", START, thorough=True) is None
    assert await recover_store("sqlite:///:memory:", tmp_path / "backups", START, thorough=True) is None


async def test_the_newest_sound_backup_is_taken(tmp_path: Path) -> None:
    path, folder = tmp_path / "tocsin.db", tmp_path / "backups"
    await make_store(path)
    keep_backup(path, folder, START)
    newer = keep_backup(path, folder, START + DAY)
    assert newer
    newer.write_bytes(b"rubbish" * 100)
    path.write_bytes(b"rubbish" * 100)
    recovery = recover(path, folder, START + 2 * DAY, thorough=True)
    assert recovery
    assert recovery.backed_up_at == START
    assert recovery.moved_to
    assert recovery.moved_to.read_bytes().startswith(b"rubbish")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


async def test_a_locked_database_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "tocsin.db"
    await make_store(path)
    with closing(sqlite3.connect(path)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            recover(path, tmp_path / "backups", START, thorough=True)


def test_only_one_holds_the_lock_and_its_end_frees_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tocsin.db"
    first, second = instance_lock(url), instance_lock(url)
    assert first.acquire("first")
    assert first.acquire("first")
    assert not second.acquire("second")
    assert second.holder() == "first"
    first.release()
    assert second.acquire("second")
    assert second.ended_cleanly
    assert instance_lock("sqlite:///:memory:").acquire("any")
