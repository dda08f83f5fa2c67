"""/claim: becoming the owner of a bot that has none. In Telegram /start with the code does it."""

from dataclasses import replace

from bot.commands.answers import say
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind, Platform
from bot.domain.language import later, tr


async def handle_claim(request: Request) -> Reply:
    """Makes the asker the owner if the code is right."""
    if not request.argument:
        return say(request, tr("Write the code from the bot's log behind it: /claim 7Q2M-K4TB"))
    person = request.person
    # A person's own chat has their id on every platform.
    home = replace(
        request.destination, address=person.id, thread="", kind=ChatKind.PRIVATE, title=person.name, disabled=""
    )
    # What is typed behind a command of Slack is seen by nobody else.
    unseen = request.destination.kind is ChatKind.PRIVATE or request.destination.platform is Platform.SLACK
    await request.services.ownership.claim(request.argument, person, home, is_private=unseen)
    return say(
        request,
        tr(
            "You are the owner of this bot now. Notices about the service itself come to you here: trouble with files, "
            "with the database, with the network.\n\nNext: /start"
        ),
    )


COMMANDS = (
    Command(
        "claim",
        "Become the owner of a bot that has none",
        handle_claim,
        usage="<code>",
        details=later("The bot's log shows the code at its start, as long as it has no owner. It works once."),
        listed=False,
        cost=10,
    ),
)
