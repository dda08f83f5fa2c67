"""Which client speaks for which workspace."""

from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import answer_of
from bot.chat.slack.places import workspace_of
from bot.domain.chats import Destination


class Workspaces(Protocol):
    """The workspaces that the app is installed in."""

    async def client_for(self, workspace: str) -> AsyncWebClient:
        """The client with the token of this workspace. Raises SendError (DESTINATION_GONE) if it is not installed."""
        ...

    async def check(self) -> None:
        """Raises SendError if Slack does not answer."""
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


def team_of(destination: Destination) -> str:
    """The workspace of a destination: by its address where that names one, else as it was last seen."""
    return workspace_of(destination.address) or destination.workspace
