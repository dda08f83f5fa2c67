"""/in: a command for a channel or group, given in a private chat by somebody who administers it."""

from dataclasses import replace

from bot.commands.answers import say
from bot.commands.help import unknown_command
from bot.commands.invocation import Invocation, Reply, Via
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind, Destination
from bot.domain.language import later, tr
from bot.domain.messages import Gap, Message, bold, isolate, line
from bot.errors import NotFound, SettingsError

_EXAMPLE = "/in @mychannel watch csto here"


async def handle_in(request: Request) -> Reply:
    """What the command answers there, to the asker alone. Raises NotFound, SettingsError and what the command does."""
    if request.destination.kind is not ChatKind.PRIVATE:
        return say(request, tr("That works in a private chat with me."))
    name, _, said = request.argument.partition(" ")
    verb, _, argument = said.strip().lstrip("/").partition(" ")
    if not verb:
        raise SettingsError(tr("Which chat, and what shall I do there?"), tr("Example: {example}", example=_EXAMPLE))
    command = request.registry.find(verb)
    if command is None or command.handler is handle_in:
        return say(request, unknown_command(request.registry, verb))
    destination = await _get_chat(request, name)
    invocation = Invocation(
        destination,
        request.person,
        command.name,
        argument,
        Via.COMMAND,
        request.now,
        language=request.invocation.language,
    )
    reply = await command.handler(replace(request, invocation=invocation))
    return Reply(_tell_where(reply, destination))


async def _get_chat(request: Request, name: str) -> Destination:
    """The chat of that name, stored, if the asker administers it. Raises NotFound; others learn no more than that."""
    found = await request.find_administered(name)
    if found is None or not request.services.catalog.allowed.allows(found):
        raise NotFound(
            tr("I know no channel or group {name} that you are an admin of.", name=name[:40]),
            tr("Add me to it first; in a channel as an admin who may post."),
        )
    return await request.services.store.ensure_destination(found)


def _tell_where(reply: Reply, destination: Destination) -> Message:
    """The answer under the name of the chat. Buttons are left out: they act on the chat they are pressed in."""
    answer = reply.message or reply.otherwise
    title = isolate(destination.title or destination.address)
    blocks = answer.blocks if answer else (line(reply.notice or tr("Done.")),)
    summary = answer.summary if answer else reply.notice
    attachment = answer.attachment if answer else None
    return Message((line(bold(title), style="head"), Gap(), *blocks), f"{title}: {summary}", attachment=attachment)


COMMANDS = (
    Command(
        "in",
        later("A command for a channel or group of yours"),
        handle_in,
        usage="<@name | id> <command>",
        details=later(
            "In a private chat: lets an admin of a channel or group decide there without its readers seeing it. "
            "`/in @mychannel watch csto here`, `/in @mychannel watchlists`, `/in -1001234567890 quiet 22:00-06:30`."
        ),
        cost=3,
    ),
)
