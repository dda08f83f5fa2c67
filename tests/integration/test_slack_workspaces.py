"""Several workspaces in Slack: installed by a link that works once, kept apart in everything, gone when uninstalled."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.chat.slack.oauth import INSTALL_PATH, REDIRECT_PATH
from bot.domain.chats import Platform
from bot.errors import SettingsError
from bot.services.health import Health
from bot.sources.sealing import SecretSealer
from bot.web.server import open_web
from tests.factories import build_watchlist
from tests.fakes.slack import Call, SlackFake
from tests.fakes.slack_methods import SlackLimits
from tests.fakes.slack_oauth import CLIENT_ID, CLIENT_SECRET
from tests.integration.slack_desk import SlackDesk, open_desk

ONE, TWO = "T0ONE", "T0TWO"
DANA = "U0DANA"
KEY = "a key that the operator set"


@pytest.fixture
async def fake() -> AsyncIterator[SlackFake]:
    async with SlackFake(limits=SlackLimits(channel_interval=0.0)) as server:
        server.add_user(DANA, "dana", is_admin=True)
        server.add_channel("C0DESK", "desk", members=[DANA])
        yield server


@pytest.fixture
async def desk(fake: SlackFake, tmp_path: Path) -> AsyncIterator[SlackDesk]:
    setup = replace(fake.setup, bot_token="", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    async with open_desk(fake, tmp_path, build_watchlist("csto", "CSTO"), setup=setup, key=KEY) as running:
        yield running


@dataclass(slots=True)
class Browser:
    """Somebody's browser: it follows no redirects, and keeps the one cookie."""

    origin: str
    session: aiohttp.ClientSession
    cookie: str = ""

    async def begin(self) -> str:
        """Asks for the link to Slack; the state in it."""
        async with self.session.get(self.origin + INSTALL_PATH, allow_redirects=False) as answer:
            assert answer.status == 302
            assert {"secure", "httponly", "samesite=lax"} <= set(answer.headers["Set-Cookie"].lower().split("; "))
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
            target = urlsplit(answer.headers["Location"])
        assert target.path == "/oauth/v2/authorize"
        query = parse_qs(target.query)
        assert query["client_id"] == [CLIENT_ID]
        assert "chat:write" in query["scope"][0].split(",")
        return query["state"][0]

    async def come_back(self, **query: str) -> tuple[int, str]:
        """Comes back from Slack; the status and text of the page."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        async with self.session.get(
            self.origin + REDIRECT_PATH, params=query, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def browser(desk: SlackDesk) -> AsyncIterator[Browser]:
    clock = desk.services.clock
    async with (
        open_web(0, Health(clock), clock, "0.1.0", desk.hooks) as port,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Browser(f"http://127.0.0.1:{port}", session)


async def install(browser: Browser, fake: SlackFake, *workspaces: str) -> None:
    for workspace in workspaces:
        state = await browser.begin()
        status, page = await browser.come_back(
            state=state, code=fake.installations.grant(workspace, f"{workspace} & Co")
        )
        assert status == 200, page
        assert f"{workspace} &amp; Co" in page


def command(fake: SlackFake, workspace: str, text: str, channel: str = "C0DESK") -> None:
    """Dana's slash command, in one of the workspaces that share her id and a channel."""
    given = fake.user_commands(DANA, channel, "/tocsin", text)
    fake.sockets.deliver("slash_commands", {**given.payload, "team_id": workspace, "trigger_id": f"{workspace}.{text}"})


def posts(fake: SlackFake) -> list[Call]:
    return [call for call in fake.calls if call.method == "chat.postMessage" and not call.error]


def team_of(fake: SlackFake, call: Call) -> str:
    return fake.installations.tokens[call.token]


async def test_an_installation_is_kept_with_its_token_sealed(
    fake: SlackFake, desk: SlackDesk, browser: Browser
) -> None:
    await install(browser, fake, ONE)
    kept = await desk.store.find_workspace(ONE)
    assert kept is not None
    (token,) = fake.installations.tokens
    assert token not in kept.token
    assert SecretSealer(KEY).open_secret(kept.token, ONE) == token
    with pytest.raises(SettingsError, match="another TOCSIN_SECRET_KEY"):
        SecretSealer("another key of the operator").open_secret(kept.token, ONE)
    with pytest.raises(SettingsError):
        SecretSealer(KEY).open_secret(kept.token, TWO)
    assert (kept.name, kept.installed_by, kept.scopes) == (
        f"{ONE} & Co",
        f"slack:{ONE}/U0OWNER",
        ("commands", "chat:write"),
    )


async def test_a_link_works_once_and_in_one_browser(fake: SlackFake, desk: SlackDesk, browser: Browser) -> None:
    state = await browser.begin()
    code = fake.installations.grant(ONE, "One")
    other = Browser(browser.origin, browser.session)
    assert (await other.come_back(state=state, code=code))[0] == 400
    await other.begin()
    assert (await other.come_back(state=state, code=code))[0] == 400
    assert (await browser.come_back(state="made up", code=code))[0] == 400
    assert (await browser.come_back(code=code))[0] == 400
    assert await desk.store.list_workspaces() == []
    assert (await browser.come_back(state=state, code=code))[0] == 200
    again = fake.installations.grant(TWO, "Two")
    assert (await browser.come_back(state=state, code=again))[0] == 400
    assert [one.id for one in await desk.store.list_workspaces()] == [ONE]


