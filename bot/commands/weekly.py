"""/digest weekly: the weekly trend at once, or when it comes."""

from bot.commands.answers import say
from bot.commands.authorisation import REFUSAL, may_change
from bot.commands.clock_words import read_clock, read_weekdays
from bot.commands.invocation import Reply
from bot.commands.registry import Request
from bot.domain.digest_times import DigestTime
from bot.domain.language import later, tr
from bot.domain.wording import local_time, weekday_name
from bot.errors import SettingsError
from bot.services.chat_settings import set_weekly
from bot.services.routing import find_watcher
from bot.services.trending import TrendBuilder, find_next_trend

WEEKLY = "weekly"
_EXAMPLE = later("Example: /digest weekly mon 07:30")
_OFF, _NOW = "off", "now"


async def handle_weekly(request: Request, words: tuple[str, ...]) -> Reply:
    """What `/digest weekly` and these words ask for: the trend at once, its day and time, or none."""
    first = words[0].casefold() if words else ""
    if first == _NOW:
        return await _send_now(request)
    if not words:
        return say(request, await _tell(request))
    if not await may_change(request):
        return say(request, tr(REFUSAL))
    weekly = None if first == _OFF else _read(words, request)
    await set_weekly(request.services.store, request.destination, weekly, by=request.person, now=request.now)
    if weekly is None:
        return say(request, tr("No weekly trend any more. At once: /digest weekly now"))
    return say(request, _words(weekly, request))


def _read(words: tuple[str, ...], request: Request) -> DigestTime:
    """One day and a time in either order. Raises SettingsError."""
    times = [word for word in words if ":" in word]
    days = tuple(word for word in words if ":" not in word)
    if len(times) != 1 or not days:
        raise SettingsError(tr("On which day, and when?"), tr(_EXAMPLE))
    weekdays = read_weekdays(days, tr(_EXAMPLE))
    if len(weekdays) != 1:
        raise SettingsError(tr("The trend comes on one day of the week."), tr(_EXAMPLE))
    return DigestTime(read_clock(times[0], tr(_EXAMPLE)), weekdays, request.now)


def _words(weekly: DigestTime, request: Request) -> str:
    return tr("Weekly trend on {day} at {time} {zone}.",
              day=weekday_name(min(weekly.days)), time=f"{weekly.at:%H:%M}",
              zone=request.destination.timezone)  # fmt: skip


async def _tell(request: Request) -> str:
    services = request.services
    watcher = await find_watcher(services.store, services.catalog, request.destination)
    weekly = watcher.attention.settings.weekly
    if weekly is None:
        return tr("There is no weekly trend here. {example}", example=tr(_EXAMPLE))
    words = _words(weekly, request)
    next_at = await find_next_trend(services.store, watcher, request.now)
    if next_at is None:
        return tr("{words} It comes once this chat watches a list: /watch", words=words)
    return tr("{words} Next: {time}. At once: /digest weekly now", words=words, time=local_time(next_at, watcher.zone))


async def _send_now(request: Request) -> Reply:
    """The picture with its sentences, and what stands beside as a message of its own."""
    services = request.services
    watcher = await find_watcher(services.store, services.catalog, request.destination)
    builder = TrendBuilder(services.store, services.catalog, services.files)
    parts = await builder.build(watcher, request.now.astimezone(watcher.zone).date(), request.now)
    if not parts:
        return say(request, tr("The trend counts whole days, and no list of this chat had a story before today."))
    return Reply(parts[0], more=parts[1:])
