"""Starting, stopping, standing by and coming back, as a process: whatever hangs, breaks or is taken away."""

import json
import time

import pytest

from tests.e2e.scene import OLD_NEWS, READER, WARNING, build_rss, is_card, watch_alone
from tests.e2e.service import Home, Service, read_page, stop_in_time
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake


@pytest.fixture
def home(reader_home: Home) -> Home:
    return reader_home


async def test_a_platform_that_hangs_does_not_hold_up_the_end_and_nothing_is_lost(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    await watch_alone(telegram)
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
    await watch_alone(telegram)
    telegram.fail_next("sendMessage", "hang")
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_until(lambda: not telegram._faults or None, "the hanging call", 15)
    service.terminate()
    await service.wait_for_log("stopping")
    service.terminate()
    service.terminate()
    assert await stop_in_time(service) < 4


async def test_a_signal_during_the_start_is_obeyed(home: Home, telegram: TelegramFake) -> None:
    home.forks = False
    telegram.fail_next("getMe", "hang")
    service = await home.launch_service()
    await telegram.wait_until(lambda: not telegram._faults or None, "the hanging call", 15)
    assert await stop_in_time(service) < 4
    assert not any('"started"' in line for line in service.log)


async def test_the_second_instance_waits_and_takes_over_when_the_first_is_killed(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    first = await home.start_service()
    await watch_alone(telegram)
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


@pytest.mark.timeout(120)  # five processes that start
async def test_of_five_instances_one_works_and_another_takes_over(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    first = await home.start_service()
    await watch_alone(telegram)
    others = [await home.launch_service() for _ in range(4)]
    for other in others:
        await other.wait_for_log("standby")
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_for_message(READER, is_card, timeout=15)
    sent = len(telegram.messages(READER))
    await telegram.wait_until(lambda: first.count_in_log("delivery_sent") >= sent or None, "the receipt", 15)
    began = time.monotonic()
    await first.kill()
    await telegram.wait_until(lambda: _started(others) or None, "a takeover", 30)
    assert time.monotonic() - began < 30
    for other in others:
        await other.kill()
    assert len(_started(others)) == 1
    assert len([message for message in telegram.messages(READER) if is_card(message)]) == 1


def _started(services: list[Service]) -> list[Service]:
    return [service for service in services if service.count_in_log('"started"')]
