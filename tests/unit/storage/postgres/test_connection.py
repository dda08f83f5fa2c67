"""What the pool does with races, closed connections and wrong addresses."""

import asyncio

import pytest

from bot.errors import StoreError
from storage import open_store
from storage.postgres.connection import DatabasePool
from storage.sql import Connection


def _count_up(connection: Connection) -> int:
    (before,) = connection.execute("SELECT count(*) FROM term_counts").fetchone()
    connection.execute("INSERT INTO term_counts (term, texts) VALUES (:term, 1)", {"term": str(before)})
    return int(before)


async def test_writes_of_several_processes_come_after_each_other(pool: DatabasePool, postgres_url: str) -> None:
    other = DatabasePool(postgres_url, size=3)
    await other.open()
    counted = await asyncio.gather(*(one.database.write(_count_up) for _ in range(20) for one in (pool, other)))
    await other.close()
    assert sorted(counted) == list(range(40))


async def test_a_unit_of_work_that_lost_a_race_runs_again(pool: DatabasePool) -> None:
    tries: list[int] = []

    def lose_once(connection: Connection) -> str:
        tries.append(len(tries))
        if len(tries) == 1:
            connection.execute("DO $$ BEGIN RAISE EXCEPTION USING errcode = 'serialization_failure'; END $$")
        return "done"

    assert await pool.database.write(lose_once) == "done"
    assert tries == [0, 1]


async def test_reading_cannot_write(pool: DatabasePool) -> None:
    with pytest.raises(StoreError, match="takes no writes"):
        await pool.database.read(_count_up)


async def test_a_connection_that_broke_is_made_anew(pool: DatabasePool) -> None:
    def hang_up(connection: Connection) -> None:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(StoreError, match="cannot be reached"):
        await pool.database.write(hang_up)
    assert await pool.database.write(_count_up) == 0


async def test_a_server_out_of_reach_is_said_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.postgres.connection.FIRST_PATIENCE_SECONDS", 0.2)
    with pytest.raises(StoreError, match=r"nowhere at 127\.0\.0\.1") as refusal:
        await open_store("postgresql://u:secret@127.0.0.1:1/nowhere")
    assert "secret" not in str(refusal.value)
