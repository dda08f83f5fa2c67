"""Files edited while `tocsin run` works: the owner hears of a mistake, a new list and its route ring at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.scene import OLD_NEWS, READER, build_rss, one_chat
from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake

OWNER = 4002
ROUTES = f"""\
schema: 1
owner: admin
destinations:
  admin: {{telegram: {OWNER}}}
  desk: {{telegram: {READER}, title: Desk, clearance: B}}
routes: []
"""
JIRGA = """\
schema: 1
id: jirga
title: Jirgas
priority: high
groups:
  name: {en: [jirga]}
match:
  rules:
    - {id: name, any: [name]}
notify: [desk]
"""
NEWS = ("Elders call a jirga in Wana", "It meets on Friday.")


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as fake:
        fake.add_user(READER, "Dana")
        fake.add_user(OWNER, "Olim")
        yield fake


async def test_edits_come_into_use_and_mistakes_reach_the_owner(
    tmp_path: Path, telegram: TelegramFake, publisher: FeedServer, database_url: str
) -> None:
    home = Home.build(tmp_path, one_chat(telegram), DATABASE_URL=database_url)
    home.write_feeds(agency=publisher.url("/agency"))
    lists = tmp_path / "watchlists"
    (lists / "routes.yaml").write_text(ROUTES, encoding="utf-8")
    csto = (lists / "csto.yaml").read_text(encoding="utf-8")
    service = await home.start_service()
    try:
        await telegram.wait_for_poll(timeout=15)
        # Whoever is to be written to by a bot has begun the chat.
        telegram.user_says(OWNER, OWNER, "/status")
        telegram.user_says(READER, READER, "/status")
        await telegram.wait_for_message(READER, lambda message: "In routes.yaml this chat is" in message.text)
        (lists / "csto.yaml").write_text(csto.replace("priority:", "priorty:", 1), encoding="utf-8")
        notice = await telegram.wait_for_message(
            OWNER, lambda message: message.text.startswith("⚠️ csto.yaml has a mistake. Its last good version runs on.")
        )
        assert "Did you mean “priority”?" in notice.text
        assert "csto.yaml:" in await service.wait_for_log("file_refused")

        (lists / "csto.yaml").write_text(csto, encoding="utf-8")
        (lists / "jirga.yaml").write_text(JIRGA, encoding="utf-8")
        await telegram.wait_for_message(OWNER, lambda message: message.text.startswith("✅ csto.yaml"))
        publisher.serve("/agency", build_rss(OLD_NEWS, NEWS))
        card = await telegram.wait_for_message(READER, lambda message: NEWS[0] in message.text, timeout=15)
        assert "HIGH · Jirgas" in card.text.splitlines()[0]

        telegram.user_says(OWNER, OWNER, "/audit")
        told = await telegram.wait_for_message(OWNER, lambda message: message.text.startswith("Changes"))
        assert "watchlist jirga added (jirga.yaml)" in told.text
        assert "csto.yaml has no mistakes any more" in told.text
    finally:
        assert await service.stop() == 0
    assert not [message for message in telegram.messages(OWNER) if NEWS[0] in message.text]


async def test_without_an_owner_in_the_routes_the_owner_of_the_service_hears_of_a_mistake(
    tmp_path: Path, telegram: TelegramFake, publisher: FeedServer, database_url: str
) -> None:
    home = Home.build(
        tmp_path,
        DATABASE_URL=database_url,
        TELEGRAM_BOT_TOKEN=telegram.token,
        TELEGRAM_API_URL=telegram.origin,
        TOCSIN_OWNER=f"telegram:{OWNER}",
    )
    home.write_feeds(agency=publisher.url("/agency"))
    csto = tmp_path / "watchlists" / "csto.yaml"
    service = await home.start_service()
    try:
        await telegram.wait_for_poll(timeout=15)
        telegram.user_says(OWNER, OWNER, "/status")
        await telegram.wait_for_message(OWNER)
        csto.write_text(csto.read_text(encoding="utf-8").replace("priority:", "priorty:", 1), encoding="utf-8")
        await telegram.wait_for_message(OWNER, lambda message: message.text.startswith("⚠️ csto.yaml has a mistake."))
    finally:
        assert await service.stop() == 0
