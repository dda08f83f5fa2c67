"""What is kept of the workspaces that the bot is installed in."""

from datetime import datetime
from typing import Protocol

from bot.domain.chats import Platform
from bot.domain.workspaces import Workspace


class WorkspaceStore(Protocol):
    """Installations, and the links by which they are made."""

    async def record_workspace(self, workspace: Workspace) -> None:
        """Takes up an installation, in the place of an earlier one of the same workspace.

        Destinations that were disabled because the bot had gone are live again. Those from a time when the bot served
        this workspace alone get the address that they have among several.
        """
        ...

    async def find_workspace(self, workspace_id: str) -> Workspace | None:
        """The installation in a workspace, one that is gone included."""
        ...

    async def list_workspaces(self) -> list[Workspace]:
        """Every installation, oldest first."""
        ...

    async def leave_workspace(self, platform: Platform, workspace_id: str, reason: str) -> None:
        """Forgets the token of a workspace and disables its destinations for `reason`."""
        ...

    async def record_invitation(self, digest: str, expires_at: datetime, now: datetime) -> bool:
        """Keeps what a link to install is known by; False, and nothing done, while there are too many."""
        ...

    async def use_invitation(self, digest: str, now: datetime) -> bool:
        """Whether this link was given out, has not expired and was not used; it is used now."""
        ...
