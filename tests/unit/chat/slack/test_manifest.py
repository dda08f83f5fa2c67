"""The app asks for the scopes of the methods it calls, and for no others."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import bot.chat.slack
from bot.chat.slack.manifest import ADMIN_GROUP_SCOPE, EVENTS, METHOD_SCOPES, SCOPES, SOCKET_SCOPE, build_manifest
from bot.chat.slack.updates import SHORTCUTS
from bot.cli.main import cli

DOCUMENT = Path(__file__).parents[4] / "docs" / "slack-manifest.yaml"
# Calls of the client that are named after their method: `client.views_open(`, or `client.views_open if`.
CALL = re.compile(r"\b_?client\.((?:[a-z]+_)+[A-Za-z]+)\b")
NAMED = re.compile(r"api_call\(\s*\"([A-Za-z0-9.]+)\"")
# Only where an operator adds them by hand: docs/slack.md.
BY_HAND = {"channels:history"}


def _called_methods() -> set[str]:
    (folder,) = bot.chat.slack.__path__
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(folder).glob("*.py"))
    names = {name.replace("_", ".") for name in CALL.findall(text) if not name.startswith("_")}
    return {name for name in names | set(NAMED.findall(text)) if not name.endswith("api.call")}


def test_every_method_that_is_called_has_its_scope_in_the_manifest() -> None:
    called = _called_methods() - {"api.test", "api.call", "client.for", "client.session"}
    assert called
    assert called <= set(METHOD_SCOPES), called - set(METHOD_SCOPES)
    wanted = {METHOD_SCOPES[name] for name in called} - {"", SOCKET_SCOPE, ADMIN_GROUP_SCOPE} - BY_HAND
    assert wanted <= set(SCOPES)


def test_the_manifest_asks_for_the_least() -> None:
    manifest = build_manifest()
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    assert scopes == [
        "commands",
        "chat:write",
        "app_mentions:read",
        "im:history",
        "files:write",
        "users:read",
        "channels:read",
        "groups:read",
    ]
    assert manifest["settings"]["socket_mode_enabled"]
    assert "request_url" not in str(manifest)
    assert build_manifest(admin_group=True)["oauth_config"]["scopes"]["bot"] == [*scopes, ADMIN_GROUP_SCOPE]


def test_the_shortcuts_of_the_manifest_are_those_that_are_read() -> None:
    assert {one["callback_id"] for one in build_manifest()["features"]["shortcuts"]} == set(SHORTCUTS)
    assert set(EVENTS) >= {"app_home_opened", "app_mention", "message.im", "app_uninstalled", "tokens_revoked"}


def test_by_http_every_address_is_ours() -> None:
    manifest = build_manifest(url="https://t.example/", several=True, command="/news")
    events = "https://t.example/slack/events"
    assert manifest["settings"]["event_subscriptions"]["request_url"] == events
    assert manifest["settings"]["interactivity"]["request_url"] == events
    assert [one["url"] for one in manifest["features"]["slash_commands"]] == [events]
    assert manifest["features"]["slash_commands"][0]["command"] == "/news"
    assert manifest["oauth_config"]["redirect_urls"] == ["https://t.example/slack/oauth_redirect"]
    assert not manifest["settings"]["socket_mode_enabled"]


def test_the_document_is_what_the_verb_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed = CliRunner().invoke(cli, ["slack", "manifest"])
    assert printed.exit_code == 0, printed.output
    assert yaml.safe_load(printed.output) == build_manifest()
    assert yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")) == build_manifest()
