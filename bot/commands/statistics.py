"""/stats: what this chat was told, by day and priority, how precise and how fast it was."""

from dataclasses import replace

import structlog

from bot.commands.answers import say
from bot.commands.invocation import Reply
from bot.commands.periods import read_period
from bot.commands.registry import Command, Request
from bot.commands.statistics_words import build_statistics_message, describe, too_few_words
from bot.domain.chat_statistics import LEAST_ALERTS, build_daily_plot
from bot.domain.language import later
from bot.domain.messages import Attachment, Message, plain_text
from bot.domain.plots import Plot
from bot.errors import FileError
from bot.ports.file_maker import FileMaker
from bot.services.counting import count_alerts, days_back
from bot.services.routing import find_watcher

_USUAL_DAYS = 30
_CAPTION = 900  # characters; see `Message`
_HEAD_LINES = 3

log = structlog.get_logger(__name__)


async def handle_stats(request: Request) -> Reply:
    """A picture and its numbers, or why there is none yet."""
    services, destination, now = request.services, request.destination, request.now
    days, name = read_period(request.argument, _USUAL_DAYS)
    named = request.lists.get(name) if name else None
    watcher = await find_watcher(services.store, services.catalog, destination)
    since = days_back(now, days, watcher.zone)
    watched = {one.id: one.title for one in request.lists.watchlists if one.id in watcher.least}
    figures = await count_alerts(
        services.store,
        watched | ({named.id: named.title} if named else {}),
        since=since,
        now=now,
        zone=watcher.zone,
        destination_key=destination.key,
        watchlist=named.id if named else "",
    )
    if figures.alerts < LEAST_ALERTS:
        return say(request, too_few_words(figures, watcher.zone))
    message = build_statistics_message(figures, named.title if named else "")
    caption, more = _split(message)
    shown = await illustrate(services.files, caption, build_daily_plot(figures), "stats", describe(figures))
    return Reply(shown, more=more)


def _split(message: Message) -> tuple[Message, tuple[Message, ...]]:
    """What stands under the picture, and the rest as a message of its own where all of it has no room there."""
    if len(plain_text(message)) <= _CAPTION:
        return message, ()
    rest = Message(message.blocks[_HEAD_LINES:], message.summary)
    return replace(message, blocks=message.blocks[:_HEAD_LINES]), (rest,)


async def illustrate(files: FileMaker, message: Message, plot: Plot, name: str, alt: str) -> Message:
    """The message with a picture of the plot; without one where it cannot be drawn."""
    try:
        picture = await files.draw(plot)
    except FileError as error:
        log.warning("plot_failed", plot=name, reason=str(error))
        return message
    return replace(message, attachment=Attachment(f"{name}.png", "image/png", picture, alt))


COMMANDS = (
    Command(
        "stats",
        "Figures of this chat's alerts",
        handle_stats,
        usage="[7d | 30d | 90d] [list]",
        details=later(
            "Alerts by day and priority, stories, repeats removed, precision of each list, how fast "
            "feeds and chat were (half within the first time, 9 of 10 within the second), and how "
            "fast somebody took alerts in hand."
        ),
        cost=3,
    ),
)
