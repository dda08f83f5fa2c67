"""Starting, stopping, standing by and coming back, as a process: whatever hangs, breaks or is taken away."""

import asyncio
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.scene import OLD_NEWS, READER, WARNING, build_rss, find_button, is_card, one_chat
from tests.e2e.service import Home, Service
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake
from tests.postgres import on_both_stores

# A person on a slow machine: the promise is ten seconds.
IN_TIME = 10.0


@pytest.fixture
def home(tmp_path: Path, telegram: TelegramFake, publisher: FeedServer, database_url: str) -> Home:
    built = Home.build(
        tmp_path,
        one_chat(telegram),
        TOCSIN_OWNER=f"telegram:{READER}",
        PORT="0",
        DATABASE_URL=database_url,
    )
    built.write_feeds(agency=publisher.url("/agency"))
    return built


async def watch(telegram: TelegramFake) -> None:
    await telegram.wait_for_poll(timeout=15)
    telegram.user_says(READER, READER, "/watch csto")
    preview = await telegram.wait_for_message(READER, lambda message: "CSTO" in message.text)
    telegram.user_presses(preview, find_button(preview, "Watch"), READER)
    await telegram.wait_for_message(READER, lambda message: message.text.startswith("Watching CSTO"))


async def read_page(service: Service, path: str) -> tuple[int, str]:
    """A health page of a service that was started with PORT=0."""
    log = await service.wait_for_log("health_pages")
    port = json.loads(log)["port"]
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def stop_in_time(service: Service) -> float:
    """Stops with one signal; the seconds that took."""
    began = time.monotonic()
    assert await service.stop() == 0
    took = time.monotonic() - began
    assert took < IN_TIME
    return took


