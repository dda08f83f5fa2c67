"""/handover: what a shift hands over to the next one."""

from bot.commands.answers import say
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.handovers import build_handover
from bot.domain.language import later, tr
from bot.domain.triage import name_of
from bot.domain.wording import short_time
from bot.services.handing_over import prepare_handover
from bot.services.routing import find_watcher

_DONE = "done"


async def handle_handover(request: Request) -> Reply:
    """The handover since the shift began; with `done`, the beginning of the next shift."""
    services, destination, now = request.services, request.destination, request.now
    watcher = await find_watcher(services.store, services.catalog, destination)
    if request.argument.casefold() == _DONE:
        await services.store.ensure_destination(destination)
        await services.store.begin_shift(destination.key, now)
        time = short_time(now, watcher.zone)
        text = tr("{name} took over at {time}. The next handover begins there.",
                  name=name_of(request.person.name), time=time)  # fmt: skip
        return say(request, text, private=False)
    if request.argument:
        return say(request, tr("Write /handover, or /handover done to begin a shift."))
    handover = await prepare_handover(services.store, services.catalog, destination, now)
    return Reply(build_handover(handover, watcher.zone))


COMMANDS = (
    Command(
        "handover",
        "What happened since the shift began",
        handle_handover,
        usage="[done]",
        details=later(
            "New alerts, alerts of high priority that nobody has in hand, mutes that run out soon, and feeds that "
            "are not well, since the shift began. `/handover done`, or the button, begins the next shift of this chat."
        ),
        cost=2,
    ),
)
