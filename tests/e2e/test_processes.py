"""Tocsin as several processes on one PostgreSQL: each does its part, and another takes over when one dies."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from tests.e2e.scene import OLD_NEWS, READER, WARNING, build_rss, find_button, is_card, one_chat
from tests.e2e.service import Home, Service, find_port
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_world import SentMessage

JIRGA = ("Elders call a jirga in Wana", "It meets on Friday.")
FLOOD = ("Flood warning for the Panj", "The river rises near the CSTO border post of Tajikistan; troops help.")
# What is promised of sending after a kill. Polling is promised within ten.
TAKEN_OVER = 15.0
# Of one process that does everything, as docs/operations.md has it.
MOST_CONNECTIONS = 12
PATIENCE = 30.0


@pytest.fixture
def home(tmp_path: Path, telegram: TelegramFake, publisher: FeedServer, postgres_url: str) -> Home:
    built = Home.build(tmp_path, one_chat(telegram), DATABASE_URL=postgres_url)
    built.write_feeds(agency=publisher.url("/agency"), daily=publisher.url("/daily"))
    return built


@asynccontextmanager
async def running(home: Home, *parts: tuple[str, ...]) -> AsyncIterator[list[Service]]:
    """A process for each of `parts`; those that are still there at the end have to end in order."""
    services: list[Service] = []
    try:
        # One by one: all starting at once, each would take as long as all together.
        services += [await home.start_service(*(word for name in part for word in ("--only", name))) for part in parts]
        yield services
    finally:
        began = time.monotonic()
        codes = await asyncio.gather(*(service.stop() for service in services))
    assert time.monotonic() - began < 10
    assert {code for code in codes if code >= 0} <= {0}


def count_connections(home: Home) -> int:
    with psycopg.connect(home.settings["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def tells_of(news: tuple[str, str]) -> Callable[[SentMessage], bool]:
    return lambda message: "\nWhy: " in message.text and news[0] in message.text


async def watch(telegram: TelegramFake) -> None:
    await telegram.wait_for_poll(timeout=PATIENCE)
    telegram.user_says(READER, READER, "/watch csto")
    preview = await telegram.wait_for_message(READER, lambda message: "CSTO" in message.text, timeout=PATIENCE)
    telegram.user_presses(preview, find_button(preview, "Watch"), READER)
    await telegram.wait_for_message(READER, lambda message: "Watching CSTO" in message.text, timeout=PATIENCE)


async def test_chats_polling_and_sending_work_in_processes_of_their_own(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    async with running(home, ("chat",), ("poll",), ("deliver",)):
        await watch(telegram)
        publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
        await telegram.wait_for_message(READER, tells_of(WARNING), timeout=PATIENCE)

        # What one process is told in a chat, the one that polls goes by two seconds later.
        telegram.user_says(READER, READER, "/watch jirga NEAR/10 wana")
        test = await telegram.wait_for_message(READER, lambda m: "0 matches" in m.text, timeout=PATIENCE)
        telegram.user_presses(test, find_button(test, "Watch"), READER)
        await telegram.wait_for_message(READER, lambda m: "Watching" in m.text and "jirga" in m.text, timeout=PATIENCE)
        await asyncio.sleep(2)
        publisher.serve("/daily", build_rss(OLD_NEWS, JIRGA))
        await telegram.wait_for_message(READER, tells_of(JIRGA), timeout=PATIENCE)


async def test_what_a_killed_process_did_is_taken_over(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    everything = ("chat", "poll", "deliver")
    async with running(home, everything, everything) as (first, _):
        await watch(telegram)
        publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
        await telegram.wait_for_message(READER, tells_of(WARNING), timeout=PATIENCE)
        assert count_connections(home) <= 2 * MOST_CONNECTIONS

        await first.kill()
        killed = time.monotonic()
        publisher.serve("/daily", build_rss(OLD_NEWS, FLOOD))
        telegram.user_says(READER, READER, "/status")
        await telegram.wait_for_message(READER, tells_of(FLOOD), timeout=PATIENCE)
        await telegram.wait_for_message(READER, lambda m: m.text.startswith("Tocsin "), timeout=PATIENCE)
        assert time.monotonic() - killed < TAKEN_OVER
    # What was on its way when its process died may come once more, and says so.
    cards = [message.text for message in telegram.messages(READER) if is_card(message)]
    repeats = [card for card in cards if "Possibly a repeat" in card]
    assert len(cards) - len(repeats) == 2
    assert len(repeats) <= 1


async def test_any_process_may_be_called_by_telegram_and_each_update_is_answered_once(
    home: Home, telegram: TelegramFake
) -> None:
    home.settings |= {"TELEGRAM_WEBHOOK_URL": "https://tocsin.example.org/telegram", "PORT": "0"}
    async with running(home, ("web",), ("web",), ("chat", "deliver")) as (first, second, _):
        await telegram.wait_until(lambda: telegram.api.setup.webhook or None, "a webhook", PATIENCE)
        origins = [f"http://127.0.0.1:{await find_port(service)}" for service in (first, second)]
        for origin in origins:
            telegram.user_says(READER, READER, "/status")
            # An answer that is lost on its way makes Telegram call again, and a balancer may choose another process.
            assert await telegram.api.setup.call_webhook(origin, answers_arrive=False) == 1
            assert await telegram.api.setup.call_webhook(origins[0]) == 1
        await wait_for_answers(telegram, 2)

        await first.kill()
        telegram.user_says(READER, READER, "/status")
        assert await telegram.api.setup.call_webhook(origins[0]) == 0
        assert await telegram.api.setup.call_webhook(origins[1]) == 1
        await wait_for_answers(telegram, 3)
        await asyncio.sleep(1)
    assert count_answers(telegram) == 3
    assert not any(call.method == "getUpdates" for call in telegram.calls)


def count_answers(telegram: TelegramFake) -> int:
    return sum(message.text.startswith("Tocsin ") for message in telegram.messages(READER))


async def wait_for_answers(telegram: TelegramFake, number: int) -> None:
    await telegram.wait_until(lambda: count_answers(telegram) >= number or None, "answers", PATIENCE)


async def test_a_job_that_always_fails_is_shown_by_the_doctor(home: Home) -> None:
    assert (await home.call("migrate"))[0] == 0
    with psycopg.connect(home.settings["DATABASE_URL"]) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock, status)"
            " SELECT 'polls', 'poll_shard', 'shard:8', 'shard:8', 'failed' FROM generate_series(1, 5)"
        )
    code, out, _ = await home.call("doctor")
    assert code == 1
    assert "1 job failed, such as shard:8 (5 times in the last hour)" in " ".join(out.split())


async def test_parts_need_a_database_that_can_be_shared(home: Home) -> None:
    home.settings["DATABASE_URL"] = ""
    code, _, err = await home.call("run", "--only", "poll")
    assert code == 2
    assert "Set DATABASE_URL to a PostgreSQL" in err.splitlines()[-1]
