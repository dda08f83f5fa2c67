"""/timezone, /quiet, /digest: by which clock a chat lives, when it is not disturbed, when its digest comes."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.answers import say
from bot.commands.authorisation import REFUSAL, may_change
from bot.commands.clock_words import read_clock, read_weekdays
from bot.commands.grammar import read_number, split_arguments
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.commands.weekly import WEEKLY, handle_weekly
from bot.domain.backlog import LINES, alert_lines
from bot.domain.chats import ChatKind
from bot.domain.command_names import number_words
from bot.domain.digest_times import DigestTime
from bot.domain.discreet import TOLD
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Gap, Message, line
from bot.domain.quiet import Override, QuietHours
from bot.domain.routing import Watcher
from bot.domain.weekdays import EVERY_DAY, said_days
from bot.domain.wording import local_time, zone_words
from bot.errors import NotFound, SettingsError
from bot.services.chat_settings import find_zone, set_digest, set_quiet, set_timezone
from bot.services.digesting import build_digest_now, build_told_card, find_digest_card, find_next_digest, list_told
from bot.services.places import find_nearest_zones, read_point
from bot.services.routing import find_watcher

_OFF = "off"
_QUIET_EXAMPLE = later("Example: /quiet 22:00-06:30 mon-fri")
_DIGEST_EXAMPLE = later("Example: /digest 07:00 mon-fri")
_RINGS = {
    Override.CRITICAL: later("Critical still rings."),
    Override.CONFIRMED: later("Only confirmed critical still rings: two origins, or a source of reliability A or B."),
    Override.NONE: later("Nothing rings then."),
}
_LONGEST_NUMBER = 3


async def handle_timezone(request: Request) -> Reply:
    """Sets the clock of this chat, or tells it."""
    services = request.services
    if not request.argument:
        zone = ZoneInfo(request.destination.timezone)
        return say(
            request, tr("Times here are {zone}. To change it: /timezone Dushanbe", zone=zone_words(zone, request.now))
        )
    point = read_point(request.argument)
    if point is not None:
        return _ask_for_clock(request, find_nearest_zones(*point))
    zone = find_zone(request.argument)
    await set_timezone(services.store, services.catalog, request.destination, zone, by=request.person, now=request.now)
    return say(request, tr("Times are now {zone}.", zone=zone_words(zone, request.now)))


def _ask_for_clock(request: Request, zones: Sequence[ZoneInfo]) -> Reply:
    """The clocks near a place that was shared, nearest first, to choose from."""
    buttons = tuple((Button(zone_words(zone, request.now), "timezone", "", zone.key),) for zone in zones)
    return say(request, tr("These clocks are kept near there. Which one is yours?"), buttons)


async def handle_quiet(request: Request) -> Reply:
    """Sets the quiet hours of this chat, or tells them."""
    watcher = await _watcher(request)
    words = split_arguments(request.argument)
    if not words:
        if watcher.quiet is None:
            return say(request, tr("There are no quiet hours here.") + " " + tr(_QUIET_EXAMPLE))
        return say(request, _quiet_words(watcher.quiet))
    quiet = _read_quiet(words, watcher.quiet)
    services = request.services
    await set_quiet(services.store, services.catalog, request.destination, quiet, by=request.person, now=request.now)
    return say(request, _quiet_words(quiet) if quiet else tr("Quiet hours are off. Every alert rings when it comes."))


def _quiet_words(quiet: QuietHours) -> str:
    return tr(
        "Quiet {quiet} {days}. {rings}", quiet=quiet, days=said_days(quiet.days), rings=tr(_RINGS[quiet.override])
    )


def _read_quiet(words: tuple[str, ...], known: QuietHours | None) -> QuietHours | None:
    """The quiet hours that words ask for. Raises SettingsError."""
    first = words[0].casefold()
    if first == _OFF:
        return None
    if first == "override":
        wanted = words[1].casefold() if len(words) > 1 else ""
        if wanted not in {one.value for one in Override}:
            raise SettingsError(
                tr("What may ring then?"), tr("Write critical, confirmed or none: /quiet override critical")
            )
        if known is None:
            raise SettingsError(tr("There are no quiet hours here yet."), tr(_QUIET_EXAMPLE))
        return QuietHours(known.begins, known.ends, Override(wanted), known.days)
    begins, dash, ends = words[0].replace("–", "-").partition("-")
    if not dash:
        raise SettingsError(tr("“{words}” is no span of time.", words=words[0][:20]), tr(_QUIET_EXAMPLE))
    begin, end = read_clock(begins, tr(_QUIET_EXAMPLE)), read_clock(ends, tr(_QUIET_EXAMPLE))
    if begin == end:
        raise SettingsError(tr("The quiet hours end when they begin."), tr(_QUIET_EXAMPLE))
    override = known.override if known else Override.CRITICAL
    return QuietHours(begin, end, override, read_weekdays(words[1:], tr(_QUIET_EXAMPLE)))


async def handle_digest(request: Request) -> Reply:
    """The digest at once, a card of it, its time, or none."""
    words = split_arguments(request.argument)
    services, destination = request.services, request.destination
    watcher = await _watcher(request)
    first = words[0].casefold() if words else ""
    number = read_number(first)
    if not words and not request.invocation.subject:
        return say(request, await _digest_words(request, watcher))
    if first == WEEKLY:
        return await handle_weekly(request, words[1:])
    if request.invocation.subject or first in {"now", TOLD} or number is not None:
        return await (_show_told(request) if first == TOLD else _show(request, number))
    if not await may_change(request):
        return say(request, tr(REFUSAL))
    digest = None
    if first != _OFF:
        days = read_weekdays(words[1:], tr(_DIGEST_EXAMPLE))
        digest = DigestTime(read_clock(words[0], tr(_DIGEST_EXAMPLE)), days, request.now)
    await set_digest(services.store, services.catalog, destination, digest, by=request.person, now=request.now)
    if digest is None:
        return say(
            request, tr("No daily digest any more. Low-priority alerts reach nobody now; /digest now shows them.")
        )
    return say(request, _time_words(digest, destination.timezone))


def _time_words(digest: DigestTime, timezone: str) -> str:
    days = "" if digest.days >= EVERY_DAY else f", {said_days(digest.days)}"
    return tr("Daily digest at {at:%H:%M} {timezone}{days}.", at=digest.at, timezone=timezone, days=days)


def check_timezone(text: str) -> None:
    """Raises NotFound for what is no time zone."""
    find_zone(text)


def check_quiet(text: str) -> None:
    """Raises SettingsError for what are no quiet hours."""
    _read_quiet(split_arguments(text), None)


def check_digest(text: str) -> None:
    """Raises SettingsError for what is no time of a digest."""
    words = split_arguments(text)
    read_clock(words[0], tr(_DIGEST_EXAMPLE))
    read_weekdays(words[1:], tr(_DIGEST_EXAMPLE))


async def _digest_words(request: Request, watcher: Watcher) -> str:
    if watcher.digest is None:
        return tr("There is no daily digest here.") + " " + tr(_DIGEST_EXAMPLE)
    words = _time_words(watcher.digest, request.destination.timezone)
    next_at = await find_next_digest(request.services.store, watcher, request.now)
    if next_at is None:
        return f"{words} {tr('It comes once this chat watches a list: /watch')}"
    told = tr("Next: {time}. At once: /digest now", time=local_time(next_at, watcher.zone))
    return f"{words} {told}"


async def _show(request: Request, number: int | None) -> Reply:
    """The card of a story by its number in the last digest, or the whole digest as it is now."""
    services = request.services
    if request.invocation.subject:
        alert_id = request.invocation.subject
        return Reply(await build_told_card(services.store, services.catalog, request.destination, alert_id))
    if number is not None:
        return Reply(await find_digest_card(services.store, services.catalog, request.destination, number))
    parts = await build_digest_now(services.store, services.catalog, request.destination, request.now)
    if len(parts) == 1:
        return Reply(parts[0])
    more = line(
        tr(
            "The rest, {messages} more, comes with the regular digest.",
            messages=trn("{count:,} message", "{count:,} messages", len(parts) - 1),
        )
    )
    return Reply(replace(parts[0], blocks=(*parts[0].blocks, Gap(), more)))


async def _show_told(request: Request) -> Reply:
    """What a digest told of that hides it."""
    services, destination = request.services, request.destination
    pressed = request.invocation.replied_message
    views, watched = await list_told(services.store, services.catalog, destination, pressed)
    if not views:
        raise NotFound(tr("Only the last digest is kept."))
    rows = alert_lines(views[:LINES], destination, watched)
    blocks: list[Block] = [line(f"{number}. ", *row.spans) for number, row in enumerate(rows, 1)]
    if len(views) > LINES:
        blocks.append(line(tr("And {count:,} more.", count=len(views) - LINES)))
    blocks.append(line(number_words(destination.platform), style="context"))
    return Reply(Message(tuple(blocks), trn("{count:,} story", "{count:,} stories", len(views))), in_place=True)


async def handle_number(request: Request) -> Reply:
    """The card of a story whose number was written in answer to a digest; silence where it was no answer to one."""
    invocation, services, destination = request.invocation, request.services, request.destination
    number, answered = read_number(invocation.text), invocation.replied_message
    if number is None or (invocation.via is Via.REPLY and not answered):
        return Reply()
    if answered and not await services.store.list_digest_alerts(destination.key, answered):
        return Reply()
    if invocation.via is Via.COMMAND and destination.kind is not ChatKind.PRIVATE and not answered:
        return Reply()
    return Reply(await find_digest_card(services.store, services.catalog, destination, number, answered))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


async def _watcher(request: Request) -> Watcher:
    return await find_watcher(request.services.store, request.services.catalog, request.destination)


COMMANDS = (
    Command(
        "digest",
        "The daily digest: now, or when it comes",
        handle_digest,
        usage="[now | HH:MM [days] | weekly DAY HH:MM | off]",
        details=later(
            "Every story since the last digest by priority, those of low priority too, what was held "
            "back, late finds, and how the feeds are. It comes when nothing happened as well. "
            "`/digest 07:00 mon-fri` sets the time, and a number shows the card of that story. "
            "`/digest weekly` is the trend of the week with a picture."
        ),
    ),
    Command(
        "quiet",
        "Quiet hours",
        handle_quiet,
        usage="[HH:MM-HH:MM [days] | off | override critical|confirmed|none]",
        details=later(
            "In quiet hours alerts wait for the morning. Critical ones ring all the same unless "
            "`override` says otherwise: `confirmed` lets only those through from a reliable "
            "source or two origins, `none` nothing."
        ),
        needs_admin=True,
    ),
    Command(
        "timezone",
        "By which clock this chat lives",
        handle_timezone,
        usage="[city or IANA name]",
        details=later(
            "For times on cards, quiet hours and the digest: `/timezone Dushanbe`, `/timezone Asia/Dushanbe`. "
            "On Telegram you may send me your location instead, or write one: `/timezone 38.56, 68.77`."
        ),
        needs_admin=True,
    ),
    Command(
        "digest_card",
        "The card of a story in a digest",
        handle_number,
        details=later("Answer a digest with the number of a story."),
        listed=False,
        takes=_is_number,
    ),
)
