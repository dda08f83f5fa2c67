"""The methods of the SQL stores for workspaces."""

from datetime import datetime

from bot.domain.chats import Platform
from bot.domain.workspaces import Workspace
from bot.ports.workspace_store import WorkspaceStore
from storage.sql.store_base import StoreBase
from storage.sql.workspaces import (
    find_workspace,
    leave_workspace,
    list_workspaces,
    record_invitation,
    record_workspace,
    use_invitation,
)


class WorkspaceMethods(StoreBase, WorkspaceStore):
    """Installations, and the links by which they are made."""

    async def record_workspace(self, workspace: Workspace) -> None:
        await self._database.write(record_workspace, workspace)

    async def find_workspace(self, workspace_id: str) -> Workspace | None:
        return await self._database.read(find_workspace, workspace_id)

    async def list_workspaces(self) -> list[Workspace]:
        return await self._database.read(list_workspaces)

    async def leave_workspace(self, platform: Platform, workspace_id: str, reason: str) -> None:
        await self._database.write(leave_workspace, platform, workspace_id, reason)

    async def record_invitation(self, digest: str, expires_at: datetime, now: datetime) -> bool:
        return await self._database.write(record_invitation, digest, expires_at, now)

    async def use_invitation(self, digest: str, now: datetime) -> bool:
        return await self._database.write(use_invitation, digest, now)
