"""/whynot: where an item stopped on its way here."""

from zoneinfo import ZoneInfo

from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.commands.trace_words import build_trace
from bot.domain.language import later
from bot.services.tracing import trace


async def handle_whynot(request: Request) -> Reply:
    """Every step an item took; for an address nobody read, the feeds of its site and their health."""
    services, zone = request.services, ZoneInfo(request.destination.timezone)
    asked = request.invocation.subject or request.argument
    found = await trace(services.store, services.catalog, asked, request.destination.key)
    return Reply(build_trace(found, zone, request.now, here=True, platform=request.destination.platform))


COMMANDS = (
    Command(
        "whynot",
        "Why an item did not arrive here",
        handle_whynot,
        usage="<address | alert | story>",
        details=later(
            "Fetched, parsed, new, matched, grouped, sent: each step with what stopped it. For an "
            "address I never read: which feeds of that site I know and how they are. Example: "
            "/whynot https://asiaplustj.info/news/1"
        ),
        cost=2,
    ),
)
