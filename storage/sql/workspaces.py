"""Workspaces and invitations. Promises: `bot.ports.workspace_store`."""

import json
from datetime import datetime

from bot.domain.chats import Platform
from bot.domain.workspaces import MOST_INVITATIONS, Workspace
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, encode_moment

_RECORD = """
INSERT INTO workspaces (id, name, bot_user, token, scopes, installed_by, installed_at, gone)
VALUES (:id, :name, :bot_user, :token, :scopes, :installed_by, :installed_at, :gone)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, bot_user = excluded.bot_user, token = excluded.token, scopes = excluded.scopes,
    installed_by = excluded.installed_by, installed_at = excluded.installed_at, gone = excluded.gone
"""
# A message may have met the lost token before Slack told of it; its reason stands there then.
_REVIVE = """
UPDATE destinations SET disabled = ''
WHERE platform = 'slack' AND workspace = :id AND disabled <> ''
    AND (
        disabled = (SELECT gone FROM workspaces WHERE id = :id)
        OR disabled LIKE '%token_revoked%' OR disabled LIKE '%account_inactive%'
        OR disabled LIKE '%invalid_auth%' OR disabled LIKE '%is not installed in the workspace%'
    )
"""
_ADOPT = """
UPDATE destinations SET address = :id || '/' || address, key = 'slack:' || :id || '/' || address
WHERE platform = 'slack' AND workspace = :id AND thread = '' AND address NOT LIKE '%/%'
    AND NOT EXISTS (
        SELECT 1 FROM destinations AS known WHERE known.key = 'slack:' || :id || '/' || destinations.address
    )
"""
_LEAVE = "UPDATE workspaces SET token = '', gone = :reason WHERE id = :id"
_DISABLE = """
UPDATE destinations SET disabled = :reason WHERE platform = :platform AND workspace = :id AND disabled = ''
"""


def record_workspace(connection: Connection, workspace: Workspace) -> None:
    """Takes up an installation, with the destinations that belong to it."""
    values = {
        "id": workspace.id,
        "name": workspace.name,
        "bot_user": workspace.bot_user,
        "token": workspace.token,
        "scopes": json.dumps(workspace.scopes),
        "installed_by": workspace.installed_by,
        "installed_at": encode_moment(workspace.installed_at),
        "gone": workspace.gone,
    }
    connection.execute(_REVIVE, {"id": workspace.id})
    connection.execute(_RECORD, values)
    connection.execute(_ADOPT, {"id": workspace.id})


def find_workspace(connection: Connection, workspace_id: str) -> Workspace | None:
    """The installation in a workspace."""
    row = connection.execute("SELECT * FROM workspaces WHERE id = :id", {"id": workspace_id}).fetchone()
    return _build(row) if row else None


def list_workspaces(connection: Connection) -> list[Workspace]:
    """Every installation, oldest first."""
    return [_build(row) for row in connection.execute("SELECT * FROM workspaces ORDER BY installed_at, id")]


def leave_workspace(connection: Connection, platform: Platform, workspace_id: str, reason: str) -> None:
    """Forgets the token and disables the destinations."""
    values = {"id": workspace_id, "reason": reason or "the bot is gone"}
    connection.execute(_LEAVE, values)
    connection.execute(_DISABLE, {**values, "platform": platform.value})


def record_invitation(connection: Connection, digest: str, expires_at: datetime, now: datetime) -> bool:
    """Keeps a link, and forgets those that expired."""
    connection.execute("DELETE FROM invitations WHERE expires_at <= :now", {"now": encode_moment(now)})
    count = connection.execute("SELECT count(*) FROM invitations").fetchone()[0]
    if count >= MOST_INVITATIONS:
        return False
    values = {"digest": digest, "expires_at": encode_moment(expires_at)}
    connection.execute("INSERT INTO invitations (digest, expires_at) VALUES (:digest, :expires_at)", values)
    return True


def use_invitation(connection: Connection, digest: str, now: datetime) -> bool:
    """Takes a link out; whether it was good."""
    values = {"digest": digest, "now": encode_moment(now)}
    used = connection.execute("DELETE FROM invitations WHERE digest = :digest AND expires_at > :now", values)
    return bool(used.rowcount)


def _build(row: Row) -> Workspace:
    return Workspace(
        row["id"],
        row["name"],
        row["bot_user"],
        row["token"],
        tuple(json.loads(row["scopes"])),
        row["installed_by"],
        decode_moment(row["installed_at"]),
        row["gone"],
    )
