"""Which client speaks for which workspace: the one of the settings, or any that people installed the app in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import answer_of
from bot.chat.slack.places import workspace_of
from bot.domain.chats import Destination
from bot.errors import SendError, SendOutcome, TocsinError
from bot.ports.workspace_store import WorkspaceStore

_KEY_WAIT = timedelta(minutes=1)
_INSTALL_AGAIN = "An admin of the workspace installs it again at /slack/install."


class Sealer(Protocol):
    """Encrypts tokens for the database, where the operator set a key."""

    def seal_secret(self, secret: str, owner: str) -> str:
        """The secret of an owner, as it may be stored."""
        ...

    def open_secret(self, sealed: str, owner: str) -> str:
        """The secret again. Raises TocsinError where it was sealed with another key or for another owner."""
        ...


class Workspaces(Protocol):
    """The workspaces that the app is installed in."""

    async def client_for(self, workspace: str) -> AsyncWebClient:
        """The client with the token of this workspace. Raises SendError (DESTINATION_GONE) if it is not installed."""
        ...

    async def check(self) -> None:
        """Raises SendError if Slack does not answer."""
        ...

    def judge(self, error: SendError) -> SendError:
        """What a failure means: where there are several workspaces, a refused token concerns only one."""
        ...


class OneWorkspace:
    """The workspace that the token of the settings belongs to."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def client_for(self, workspace: str) -> AsyncWebClient:
        """Its client, whatever is asked for."""
        del workspace
        return self._client

    async def check(self) -> None:
        """Raises SendError if Slack does not answer."""
        await answer_of(self._client.auth_test())

    def judge(self, error: SendError) -> SendError:
        """The failure as it is."""
        return error


class InstalledWorkspaces:
    """The workspaces of the store. `build_client` makes a client of a token."""

    def __init__(
        self, store: WorkspaceStore, sealer: Sealer, build_client: Callable[[str | None], AsyncWebClient]
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._build_client = build_client
        self._clients: dict[str, tuple[str, AsyncWebClient]] = {}

    async def client_for(self, workspace: str) -> AsyncWebClient:
        """The client with the token that the store has now.

        Raises SendError: DESTINATION_GONE where the app is not installed, RATE_LIMITED while its token does not open.
        """
        installed = await self._store.find_workspace(workspace) if workspace else None
        if installed is None or not installed.token:
            raise SendError(
                SendOutcome.DESTINATION_GONE,
                f"Tocsin is not installed in the workspace {workspace or 'of this chat'}.",
                _INSTALL_AGAIN,
            )
        sealed, client = self._clients.get(workspace, ("", None))
        if client is None or sealed != installed.token:
            try:
                token = self._sealer.open_secret(installed.token, workspace)
            except TocsinError as error:
                # Nothing is wrong with its chats: what is for them waits until the key is right again.
                raise SendError(SendOutcome.RATE_LIMITED, error.cause, error.cure, retry_after=_KEY_WAIT) from error
            client = self._build_client(token)
            self._clients[workspace] = installed.token, client
        return client

    async def check(self) -> None:
        """Raises SendError if Slack does not answer."""
        await answer_of(self._build_client(None).api_test())

    def judge(self, error: SendError) -> SendError:
        """A refused token closes the chats of its workspace, and lets those of the others go on."""
        if error.outcome is not SendOutcome.UNAUTHORISED:
            return error
        return SendError(SendOutcome.DESTINATION_GONE, error.cause, error.cure or _INSTALL_AGAIN)


def team_of(destination: Destination) -> str:
    """The workspace of a destination: by its address where that names one, else as it was last seen."""
    return workspace_of(destination.address) or destination.workspace
