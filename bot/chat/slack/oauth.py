"""Installing the app in more workspaces: a link to Slack, and what Slack sends people back with.

https://docs.slack.dev/authentication/installing-with-oauth. A link works once, within ten minutes, and in the browser
that asked for it, so nobody can be made to finish an installation that somebody else began.
"""

import asyncio
import hashlib
import hmac
import html
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode, urljoin

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.slack.calls import answer_of
from bot.chat.slack.places import build_person
from bot.chat.slack.setup import SlackSetup
from bot.chat.slack.workspaces import Sealer
from bot.commands.chat_app import StoreUpdate
from bot.domain.workspaces import INVITATION_LIFE, Workspace
from bot.errors import SendError, StoreError
from bot.ports.clock import Clock
from bot.ports.workspace_store import WorkspaceStore
from bot.services.hooks import LATER, HookAnswer, HookCall, Hooks

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
_COOKIE = "tocsin_install"
_LONGEST = 500
_METHODS = frozenset({"GET"})
_NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}

log = structlog.get_logger(__name__)


class Installing:
    """Answers at `/slack/install` and `/slack/oauth_redirect`."""

    def __init__(  # noqa: PLR0917  everything an installation touches
        self,
        hooks: Hooks,
        client: AsyncWebClient,
        setup: SlackSetup,
        scopes: tuple[str, ...],
        store: WorkspaceStore,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self._hooks = hooks
        self._client = client
        self._setup = setup
        self._scopes = scopes
        self._store = store
        self._sealer = sealer
        self._clock = clock

    async def receive(self, store_update: StoreUpdate) -> None:
        """Answers until cancelled. What people do afterwards comes in other ways."""
        del store_update
        self._hooks.open(INSTALL_PATH, self._begin, methods=_METHODS)
        self._hooks.open(REDIRECT_PATH, self._finish, methods=_METHODS)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._hooks.close(INSTALL_PATH)
            self._hooks.close(REDIRECT_PATH)

    async def _begin(self, _: HookCall) -> HookAnswer:
        state, now = secrets.token_urlsafe(32), self._clock.now()
        try:
            given = await self._store.record_invitation(_digest(state), now + INVITATION_LIFE, now)
        except StoreError:
            return LATER
        if not given:
            return _page(429, "Too many people are installing right now", "Try again in ten minutes.")
        query = urlencode({"client_id": self._setup.client_id, "scope": ",".join(self._scopes), "state": state})
        address = urljoin(self._setup.api_url, "/oauth/v2/authorize")
        life = int(INVITATION_LIFE.total_seconds())
        cookie = f"{_COOKIE}={state}; Path={REDIRECT_PATH}; Max-Age={life}; Secure; HttpOnly; SameSite=Lax"
        return HookAnswer(302, headers={"Location": f"{address}?{query}", "Set-Cookie": cookie, **_NO_STORE})

    async def _finish(self, call: HookCall) -> HookAnswer:
        state, code = call.query.get("state", ""), call.query.get("code", "")
        if not await self._is_ours(call, state):
            return _page(400, "This link is not good any more", f"Begin again at {INSTALL_PATH}.")
        if call.query.get("error") or not 0 < len(code) <= _LONGEST:
            return _page(200, "Nothing was installed", f"You can begin again at {INSTALL_PATH}.")
        try:
            secrets_and_code = {
                "client_id": self._setup.client_id,
                "client_secret": self._setup.client_secret,
                "code": code,
            }
            answer = await answer_of(self._client.api_call("oauth.v2.access", data=secrets_and_code))
            workspace = self._read(answer)
            if workspace is None:
                return _page(
                    400, "Tocsin is installed in single workspaces only", "Choose a workspace, not the organisation."
                )
            await self._store.record_workspace(workspace)
        except SendError as error:
            log.warning("slack_not_installed", reason=str(error))
            return _page(502, "Slack did not complete the installation", f"Begin again at {INSTALL_PATH}.")
        except StoreError as error:
            log.warning("slack_not_installed", reason=str(error))
            return LATER
        log.info("slack_installed", workspace=workspace.id)
        command = self._setup.command
        return _page(
            200,
            f"Tocsin is installed in {workspace.name}",
            f"In a channel of yours, write /invite @tocsin and then {command} watch. You can close this page.",
        )

    async def _is_ours(self, call: HookCall, state: str) -> bool:
        """Whether this browser was given this state, and it was not used yet. Asking uses it."""
        cookie = _read_cookie(call.headers.get("cookie", ""))
        if not state or len(state) > _LONGEST or not hmac.compare_digest(cookie.encode(), state.encode()):
            return False
        try:
            return await self._store.use_invitation(_digest(state), self._clock.now())
        except StoreError:
            return False

    def _read(self, answer: AsyncSlackResponse) -> Workspace | None:
        """The installation that Slack tells of; None for one in a whole organisation or without a bot."""
        team, user = answer.get("team") or {}, answer.get("authed_user") or {}
        workspace, token = str(team.get("id") or ""), str(answer.get("access_token") or "")
        if not workspace or not token.startswith("xoxb-") or answer.get("is_enterprise_install"):
            return None
        person = build_person(str(user.get("id") or ""), workspace, several=True)
        return Workspace(
            workspace,
            str(team.get("name") or workspace),
            str(answer.get("bot_user_id") or ""),
            self._sealer.seal_secret(token, workspace),
            tuple(part for part in str(answer.get("scope") or "").split(",") if part),
            person.key,
            self._clock.now(),
        )


def _digest(state: str) -> str:
    """What the store knows of a state: who reads the database cannot use it."""
    return hashlib.sha256(state.encode()).hexdigest()


def _read_cookie(header: str) -> str:
    try:
        morsel = SimpleCookie(header).get(_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _page(status: int, title: str, text: str) -> HookAnswer:
    body = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p></html>"
    )
    gone = f"{_COOKIE}=; Path={REDIRECT_PATH}; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
    policy = {"Content-Security-Policy": "default-src 'none'", "Set-Cookie": gone, **_NO_STORE}
    return HookAnswer(status, body.encode(), "text/html", policy)
