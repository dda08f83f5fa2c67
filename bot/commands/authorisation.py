"""Who may do what: in a private chat its owner everything, in groups and channels administrators change things.

In Slack, where channels have no administrators of their own, whoever made a list there may change it, too.
"""

from bot.commands.invocation import Invocation
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind, Platform
from bot.domain.language import later, tr
from bot.services.list_texts import find_list_id

REFUSAL = later("Only admins of this group can do that. I told no one you asked.")


def refusal_words(invocation: Invocation) -> str:
    """Why the person may not do it; whoever speaks in the name of another chat is told how to be recognised."""
    # Telegram gives chats negative numbers: https://core.telegram.org/bots/api#chat
    if invocation.person.id.startswith("-"):
        return tr("You write as a channel, so I cannot see whether you are an admin here. Write as yourself.")
    return tr(REFUSAL)


async def may_change(request: Request) -> bool:
    """Whether the person may change what this chat watches and which feeds are read."""
    return request.destination.kind is ChatKind.PRIVATE or await request.is_admin()


def is_owner(request: Request) -> bool:
    """Whether the person runs this bot: its owner, or whoever sits at its console."""
    return request.destination.platform is Platform.CONSOLE or request.services.ownership.is_owner(request.person)


async def is_allowed(command: Command, request: Request) -> bool:
    """Whether the person may use `command` here."""
    if not command.needs_admin or await may_change(request):
        return True
    return command.for_maker and has_made(request, _named_list(request))


async def may_change_list(request: Request, list_id: str) -> bool:
    """Whether the person may change this list of the chat."""
    return has_made(request, list_id) or await may_change(request)


def has_made(request: Request, list_id: str) -> bool:
    """Whether the person made this list in this channel."""
    made = request.services.catalog.find_chat_list(list_id) if request.destination.platform is Platform.SLACK else None
    return made is not None and (made.destination, made.owner) == (request.destination.key, request.person.key)


def _named_list(request: Request) -> str:
    """The id of the list that a request is about: of its button, in its text, or behind its verb."""
    words = f"{request.invocation.subject} {request.argument}".split()
    found = request.lists.find(words[0]) if words else None
    return find_list_id(request.argument) or (found.id if found else "")
