"""/export: alerts, feeds and watchlists as files."""

from zoneinfo import ZoneInfo

from bot.commands.answers import say
from bot.commands.grammar import split_arguments
from bot.commands.invocation import Reply, Via
from bot.commands.periods import read_period
from bot.commands.registry import Command, Request
from bot.commands.stories import STORY_LABEL, find_story
from bot.domain.alerts import read_alert_id
from bot.domain.language import later, tr, trn
from bot.domain.messages import Attachment, Message, plain_message
from bot.errors import SettingsError
from bot.matching.watchlist import Watchlist
from bot.services.counting import days_back
from bot.services.exporting import Format, Period, export_alerts, export_feeds, export_list, export_story
from bot.services.routing import find_watcher

_USUAL_DAYS = 30
_EXAMPLE = later("Example: /export csv csto 30d")


async def handle_export(request: Request) -> Reply:
    """A file, and one line that says what is in it."""
    kind, rest = _read_kind(request.argument)
    days, name = read_period(rest, _USUAL_DAYS)
    if request.invocation.subject or request.invocation.via is Via.REPLY or _names_story(request, name):
        return await _export_story(request, kind or Format.CSV, name)
    if kind is None:
        raise SettingsError(tr("Export as what: {kinds}?", kinds=", ".join(Format)), tr(_EXAMPLE))
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


def _read_kind(argument: str) -> tuple[Format | None, str]:
    """What to export as, if the argument begins with that, and the rest of it."""
    word = next(iter(split_arguments(argument)), "")
    kind = next((one for one in Format if one == word.casefold()), None)
    return kind, argument.strip()[len(word) :] if kind else argument


def _names_story(request: Request, name: str) -> bool:
    """Whether `name` is that of a story or an alert; a list may have the same."""
    if not name or request.lists.find(name):
        return False
    return bool(STORY_LABEL.fullmatch(name) or read_alert_id(name.lstrip("#")))


async def _export_story(request: Request, kind: Format, name: str) -> Reply:
    view = await find_story(request, name)
    zone = ZoneInfo(request.destination.timezone)
    period = Period(view.story.first_seen, request.now, zone, request.destination.key)
    file = await export_story(request.services.files, kind, view, request.lists.watchlists, period)
    reports = trn("{count:,} report", "{count:,} reports", len(view.reports))
    return _send(file, tr("Story {label}: {reports}, UTC times", label=view.story.label, reports=reports))


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
        usage="csv | json | jsonl | stix | opml | yaml [list | 7Q2M | S18] [30d]",
        details=later(
            "csv, json and jsonl hold one alert a row with its times, sources, verdicts and notes. "
            "stix is a STIX 2.1 bundle of the stories. opml holds the feeds, yaml one watchlist. "
            "With the id of an alert or a story they hold every report of it."
        ),
        reply_words=("export",),
        needs_admin=True,
        cost=3,
    ),
)
