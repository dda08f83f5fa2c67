"""One instance at a time works on a PostgreSQL."""

import pytest

from bot.errors import StoreError
from storage import instance_lock


def test_a_second_instance_waits_until_the_first_lets_go(postgres_url: str) -> None:
    first, second = instance_lock(postgres_url), instance_lock(postgres_url)
    assert first.acquire("first (process 1)")
    assert first.acquire("first (process 1)")
    assert not second.acquire("second (process 2)")
    assert second.holder() == "first (process 1)"
    first.release()
    first.release()
    assert second.acquire("second (process 2)")
    assert second.ended_cleanly
    second.release()


def test_locks_of_other_databases_are_not_in_the_way(postgres_url: str, other_postgres_url: str) -> None:
    locks = instance_lock(postgres_url), instance_lock(other_postgres_url)
    assert [lock.acquire("me") for lock in locks] == [True, True]
    assert locks[0].holder() == "me"
    for lock in locks:
        lock.release()


def test_a_database_out_of_reach_is_said_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"nowhere at 127\.0\.0\.1 cannot be reached") as refusal:
        instance_lock("postgresql://u:secret@127.0.0.1:1/nowhere").acquire("me")
    assert "secret" not in str(refusal.value)
