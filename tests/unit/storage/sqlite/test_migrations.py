"""The schema: made once, whole, and never for somebody else's database."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import StoreError
from bot.ports.store import Store
from storage import open_store
from storage.sqlite.schema import load_migrations, migration_names
from tests.factories import at, build_destination

_INSERT_MIGRATION = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tocsin', ?, '2030')"


async def test_migrating_names_what_it_applied_and_does_it_once(bare_store: Store) -> None:
    applied = await bare_store.migrate()
    assert applied[0] == "0001_first_tables"
    assert applied == sorted(set(applied))
    assert await bare_store.migrate() == []


async def test_a_database_without_schema_names_the_command(bare_store: Store) -> None:
    for attempt in (
        bare_store.list_feeds(),
        bare_store.subscribe(build_destination(), "csto", "x", at(0)),
        bare_store.count_totals(),
    ):
        with pytest.raises(StoreError, match="tocsin migrate"):
            await attempt


async def test_a_store_opened_before_the_migration_works_after_it(path: Path, bare_store: Store) -> None:
    early = await open_store(f"sqlite:///{path}")
    with pytest.raises(StoreError):
        await early.list_feeds()
    await bare_store.migrate()
    assert await early.list_feeds() == []
    await early.close()


async def test_the_database_of_a_newer_version_is_left_alone(stranger: sqlite3.Connection, path: Path) -> None:
    stranger.execute(_INSERT_MIGRATION, ["0999_of_the_future"])
    newer = await open_store(f"sqlite:///{path}")
    with pytest.raises(StoreError, match=r"newer Tocsin \(0999_of_the_future\)"):
        await newer.list_feeds()
    with pytest.raises(StoreError, match="newer Tocsin"):
        await newer.migrate()
    await newer.close()


async def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE accounts (id INTEGER)")
    store = await open_store(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="another program"):
        await store.migrate()
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("accounts",)]


async def test_a_migration_that_fails_halfway_leaves_nothing(
    path: Path, bare_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("power cut")

    broken = load_migrations()
    broken(name="9999_breaks")(fail)
    monkeypatch.setattr("storage.sqlite.migrations.load_migrations", lambda: broken)
    with pytest.raises(RuntimeError, match="power cut"):
        await bare_store.migrate()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


async def test_what_was_there_before_an_upgrade_is_kept_beside_it(
    path: Path, bare_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def title_chats(database: Database) -> None:
        database.execute("UPDATE destinations SET title = 'changed'")

    await bare_store.migrate()
    assert not list(path.parent.glob("*.before-*"))
    await bare_store.ensure_destination(build_destination(title="Desk"))
    for name in ("9998_titles", "9999_titles"):
        later = load_migrations()
        later(name="9998_titles")(title_chats)
        if name == "9999_titles":
            later(name=name)(title_chats)
        names = tuple(migration.name for migration in later._migrations)
        monkeypatch.setattr("storage.sqlite.migrations.load_migrations", lambda those=later: those)
        monkeypatch.setattr("storage.sqlite.migrations.migration_names", lambda those=names: those)
        assert await bare_store.migrate() == [name]
        (kept,) = path.parent.glob("*.before-*")
        assert kept.name == f"tocsin.db.before-{name}"
        with closing(sqlite3.connect(kept)) as connection:
            (title,) = connection.execute("SELECT title FROM destinations").fetchone()
        assert title == ("Desk" if name == "9998_titles" else "changed")


async def test_every_file_of_the_schema_is_a_migration() -> None:
    assert [migration.name for migration in load_migrations()._migrations] == list(migration_names())


async def test_two_programs_may_migrate_at_once(path: Path) -> None:
    stores = [await open_store(f"sqlite:///{path}") for _ in range(2)]
    applied = await asyncio.gather(*(store.migrate() for store in stores))
    assert sorted(map(bool, applied)) == [False, True]
    for store in stores:
        await store.close()


async def test_every_table_checks_the_types_of_its_columns(stranger: sqlite3.Connection, store: Store) -> None:
    tables = stranger.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0"
        " AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    assert tables == [("_sqlite_migrations",)]