@on_both_stores
async def test_a_platform_that_hangs_does_not_hold_up_the_end_and_nothing_is_lost(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    await watch(telegram)
    telegram.fail_next("sendMessage", "hang")
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_until(lambda: not telegram._faults or None, "the hanging call", 15)
    await stop_in_time(service)
    again = await home.start_service()
    card = await telegram.wait_for_message(READER, is_card, timeout=15)
    assert "Possibly a repeat" in card.text
    await stop_in_time(again)
    assert len([message for message in telegram.messages(READER) if is_card(message)]) == 1


async def test_a_second_signal_shortens_the_end(home: Home, telegram: TelegramFake, publisher: FeedServer) -> None:
    service = await home.start_service()
    await watch(telegram)
    telegram.fail_next("sendMessage", "hang")
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_until(lambda: not telegram._faults or None, "the hanging call", 15)
    service.terminate()
    await service.wait_for_log("stopping")
    service.terminate()
    service.terminate()
    assert await stop_in_time(service) < 4


async def test_a_signal_during_the_start_is_obeyed(home: Home, telegram: TelegramFake) -> None:
    telegram.fail_next("getMe", "hang")
    service = await home.launch_service()
    await telegram.wait_until(lambda: not telegram._faults or None, "the hanging call", 15)
    assert await stop_in_time(service) < 4
    assert not any('"started"' in line for line in service.log)


@on_both_stores
async def test_the_second_instance_waits_and_takes_over_when_the_first_is_killed(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    first = await home.start_service()
    await watch(telegram)
    second = await home.launch_service()
    await second.wait_for_log("standby")
    status, page = await read_page(second, "/readyz")
    assert (status, json.loads(page)["phase"]) == (503, "standby")
    assert (await read_page(second, "/healthz"))[0] == 200
    began = time.monotonic()
    await first.kill()
    await second.wait_for_log('"started"')
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_for_message(READER, is_card, timeout=15)
    assert time.monotonic() - began < 30
    await stop_in_time(second)
    assert len([message for message in telegram.messages(READER) if is_card(message)]) == 1


async def test_an_instance_in_standby_ends_when_told(home: Home) -> None:
    first = await home.start_service()
    second = await home.launch_service()
    await second.wait_for_log("standby")
    await stop_in_time(second)
    await stop_in_time(first)


async def test_the_health_pages_tell_how_it_is(home: Home, telegram: TelegramFake) -> None:
    service = await home.start_service()
    await telegram.wait_for_poll(timeout=15)
    await service.wait_for_log('"started"')
    status, page = await read_page(service, "/readyz")
    assert (status, json.loads(page)["ready"]) == (200, True)
    _, metrics = await read_page(service, "/metrics")
    assert 'tocsin_phase{phase="running"} 1.0' in metrics
    assert 'tocsin_loop_age_seconds{loop="telegram lanes"}' in metrics
    assert 'tocsin_feeds{state="troubled"} 0.0' in metrics
    assert telegram.token not in metrics
    assert (await read_page(service, "/other"))[0] == 404
    await stop_in_time(service)


def damage(database: Path) -> None:
    """Overwrites the middle of a database file."""
    with database.open("r+b") as file:
        size = database.stat().st_size
        file.seek(size // 4)
        file.write(b"\xde\xad\xbe\xef" * (size // 8))


@pytest.mark.parametrize("loss", ["damaged", "deleted"])
async def test_a_database_that_is_lost_while_it_runs_comes_back_from_its_backup(
    home: Home, telegram: TelegramFake, publisher: FeedServer, loss: str
) -> None:
    service = await home.start_service()
    await watch(telegram)
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
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(list((home.folder / "data").glob("*.damaged-*"))) == (1 if loss == "damaged" else 0)


async def test_a_full_disk_stops_polling_and_loses_nothing(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    await home.call_json("poll", "--all")
    service = await home.start_service()
    await watch(telegram)
    service.set_disk_space(4096)
    await service.wait_for_log("database_refuses")
    assert (await read_page(service, "/readyz"))[0] == 503
    assert (await read_page(service, "/healthz"))[0] == 200
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    asked = len(publisher.requests)
    telegram.user_says(READER, READER, "/status")
    await asyncio.sleep(3)
    assert len(publisher.requests) <= asked + 1
    service.set_disk_space(None)
    began = time.monotonic()
    await telegram.wait_for_message(READER, is_card, timeout=30)
    await telegram.wait_for_message(READER, lambda message: message.text.startswith("Tocsin "), timeout=30)
    assert time.monotonic() - began < 30
    await stop_in_time(service)
    assert len([message for message in telegram.messages(READER) if is_card(message)]) == 1


async def test_a_database_that_another_program_locks_is_waited_for(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    await home.call_json("poll", "--all")
    service = await home.start_service()
    await watch(telegram)
    with closing(sqlite3.connect(home.folder / "data" / "tocsin.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
        await service.wait_for_log("is locked by another program")
        assert not any(is_card(message) for message in telegram.messages(READER))
        other.execute("ROLLBACK")
    began = time.monotonic()
    await telegram.wait_for_message(READER, is_card, timeout=30)
    assert time.monotonic() - began < 30
    await stop_in_time(service)
    assert len([message for message in telegram.messages(READER) if is_card(message)]) == 1


@pytest.mark.timeout(120)  # five processes that start
async def test_of_five_instances_one_works_and_another_takes_over(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    first = await home.start_service()
    await watch(telegram)
    others = [await home.launch_service() for _ in range(4)]
    for other in others:
        await other.wait_for_log("standby")
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_for_message(READER, is_card, timeout=15)
    sent = len(telegram.messages(READER))
    await telegram.wait_until(lambda: _count(first, "delivery_sent") >= sent or None, "the receipt", 15)
    began = time.monotonic()
    await first.kill()
    await telegram.wait_until(lambda: _started(others) or None, "a takeover", 30)
    assert time.monotonic() - began < 30
    for other in others:
        await other.kill()
    assert len(_started(others)) == 1
    assert len([message for message in telegram.messages(READER) if is_card(message)]) == 1


def _started(services: list[Service]) -> list[Service]:
    return [service for service in services if _count(service, '"started"')]


def _count(service: Service, words: str) -> int:
    return sum(words in line for line in service.log)


async def test_a_damaged_database_without_a_backup_begins_anew_and_floods_nobody(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    service = await home.start_service()
    await watch(telegram)
    await stop_in_time(service)
    (home.folder / "data" / "tocsin.db").write_bytes(b"this is no database" * 1000)
    again = await home.start_service()
    notice = await telegram.wait_for_message(READER, lambda message: "began anew" in message.text, timeout=15)
    assert "/watch" in notice.text
    await stop_in_time(again)
    assert not any(is_card(message) for message in telegram.messages(READER))


async def test_sqlite_is_refused_where_the_disk_is_wiped(home: Home) -> None:
    home.settings["DYNO"] = "worker.1"
    code, _, err = await home.call("run")
    assert code == 2
    assert "TOCSIN_ALLOW_EPHEMERAL" in err.splitlines()[-1]
    home.settings["TOCSIN_ALLOW_EPHEMERAL"] = "1"
    document: Any = await home.call_json("stats")
    assert document["items"] == 0
