"""Moving from SQLite to PostgreSQL and back, by way of a backup, loses nothing."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.errors import SettingsError, StoreError
from bot.ports.store import Store
from storage import copy_store, instance_lock, open_store
from tests.contract.outbox import DESK, claim, put
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_feedback,
    build_item,
    build_poll,
    build_ringing_poll,
    build_update,
)


@pytest.fixture
async def filled(tmp_path: Path) -> Path:
    """A SQLite file in which something has happened."""
    path = tmp_path / "tocsin.db"
    store = await open_store(f"sqlite:///{path}")
    await store.migrate()
    await store.sync_feeds([build_feed(), build_feed("tass")], at(0))
    await store.subscribe(DESK, "csto", "telegram:42", at(0))
    await store.record_polls([build_ringing_poll("rang", DESK), build_ringing_poll("too", DESK)], at(0))
    quiet = build_poll("tass", items=(build_item("quiet", feed_id="tass", title="NUL \x00 and ’ \\ \t"),))
    await store.record_polls([replace(quiet, words=(("quiet", "nul and"),))], at(1))
    (card,) = await claim(store, at(1))
    await store.record_feedback(build_feedback(card.alert_id))
    await store.record_sent(card.id, Receipt("1"), at(1))
    await put(store, "reply", destination=build_destination("2002"))
    await store.record_update(build_update())
    await store.close()
    return path


@pytest.fixture
async def moved(filled: Path, postgres_url: str) -> AsyncIterator[Store]:
    """The store that it was moved to."""
    await copy_store(f"sqlite:///{filled}", postgres_url)
    store = await open_store(postgres_url)
    yield store
    await store.close()


def _dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if "_fts" not in name and name != "_sqlite_migrations"
        ]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


async def test_everything_comes_back_as_it_went(filled: Path, moved: Store, tmp_path: Path) -> None:
    await moved.backup(tmp_path / "back.db")
    before, after = _dump(filled), _dump(tmp_path / "back.db")
    before["items"] = [
        tuple(value.replace("\x00", "\ufffd") if isinstance(value, str) else value for value in row)
        for row in before["items"]
    ]
    assert after == before


async def test_everything_is_counted(filled: Path, postgres_url: str) -> None:
    copied = await copy_store(f"sqlite:///{filled}", postgres_url)
    assert {table: copied[table] for table in ("feeds", "items", "stories", "alerts", "deliveries", "inbox")} == {
        "feeds": 2,
        "items": 3,
        "stories": 2,
        "alerts": 2,
        "deliveries": 3,
        "inbox": 1,
    }


async def test_work_goes_on_where_it_stopped(moved: Store) -> None:
    assert [report.item.key for report in await moved.search_items([], 9)] == ["quiet", "too", "rang"]
    assert [report.item.key for report in await moved.search_items(["nul"], 9)] == ["quiet"]
    claimed = await moved.claim_deliveries(Platform.TELEGRAM, at(2), 10, LEASE, frozenset())
    assert [delivery.id for delivery in claimed] == [2, 3]
    await moved.record_polls([build_ringing_poll("next", DESK)], at(3))
    await moved.record_polls([build_ringing_poll("rang", DESK)], at(3))
    assert [report.item.key for report in await moved.search_items([], 9)] == ["next", "quiet", "too", "rang"]
    assert (await moved.count_totals()).deliveries == 4


async def test_a_target_with_something_in_it_is_refused_and_left_alone(
    filled: Path, moved: Store, postgres_url: str
) -> None:
    with pytest.raises(StoreError, match="not empty"):
        await copy_store(f"sqlite:///{filled}", postgres_url)
    assert (await moved.count_totals()).items == 3


async def test_a_source_that_is_in_use_is_refused(filled: Path, postgres_url: str) -> None:
    lock = instance_lock(f"sqlite:///{filled}")
    assert lock.acquire("desk (process 7)")
    with pytest.raises(StoreError, match=r"desk \(process 7\) works on this database. Stop it first."):
        await copy_store(f"sqlite:///{filled}", postgres_url)
    lock.release()


async def test_only_a_file_can_be_moved_and_only_to_postgresql(filled: Path, postgres_url: str) -> None:
    for source, target in (
        (postgres_url, postgres_url),
        ("sqlite:///:memory:", postgres_url),
        ("sqlite:///a", "sqlite:///b"),
    ):
        with pytest.raises(SettingsError, match="from a SQLite file to a PostgreSQL only"):
            await copy_store(source, target)
    with pytest.raises(SettingsError, match="There is no database"):
        await copy_store(f"sqlite:///{filled}.not", postgres_url)


async def test_nothing_is_left_beside_the_source(filled: Path, postgres_url: str) -> None:
    await copy_store(f"sqlite:///{filled}", postgres_url)
    allowed = {f"tocsin.db{end}" for end in ("", ".lock", "-wal", "-shm")}
    assert {path.name for path in filled.parent.iterdir()} <= allowed
