"""The secrets of those who call us: in no log line at DEBUG and on no page, and sealed where they are stored."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.chat.slack.http import EVENTS_PATH
from bot.chat.slack.oauth import INSTALL_PATH, REDIRECT_PATH
from tests.e2e.scene import one_chat
from tests.e2e.service import Home
from tests.fakes.hub import FakeHub
from tests.fakes.slack import SlackFake
from tests.fakes.slack_oauth import CLIENT_ID, CLIENT_SECRET
from tests.fakes.telegram import TelegramFake

SIGNING, WEBHOOK, KEY, PING = (f"canary{name:0<26}" for name in ("signing", "webhook", "key", "ping"))
FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><link rel="hub" href="{hub}"/>'
    '<link rel="self" href="{feed}"/><entry><id>1</id><title>Rain</title><link href="https://a.example/1"/>'
    "<updated>2026-11-24T06:00:00Z</updated></entry></feed>"
)


@pytest.fixture
def home(tmp_path: Path, telegram: TelegramFake, slack: SlackFake, database_url: str) -> Home:
    return Home.build(
        tmp_path,
        one_chat(telegram),
        TELEGRAM_WEBHOOK_URL="https://tocsin.example/hooks/telegram",
        TELEGRAM_WEBHOOK_SECRET=WEBHOOK,
        SLACK_SIGNING_SECRET=SIGNING,
        SLACK_CLIENT_ID=CLIENT_ID,
        SLACK_CLIENT_SECRET=CLIENT_SECRET,
        SLACK_API_URL=slack.api_url,
        TOCSIN_PUBLIC_URL="https://tocsin.example",
        TOCSIN_PING_URL=f"http://127.0.0.1:1/{PING}",
        TOCSIN_SECRET_KEY=KEY,
        TOCSIN_LOG_LEVEL="debug",
        PORT="0",
        DATABASE_URL=database_url,
    )


async def test_no_secret_of_those_who_call_us_is_written_anywhere(
    home: Home, telegram: TelegramFake, slack: SlackFake
) -> None:
    async with FakeHub() as hub, aiohttp.ClientSession() as session:
        feed = hub.server.url("/feed")
        hub.server.serve("/feed", FEED.format(hub=hub.url, feed=feed).encode())
        home.write_feeds(wire=feed)
        await home.call_json("poll", "--all")  # so that the hub is known when it starts
        service = await home.start_service()
        try:
            port = re.findall(r'"?port"?[=:]\s*(\d+)', await service.wait_for_log("health_pages"))[0]
            origin, pages = f"http://127.0.0.1:{port}", ""
            await telegram.wait_until(lambda: telegram.api.setup.webhook or None, "a webhook", 15)
            async with session.get(origin + INSTALL_PATH, allow_redirects=False) as answer:
                cookie = answer.headers["Set-Cookie"].partition(";")[0]
                state = parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]
            code = slack.installations.grant("T0ONE", "One")
            query = {"state": state, "code": code}
            async with session.get(origin + REDIRECT_PATH, params=query, headers={"Cookie": cookie}) as answer:
                assert answer.status == 200
                pages += await answer.text()
            for path, headers in (
                ("/hooks/telegram", {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK[:-1]}),
                ("/hooks/telegram", {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK}),
                (EVENTS_PATH, {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": f"v0={SIGNING}"}),
                ("/metrics", {}),
            ):
                pages += await (await session.post(origin + path, data=b"{", headers=headers)).text()
            for page in ("/healthz", "/readyz", "/metrics"):
                pages += await (await session.get(origin + page)).text()
            await telegram.wait_until(lambda: hub.asked or None, "the hub was asked", 15)
        finally:
            assert await service.stop() == 0
        (token,), (asked, *_) = slack.installations.tokens, hub.asked
    hidden = (SIGNING, WEBHOOK, KEY, PING, CLIENT_SECRET, telegram.token, token, code, state, asked["hub.secret"])
    written = "\n".join(service.log) + pages
    assert [secret for secret in hidden if secret in written] == []
    dump = home.dump_database()
    assert "sealed1-" in dump
    hub_secret = asked["hub.secret"]  # the one that has to be there: it proves what the hub sends
    assert [secret for secret in hidden if secret in dump and secret != hub_secret] == []
