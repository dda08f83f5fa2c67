"""/export: alerts, feeds and watchlists as files."""

from zoneinfo import ZoneInfo

from bot.commands.answers import say
from bot.commands.grammar import split_arguments
from bot.commands.invocation import Reply
from bot.commands.periods import read_period
from bot.commands.registry import Command, Request
from bot.domain.language import later, tr, trn
from bot.domain.messages import Attachment, Message, plain_message
from bot.errors import SettingsError
from bot.matching.watchlist import Watchlist
from bot.services.counting import days_back
from bot.services.exporting import Format, Period, export_alerts, export_feeds, export_list
from bot.services.routing import find_watcher

_USUAL_DAYS = 30
_EXAMPLE = later("Example: /export csv csto 30d")


async def handle_export(request: Request) -> Reply:
    """A file, and one line that says what is in it."""
    words = split_arguments(request.argument)
    kinds = ", ".join(Format)
    if not words or words[0].casefold() not in set(Format):
        raise SettingsError(tr("Export as what: {kinds}?", kinds=kinds), tr(_EXAMPLE))
    kind = Format(words[0].casefold())
    days, name = read_period(request.argument.strip()[len(words[0]) :], _USUAL_DAYS)
    named = request.lists.get(name) if name else None
    services, destination, now = request.services, request.destination, request.now
    if kind is Format.YAML:
        if named is None:
            return say(request, tr("Which list? Example: /export yaml csto"))
        return _send(await export_list(services.texts, named), named.title)
    lists = (named,) if named else await _watched(request)
    zone = ZoneInfo(destination.timezone)
    period = Period(days_back(now, days, zone), now, zone, destination.key)
    if kind is Format.OPML:
        file, feeds = await export_feeds(services.store, services.files, lists, period.stamp)
        return _send(file, trn("{count} feed", "{count} feeds", feeds))
    made = await export_alerts(services.store, services.files, kind, period, lists, named=named is not None)
    alerts = trn("{count} alert", "{count} alerts", made.alerts)
    stories = trn("{count} story", "{count} stories", made.stories)
    return _send(made.file, tr("{alerts}, {stories}, UTC times", alerts=alerts, stories=stories))


async def _watched(request: Request) -> tuple[Watchlist, ...]:
    watcher = await find_watcher(request.services.store, request.services.catalog, request.destination)
    return tuple(one for one in request.lists.watchlists if one.id in watcher.least)


def _send(file: Attachment, words: str) -> Reply:
    message = plain_message(words)
    return Reply(Message(message.blocks, message.summary, attachment=file))


COMMANDS = (
    Command(
        "export",
        "Alerts, feeds or a list as a file",
        handle_export,
        usage="csv | json | jsonl | stix | opml | yaml [list] [30d]",
        details=later(
            "csv, json and jsonl hold one alert a row with its times, sources, verdicts and notes. "
            "stix is a STIX 2.1 bundle of the stories. opml holds the feeds, yaml one watchlist."
        ),
        needs_admin=True,
        cost=3,
    ),
)
