"""A migration whose process is killed half-way has changed nothing, and the next start makes it whole."""

import multiprocessing
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from storage import open_store
from storage.sqlite import migrations
from storage.sqlite.schema import load_migrations, migration_names


def _migrate_and_die(path: Path) -> None:
    """Adds one more migration, which kills its process after half of its work."""

    def half(database: Database) -> None:
        database.execute("CREATE TABLE half_done (id INTEGER)")
        database.execute("UPDATE destinations SET title = 'changed'")
        os.kill(os.getpid(), signal.SIGKILL)

    deadly, names = load_migrations(), (*migration_names(), "9999_dies_half_way")
    deadly(name=names[-1])(half)
    migrations.__dict__.update(load_migrations=lambda: deadly, migration_names=lambda: names)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrations.apply_migrations(connection, str(path))


async def test_a_migration_that_dies_half_way_has_changed_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tocsin.db"
    store = await open_store(f"sqlite:///{path}")
    await store.migrate()
    await store.close()
    process = multiprocessing.get_context("spawn").Process(target=_migrate_and_die, args=(path,))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert "half_done" not in tables
    again = await open_store(f"sqlite:///{path}")
    assert await again.migrate() == []
    await again.close()
