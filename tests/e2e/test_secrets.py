"""Canary secrets go in everywhere, the service runs at DEBUG, and nothing that it writes anywhere holds one."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.scene import (
    ANALYST,
    CHANNEL,
    OLD_NEWS,
    READER,
    WARNING,
    both_chats,
    build_rss,
    find_button,
    is_card,
    watch_csto,
)
from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake
from tests.postgres import only_on_sqlite

CANARY = re.compile(r"canary", re.IGNORECASE)
TELEGRAM_TOKEN = "7000000001:AAHcanarycanarycanarycanarycanaryca"
BOT_TOKEN = "xoxb-100000000001-200000000002-canarycanarycanarycanary"
APP_TOKEN = "xapp-1-A0CANARY001-300000000003-canarycanarycanarycanary"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake(token=TELEGRAM_TOKEN) as fake:
        fake.add_user(READER, "Dana")
        yield fake


@pytest.fixture
async def slack() -> AsyncIterator[SlackFake]:
    async with SlackFake(bot_token=BOT_TOKEN, app_token=APP_TOKEN) as fake:
        fake.add_user(ANALYST, "rustam", is_admin=True)
        fake.add_channel(CHANNEL, members=[ANALYST])
        yield fake


@pytest.fixture
async def publisher() -> AsyncIterator[FeedServer]:
    """Feeds whose addresses carry secrets: one works, the others fail in every way that puts an address into words."""
    async with FeedServer() as server:
        server.serve("/agency", build_rss(OLD_NEWS))
        server.serve("/chat", build_rss(OLD_NEWS))
        server.serve("/broken", b"<rss><channel><item>")
        server.serve("/page", b"<html><title>no feed</title></html>")
        server.serve("/denied", b"", status=401)
        server.redirect("/loop", server.url("/loop?token=canary-loop"))
        server.redirect("/away", "https://canary-user:canary-pass@127.0.0.1:1/x?sig=canary-away")
        yield server


@pytest.fixture
def home(tmp_path: Path, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer, database_url: str) -> Home:
    built = Home.build(
        tmp_path,
        both_chats(telegram, slack),
        TOCSIN_LOG_LEVEL="debug",
        PORT="0",
        DATABASE_URL=database_url,
    )
    paths = ("agency", "broken", "page", "denied", "loop", "away", "nothing")
    feeds = {path: f"{publisher.url(f'/{path}')}?token=canary-{path}&x=1" for path in paths}
    unreachable = {
        "refused": "http://127.0.0.1:1/feed?api_key=canary-refused",
        "inside": "http://10.1.2.3/?password=canary",
    }
    built.write_feeds(**feeds, **unreachable)
    with (tmp_path / "watchlists" / "feeds.yaml").open("a", encoding="utf-8") as file:
        file.write('  - {id: login, name: Login, url: "https://canary-user:canary-pass@feeds.example/rss", lang: en}\n')
    return built


async def test_nothing_that_is_written_anywhere_holds_a_secret(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    pages = ""
    try:
        await watch_csto(telegram, slack)
        telegram.user_says(READER, READER, f"/addfeed {publisher.url('/chat')}?token=canary-chat")
        seen = await telegram.wait_for_message(READER, lambda message: "Reliability" in message.text, timeout=15)
        telegram.user_presses(seen, find_button(seen, "Add"), READER)
        await telegram.wait_for_message(READER, lambda message: "Added" in message.text, timeout=15)
        telegram.user_says(READER, READER, f"/addfeed {publisher.url('/denied2')}?token=canary-denied")
        await telegram.wait_for_message(READER, lambda message: "Nothing was added" in message.text, timeout=15)
        for asked in ("/feeds", "/feeds problems", "/status", f"/whynot {publisher.url('/agency')}?token=canary-asked"):
            telegram.user_says(READER, READER, asked)
        publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
        await telegram.wait_for_message(READER, is_card, timeout=15)
        port = re.findall(r'"?port"?[=:]\s*(\d+)', await service.wait_for_log("health_pages"))[0]
        async with aiohttp.ClientSession() as session:
            for page in ("healthz", "readyz", "metrics", "nowhere"):
                pages += await (await session.get(f"http://127.0.0.1:{port}/{page}")).text()
    finally:
        assert await service.stop() == 0
    assert "tocsin_" in pages
    assert CANARY.findall(pages) == []
    assert [line for line in service.log if CANARY.search(line)] == []
    answers = [message.text for message in telegram.messages(READER)] + [one.visible for one in slack.messages(CHANNEL)]
    assert [text for text in answers if CANARY.search(text)] == []


VERBS = [
    ("doctor", "--json"), ("feeds", "list", "--json"), ("feeds", "check"), ("audit", "--json"),
    ("whynot", "https://canary:canary@feeds.example/?token=canary"), ("feeds", "discover", "http://127.0.0.1:1/?token=canary"),
]  # fmt: skip


async def test_no_verb_prints_a_secret(home: Home) -> None:
    code, out, err = await home.call("poll", "--all")
    assert code == 0, err
    assert CANARY.findall(out + err) == []
    for verb in VERBS:
        _, out, err = await home.call(*verb)
        assert CANARY.findall(out + err) == [], verb


@only_on_sqlite  # it reaches none
async def test_a_wrong_database_is_named_without_its_password(home: Home) -> None:
    home.settings["DATABASE_URL"] = "postgres://canary-user:canary-pass@db.example/tocsin"
    code, out, err = await home.call("doctor")
    assert code == 1
    assert CANARY.findall(out + err) == []


async def test_with_a_key_the_database_holds_no_token_of_a_feed(home: Home, publisher: FeedServer) -> None:
    home.settings["TOCSIN_SECRET_KEY"] = "correct horse battery staple"
    polled = await home.call_json("poll", "--all")
    await home.call("feeds", "add", f"{publisher.url('/chat')}?token=canary-added")
    assert polled["items_new"] >= 1
    assert {request.query for request in publisher.requests if request.path == "/chat"} == {"token=canary-added"}
    dump = home.dump_database()
    assert "sealed1-" in dump
    assert "canary-agency" not in dump
    assert "canary-added" not in dump
    _, plain, warned = await home.call("feeds", "export")
    assert "token=***" in plain
    assert "--secrets" in warned
    assert CANARY.findall(plain + warned) == []
    _, full, _ = await home.call("feeds", "export", "--secrets")
    assert "token=canary-added" in full


async def test_no_chat_token_is_in_the_database(home: Home, telegram: TelegramFake) -> None:
    service = await home.start_service()
    await telegram.wait_for_poll(timeout=15)
    await service.stop()
    dump = home.dump_database()
    assert not any(token in dump for token in (TELEGRAM_TOKEN, BOT_TOKEN, APP_TOKEN))
