"""/forget: deletes what is kept of a person, after a question."""

from dataclasses import replace

from bot.commands.answers import commands_in, notice, say
from bot.commands.invocation import Invocation, Reply, Via
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind, Platform
from bot.domain.language import later, tr
from bot.domain.messages import Button
from bot.services.forgetting import forget

_FORGET = "forget"
_DELETE, _KEEP = "delete", "keep"


async def handle_forget(request: Request) -> Reply:
    """Asks first. Only who asked may answer: in a group everybody sees the buttons."""
    word, _, asker = request.argument.casefold().partition(" ")
    if word not in {_DELETE, _KEEP} or not _may_answer(request.invocation):
        return _ask(request)
    if request.invocation.via is Via.BUTTON and asker != request.person.id.casefold():
        said = tr("That is for the one who asked. Write /forget yourself.")
        return notice(request.invocation, commands_in(said, request.destination.platform))
    if word == _KEEP:
        return replace(notice(request.invocation, tr("Nothing was deleted.")), in_place=True)
    services = request.services
    owned = services.ownership.is_claimed_by(request.person)
    await forget(services.store, services.catalog, services.texts, request.person, request.destination, now=request.now)
    if owned:
        services.ownership.give_up()
    said = commands_in(tr("Deleted. /start begins again."), request.destination.platform)
    return replace(notice(request.invocation, said), in_place=True)


def _may_answer(invocation: Invocation) -> bool:
    """Whether the answer leaves nothing behind: what a press changes needs no address, a queued message does."""
    return invocation.via is Via.BUTTON or invocation.destination.platform is Platform.CONSOLE


def _ask(request: Request) -> Reply:
    if request.destination.kind is ChatKind.PRIVATE:
        question = tr("This deletes your lists, saves, feedback and ids.")
    else:
        question = tr("This deletes your saves, feedback and ids. What this chat watches stays.")
    if request.services.ownership.is_claimed_by(request.person):
        question = f"{question} {tr('You own this bot, and give that up: its log shows a code for the next owner.')}"
    buttons = (
        Button(tr("Delete"), _FORGET, "", f"{_DELETE} {request.person.id}"),
        Button(tr("Keep"), _FORGET, "", f"{_KEEP} {request.person.id}"),
    )
    return say(request, question, (buttons,))


COMMANDS = (
    Command(
        _FORGET,
        later("Delete what I keep of you"),
        handle_forget,
        details=later(
            "Your verdicts and saved alerts, and your name and id wherever they stand. In our private chat also the "
            "lists it watches and those it made, its settings, and what was sent. The audit trail keeps what was "
            "done, without who did it. I ask before I do it."
        ),
    ),
)
