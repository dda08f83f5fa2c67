"""A database that takes no writes, is lost or out of reach while the service runs, and what happens once it is back."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.scene import OLD_NEWS, READER, WARNING, build_rss, is_card, watch_alone
from tests.e2e.service import Home, Service, read_page, stop_in_time
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake
from tests.postgres import Server, only_on_postgres, only_on_sqlite

# Seconds from the cure until everything goes on: the promise.
_RECOVERED = 30.0
_NEWS = (
    WARNING,
    ("CSTO summit in Astana is put off", "The heads of state will meet in spring, says the Kazakh foreign ministry."),
    ("Two soldiers die at a CSTO exercise in Belarus", "A tank caught fire on the range at Barysaw on Monday."),
)

Trouble = Callable[[Home, Service], AbstractContextManager[None]]


@pytest.fixture
def home(reader_home: Home) -> Home:
    return reader_home


@contextmanager
def full_disk(home: Home, service: Service) -> Iterator[None]:
    del home
    service.set_disk_space(4096)
    yield
    service.set_disk_space(None)


@contextmanager
def read_only_disk(home: Home, service: Service) -> Iterator[None]:
    del service
    home.switch_read_only(on=True)
    yield
    home.switch_read_only(on=False)


@contextmanager
def locked_file(home: Home, service: Service) -> Iterator[None]:
    del service
    with closing(sqlite3.connect(home.folder / "data" / "tocsin.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def go_through(troubles: tuple[Trouble, ...], home: Home, telegram: TelegramFake, publisher: FeedServer) -> None:
    """One trouble after the other: polling waits, and within half a minute of each cure its news is there."""
    await home.call_json("poll", "--all")
    service = await home.start_service()
    await watch_alone(telegram)
    for number, trouble in enumerate(troubles):
        await wait_for_refusal(service, trouble(home, service), publisher, telegram, number)
        began = time.monotonic()
        await wait_for_more(lambda: count_cards(telegram), number)
        await wait_for_more(lambda: count_answers(telegram), number)
        assert time.monotonic() - began < _RECOVERED
    await stop_in_time(service)
    assert count_cards(telegram) == count_answers(telegram) == len(troubles)


async def wait_for_refusal(
    service: Service, trouble: AbstractContextManager[None], publisher: FeedServer, telegram: TelegramFake, known: int
) -> None:
    """Lasts as long as the `trouble`, in which news number `known` comes out and a question is asked."""
    refusals = service.count_in_log('"database_refuses"')
    with trouble:
        await wait_for_more(lambda: service.count_in_log('"database_refuses"'), refusals)
        assert (await read_page(service, "/readyz"))[0] == 503
        assert (await read_page(service, "/healthz"))[0] == 200
        publisher.serve("/agency", build_rss(OLD_NEWS, *_NEWS[: known + 1]))
        asked = len(publisher.requests)
        telegram.user_says(READER, READER, "/status")
        await asyncio.sleep(1.5)
        assert len(publisher.requests) <= asked + 1
        assert count_cards(telegram) == known


async def wait_for_more(count: Callable[[], int], than: int) -> None:
    """Until it counts more than so many, which neither the log nor the fake says by itself."""
    async with asyncio.timeout(_RECOVERED):
        while count() <= than:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def count_cards(telegram: TelegramFake) -> int:
    return sum(is_card(message) for message in telegram.messages(READER))


def count_answers(telegram: TelegramFake) -> int:
    """How often /status was answered."""
    return sum(message.text.startswith("Tocsin ") for message in telegram.messages(READER))


@pytest.mark.timeout(120)  # three troubles, each of which has to be noticed and to end
@only_on_sqlite
async def test_a_disk_that_is_full_or_read_only_and_a_locked_file_are_waited_for(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    home.make_switchable()
    await go_through((full_disk, read_only_disk, locked_file), home, telegram, publisher)


def damage(database: Path) -> None:
    """Overwrites the middle of a database file."""
    with database.open("r+b") as file:
        size = database.stat().st_size
        file.seek(size // 4)
        file.write(b"\xde\xad\xbe\xef" * (size // 8))


@pytest.mark.parametrize("loss", ["damaged", "deleted"])
@only_on_sqlite
async def test_a_database_that_is_lost_while_it_runs_comes_back_from_its_backup(
    home: Home, telegram: TelegramFake, publisher: FeedServer, loss: str
) -> None:
    service = await home.start_service()
    await watch_alone(telegram)
    await stop_in_time(service)
    await home.call_json("poll", "--all")
    database = home.folder / "data" / "tocsin.db"
    code, _, err = await home.call("backup", str(home.folder / "data" / "backups" / "tocsin-20260101T000000.db"))
    assert code == 0, err
    again = await home.start_service()
    began = time.monotonic()
    if loss == "damaged":
        damage(database)
    else:
        for file in (home.folder / "data").glob("tocsin.db*"):
            if file.suffix != ".lock":
                file.unlink()
    notice = await telegram.wait_for_message(READER, lambda message: "backup of" in message.text, timeout=30)
    assert time.monotonic() - began < 30
    assert ("damaged" if loss == "damaged" else "gone") in notice.text
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_for_message(READER, is_card, timeout=15)
    await stop_in_time(again)
    assert sum("backup of" in message.text for message in telegram.messages(READER)) == 1
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(list((home.folder / "data").glob("*.damaged-*"))) == (1 if loss == "damaged" else 0)


@only_on_sqlite
async def test_a_damaged_database_without_a_backup_begins_anew_and_floods_nobody(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    service = await home.start_service()
    await watch_alone(telegram)
    await stop_in_time(service)
    (home.folder / "data" / "tocsin.db").write_bytes(b"this is no database" * 1000)
    again = await home.start_service()
    notice = await telegram.wait_for_message(READER, lambda message: "began anew" in message.text, timeout=15)
    assert "/watch" in notice.text
    await stop_in_time(again)
    assert not any(is_card(message) for message in telegram.messages(READER))


@only_on_sqlite
async def test_sqlite_is_refused_where_the_disk_is_wiped(home: Home) -> None:
    home.settings["DYNO"] = "worker.1"
    code, _, err = await home.call("run")
    assert code == 2
    assert "TOCSIN_ALLOW_EPHEMERAL" in err.splitlines()[-1]
    home.settings["TOCSIN_ALLOW_EPHEMERAL"] = "1"
    document: Any = await home.call_json("stats")
    assert document["items"] == 0


@pytest.mark.timeout(120)  # as above
@only_on_postgres
async def test_a_postgresql_that_hangs_up_takes_no_writes_or_is_started_anew_is_waited_for(
    home: Home, telegram: TelegramFake, publisher: FeedServer, postgres_server: Server
) -> None:
    database = home.settings["DATABASE_URL"].partition("?")[0].rpartition("/")[2]

    def hang_up() -> None:
        postgres_server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    @contextmanager
    def standby(home: Home, service: Service) -> Iterator[None]:
        """The server lets go of everybody and takes no writes, as one that has become a standby."""
        del home, service
        postgres_server.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
        hang_up()
        yield
        postgres_server.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = off")
        hang_up()

    @contextmanager
    def restart(home: Home, service: Service) -> Iterator[None]:
        del home, service
        postgres_server.stop()
        try:
            yield
        finally:
            postgres_server.start()

    await go_through((standby, restart), home, telegram, publisher)