async def test_what_is_not_granted_installs_nothing(fake: SlackFake, desk: SlackDesk, browser: Browser) -> None:
    status, page = await browser.come_back(state=await browser.begin(), error="access_denied")
    assert (status, "Nothing was installed" in page) == (200, True)
    assert (await browser.come_back(state=await browser.begin(), code="700.invented"))[0] == 502
    whole = fake.installations.grant("E0ORG", "Org", enterprise=True)
    assert (await browser.come_back(state=await browser.begin(), code=whole))[0] == 400
    assert await desk.store.list_workspaces() == []


async def test_one_workspace_never_reads_or_changes_what_is_anothers(
    fake: SlackFake, desk: SlackDesk, browser: Browser
) -> None:
    await install(browser, fake, ONE, TWO)
    command(fake, ONE, "watch csto here")
    await fake.wait_for_message("C0DESK", lambda message: "dana added" in message.visible)
    assert {team_of(fake, call) for call in posts(fake)} == {ONE}
    assert [one.destination.key for one in await desk.store.list_subscriptions()] == [f"slack:{ONE}/C0DESK"]
    # The same channel and person, seen from the other workspace, watch nothing and have nothing to stop.
    command(fake, TWO, "lists")
    await fake.wait_for_ephemeral("C0DESK", DANA, lambda message: "No watchlists yet." in message.visible)
    command(fake, TWO, "unwatch csto")
    await fake.wait_for_ephemeral("C0DESK", DANA, lambda message: "You are not watching csto." in message.visible)
    command(fake, TWO, "watch csto here")
    await fake.wait_until(lambda: {team_of(fake, call) for call in posts(fake)} == {ONE, TWO} or None, "the answer", 5)
    audit = await desk.store.list_audit(10)
    assert {entry.by for entry in audit} == {f"slack:{ONE}/{DANA}", f"slack:{TWO}/{DANA}"}


async def test_a_button_and_a_dialog_of_another_workspace_reach_nothing(
    fake: SlackFake, desk: SlackDesk, browser: Browser
) -> None:
    await install(browser, fake, ONE, TWO)
    command(fake, ONE, "watch panj river")
    tested = await fake.wait_for_ephemeral("C0DESK", DANA, lambda message: "panj" in message.visible, timeout=15)
    number = tested.element("draft")[1]["value"].split(":")[1]
    pressed = fake.user_presses(tested, "draft", DANA).payload
    forged: list[dict[str, Any]] = [
        {**pressed, "team": {"id": TWO}, "trigger_id": "forged.1"},
        {**pressed, "team": {"id": TWO}, "channel": {"id": f"{ONE}/C0DESK", "name": "x"}, "trigger_id": "forged.2"},
        {
            **_view(pressed, {"channel": "C0DESK", "action": "draft", "subject": number, "argument": "watch"}),
            "team": {"id": TWO},
        },
    ]
    for payload in forged:
        fake.sockets.deliver("interactive", payload)
    command(fake, TWO, "lists")
    await fake.wait_for_ephemeral("C0DESK", DANA, lambda message: "No watchlists yet." in message.visible)
    assert await desk.store.list_chat_lists() == []
    assert await desk.store.list_subscriptions() == []


def _view(pressed: dict[str, Any], about: dict[str, str]) -> dict[str, Any]:
    """A dialog sent off, as somebody would forge it."""
    kept = {name: value for name, value in pressed.items() if name in {"user", "api_app_id", "token"}}
    view = {"id": "V1", "hash": "1", "type": "modal", "private_metadata": json.dumps(about), "state": {"values": {}}}
    return {**kept, "type": "view_submission", "trigger_id": "forged.3", "view": view}


@pytest.mark.parametrize("event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["B1"]}}])
async def test_an_uninstalled_workspace_is_served_no_more_until_it_comes_back(
    fake: SlackFake, desk: SlackDesk, browser: Browser, event: dict[str, Any]
) -> None:
    await install(browser, fake, ONE, TWO)
    for workspace in (ONE, TWO):
        command(fake, workspace, "watch csto here")
    both = {ONE, TWO}
    await fake.wait_until(lambda: {team_of(fake, call) for call in posts(fake)} == both or None, "both answers", 5)
    body = {"type": "event_callback", "team_id": ONE, "event_id": "EvGone", "event": event}
    fake.sockets.deliver("events_api", body)
    last = {"type": "event_callback", "team_id": ONE, "event_id": "EvUser"}
    fake.sockets.deliver("events_api", {**last, "event": {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}})
    while (left := await desk.store.find_workspace(ONE)) is None or left.token:
        await desk.services.clock.sleep(0.02)
    assert [one.destination.workspace for one in await desk.store.list_subscriptions()] == [TWO]
    await install(browser, fake, ONE)
    assert {one.destination.workspace for one in await desk.store.list_subscriptions()} == {ONE, TWO}


async def test_a_revoked_token_closes_only_the_chats_of_its_workspace(
    fake: SlackFake, desk: SlackDesk, browser: Browser
) -> None:
    await install(browser, fake, ONE, TWO)
    fake.installations.revoked |= {token for token, team in fake.installations.tokens.items() if team == ONE}
    fake.installations.tokens = {token: team for token, team in fake.installations.tokens.items() if team == TWO}
    command(fake, ONE, "watch csto here")
    command(fake, TWO, "watch csto here")
    await fake.wait_for_message("C0DESK", lambda message: "dana added" in message.visible)
    assert desk.lanes.is_reached
    assert {team_of(fake, call) for call in posts(fake)} == {TWO}
    assert await desk.store.list_unhandled_updates(Platform.SLACK, 5) == []
