"""Workspaces of a chat platform that people installed the bot in, and the links by which they do it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# A link to install the bot works once, and for this long.
INVITATION_LIFE = timedelta(minutes=10)
MOST_INVITATIONS = 1_000


@dataclass(frozen=True, slots=True)
class Workspace:
    """One installation. `id` is the platform's, `token` the bot's token there, sealed where the operator set a key.

    `gone` says why the bot is not there any more; the token is forgotten then. `bot_user` is the bot's own user id
    there, `installed_by` the key of whoever installed it.
    """

    id: str
    name: str
    bot_user: str
    token: str
    scopes: tuple[str, ...]
    installed_by: str
    installed_at: datetime
    gone: str = ""
