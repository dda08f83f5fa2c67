"""/start: the first words in a chat, and links that add a list; the greeting of a group that added the bot."""

from bot.commands.answers import say
from bot.commands.arrivals import group_greeting
from bot.commands.authorisation import REFUSAL, may_change
from bot.commands.claiming import handle_claim
from bot.commands.invocation import Reply
from bot.commands.onboarding import ask_first
from bot.commands.registry import Command, Request
from bot.commands.watching import begin_watching
from bot.domain.chats import ChatKind
from bot.domain.language import later, tr, trn
from bot.domain.ownership import read_code
from bot.services.reporting import report_status

# https://core.telegram.org/bots/features#deep-linking: t.me/<bot>?start=wl_csto arrives as /start wl_csto.
_LIST_LINK = "wl_"


async def handle_start(request: Request) -> Reply:
    """Greets; later gives a short status. A link to a list watches it."""
    if request.argument.startswith(_LIST_LINK):
        if not await may_change(request):
            return say(request, tr(REFUSAL))
        return await begin_watching(request, request.lists.get(request.argument.removeprefix(_LIST_LINK)))
    if read_code(request.argument):
        return await handle_claim(request)
    status = await report_status(request.services.store, request.services.catalog, request.destination, request.now)
    if status.watched_here:
        lists = trn("{count:,} list", "{count:,} lists", status.watched_here)
        feeds = tr(
            "{healthy} of {feeds} ok",
            healthy=status.feeds.healthy,
            feeds=trn("{count:,} feed", "{count:,} feeds", status.feeds.total),
        )
        return say(request, tr("Watching {lists} here; {feeds}. /help tells what I can do.", lists=lists, feeds=feeds))
    if request.destination.kind is not ChatKind.PRIVATE:
        return Reply(group_greeting(request.destination.platform), private=False)
    return await ask_first(request)


COMMANDS = (
    Command(
        "start",
        "Begin",
        handle_start,
        details=later(
            "Greets, or tells shortly how this chat stands. A link that ends in ?start=wl_csto watches that list."
        ),
        listed=False,
    ),
)
