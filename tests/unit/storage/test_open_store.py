"""Which addresses open a store, and what is said about the others."""

import sys
from pathlib import Path

import pytest

from bot.errors import SettingsError, StoreError
from storage import instance_lock, open_store
from tests.factories import at, build_feed


async def test_an_absolute_path_opens_and_its_folder_is_made(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/deep/down/tocsin.db")
    await store.migrate()
    await store.close()
    assert (tmp_path / "deep" / "down" / "tocsin.db").stat().st_size > 0


async def test_a_path_with_three_slashes_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = await open_store("sqlite:///data/tocsin.db")
    await store.migrate()
    await store.close()
    assert (tmp_path / "data" / "tocsin.db").exists()


async def test_a_store_in_memory_works_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = await open_store("sqlite:///:memory:")
    await store.migrate()
    await store.sync_feeds([build_feed()], at(0))
    assert len(await store.list_feeds()) == 1
    with pytest.raises(StoreError, match="memory"):
        await store.backup(tmp_path / "copy")
    await store.close()
    assert _names(tmp_path) == []


@pytest.mark.parametrize("url", ["", "tocsin.db", "sqlite://", "sqlite:///", "mysql://u:pw@host/db", "postgresql:"])
async def test_other_addresses_are_refused_with_what_is_possible(url: str) -> None:
    with pytest.raises(SettingsError, match="sqlite:///path") as refusal:
        await open_store(url)
    assert "pw" not in str(refusal.value)


async def test_a_missing_library_for_postgresql_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("storage.postgres")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"pip install 'tocsin\[postgres\]'"):
        await open_store("postgresql://host/db")
    with pytest.raises(SettingsError, match=r"pip install 'tocsin\[postgres\]'"):
        instance_lock("postgresql://host/db")


async def test_a_python_with_an_old_sqlite_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 31, 1))
    with pytest.raises(StoreError, match=r"SQLite 3\.37 or newer"):
        await open_store(f"sqlite:///{tmp_path}/tocsin.db")


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Check DATABASE_URL and TOCSIN_DATA_DIR"):
        await open_store(f"sqlite:///{tmp_path}/file/tocsin.db")


async def test_a_path_that_is_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        await open_store(f"sqlite:///{tmp_path}")


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]
