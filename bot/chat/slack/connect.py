"""Puts the parts of the Slack adapter together."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.admins import Admins
from bot.chat.slack.app import SlackApp, Source
from bot.chat.slack.calls import answer_of
from bot.chat.slack.http import HttpIntake
from bot.chat.slack.manifest import ADMIN_GROUP_SCOPE, SCOPES
from bot.chat.slack.messenger import SlackMessenger
from bot.chat.slack.oauth import Installing
from bot.chat.slack.setup import SlackSetup
from bot.chat.slack.socket_mode import SocketIntake
from bot.chat.slack.updates import Reading
from bot.chat.slack.workspaces import InstalledWorkspaces, OneWorkspace, Sealer, Workspaces
from bot.errors import SendError, SendOutcome
from bot.ports.clock import Clock
from bot.ports.workspace_store import WorkspaceStore
from bot.services.hooks import Hooks

# A lane waits no longer than this for one message; reaching Slack at all takes a third of it.
_ANSWER_SECONDS = 15.0
_CONNECT_SECONDS = 5.0

_ADD_SCOPES = "Add them under OAuth & Permissions in the app's settings and install the app again."


@dataclass(frozen=True, slots=True)
class SlackChat:
    """Both halves of the adapter: updates in, messages out."""

    app: SlackApp
    messenger: SlackMessenger


@asynccontextmanager
async def open_slack(
    setup: SlackSetup, clock: Clock, hooks: Hooks, store: WorkspaceStore, sealer: Sealer
) -> AsyncIterator[SlackChat]:
    """The adapter, usable until the block ends. Nothing is connected before it is needed.

    Raises SendError (UNAUTHORISED) for tokens that cannot be the right ones.
    """
    _refuse_malformed(setup)
    async with _open_clients(setup) as build_client:
        client = build_client(setup.bot_token or None)
        workspaces: Workspaces = OneWorkspace(client)
        sources: list[Source] = []
        if setup.several:
            workspaces = InstalledWorkspaces(store, sealer, build_client)
            sources.append(Installing(hooks, client, setup, _wanted_scopes(setup), store, sealer, clock))
        if setup.app_token:
            sources.append(SocketIntake(client, setup.app_token, clock))
        if setup.signing_secret:
            sources.append(HttpIntake(hooks, setup.signing_secret, clock))
        reading = Reading(setup.command, setup.several)
        admins = Admins(workspaces, clock, setup.admin_group)
        yield SlackChat(SlackApp(workspaces, sources, reading, admins), SlackMessenger(workspaces))


def _wanted_scopes(setup: SlackSetup) -> tuple[str, ...]:
    return (*SCOPES, *([ADMIN_GROUP_SCOPE] if setup.admin_group else []))


async def check_slack(setup: SlackSetup) -> str:
    """`@tocsin answers in the workspace Desk`, and which scopes are missing for some of what it does.

    It asks for a socket's address as well, which takes nothing from a bot that is running. Raises SendError with
    cause and cure if Slack refuses a token or the bot could not post.
    """
    _refuse_malformed(setup)
    async with _open_clients(setup) as build_client:
        client = build_client(setup.bot_token or None)
        me = await answer_of(client.api_test() if setup.several else client.auth_test())
        if setup.app_token:
            await answer_of(client.apps_connections_open(app_token=setup.app_token))
    if setup.several:
        return "Slack answers; workspaces are added at /slack/install"
    answers = f"@{me.get('user')} answers in the workspace {me.get('team')}"
    missing = _missing_scopes(me.headers, _wanted_scopes(setup))
    if "chat:write" in missing:
        raise SendError(SendOutcome.UNAUTHORISED, "The bot token lacks the scope chat:write.", _ADD_SCOPES)
    return f"{answers}, but lacks the scopes {', '.join(missing)}. {_ADD_SCOPES}" if missing else answers


def _missing_scopes(headers: Mapping[str, str], wanted: Sequence[str]) -> list[str]:
    """Slack names a token's scopes with every answer; a proxy may have dropped the header."""
    given = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    words = {word.strip() for word in given.split(",")}
    return [scope for scope in wanted if scope not in words] if given else []


def _refuse_malformed(setup: SlackSetup) -> None:
    tokens = ((setup.bot_token, "xoxb-", "SLACK_BOT_TOKEN"), (setup.app_token, "xapp-", "SLACK_APP_TOKEN"))
    for token, start, name in tokens:
        if token and (not token.startswith(start) or not token.isascii() or any(char.isspace() for char in token)):
            raise SendError(
                SendOutcome.UNAUTHORISED,
                f"{name} has not the form of one.",
                f"It starts with {start} and stands in the app's settings on api.slack.com/apps.",
            )


@asynccontextmanager
async def _open_clients(setup: SlackSetup) -> AsyncIterator[Callable[[str | None], AsyncWebClient]]:
    """What makes clients of tokens. They share their connections, which end with the block."""
    logger = logging.getLogger("slack_sdk.web")
    logger.setLevel(logging.WARNING)  # below that it writes down every message
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS, sock_connect=_CONNECT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        def build_client(token: str | None) -> AsyncWebClient:
            # Retries belong to the outbox: the library's own would post a message twice after a lost answer.
            client = AsyncWebClient(token, base_url=setup.api_url, session=session, logger=logger, retry_handlers=[])
            if _is_this_machine(setup.api_url):
                client.proxy = None  # the library obeys HTTPS_PROXY but not NO_PROXY
            return client

        yield build_client


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
