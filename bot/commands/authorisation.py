"""Who may do what: in a private chat its owner everything, in groups and channels administrators change things."""

from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind

REFUSAL = "Only admins of this group can do that. I told no one you asked."


async def may_change(request: Request) -> bool:
    """Whether the person may change what this chat watches and which feeds are read."""
    return request.destination.kind is ChatKind.PRIVATE or await request.is_admin()


async def is_allowed(command: Command, request: Request) -> bool:
    """Whether the person may use `command` here."""
    return not command.needs_admin or await may_change(request)
