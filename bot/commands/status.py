"""/status: how the bot and this chat stand."""

from zoneinfo import ZoneInfo

from bot.commands.answers import commands_in
from bot.commands.authorisation import may_change
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.chats import Destination, Platform
from bot.domain.messages import Block, Message, Moment, Text, bold, line
from bot.domain.wording import count_words, duration_words, local_time
from bot.services.digesting import find_next_digest
from bot.services.reporting import report_status
from bot.services.routing import find_watcher


async def handle_status(request: Request) -> Reply:
    """Version, uptime, feeds, last fetch, queue, archive, and what the asker may do here."""
    services = request.services
    status = await report_status(services.store, services.catalog, request.destination, request.now)
    totals, feeds = status.totals, status.feeds
    role = "admin" if await may_change(request) else "member"
    role = "owner" if services.ownership.is_owner(request.person) else role
    uptime = duration_words(request.now - services.started_at)
    queue = f"{totals.deliveries_pending:,} waiting"
    if totals.deliveries_failed:
        queue += f", {totals.deliveries_failed:,} given up"
    last_fetch = line("Last fetch: none yet")
    if feeds.last_poll:
        zone = ZoneInfo(request.destination.timezone)
        last_fetch = line("Last fetch: ", Moment(feeds.last_poll, local_time(feeds.last_poll, zone)))
    network: tuple[Block, ...] = ()
    if status.network_down:
        since = local_time(status.network_down, ZoneInfo(request.destination.timezone))
        network = (line("⚠️ Network: no feed has answered since ", Moment(status.network_down, since)),)
    blocks: tuple[Block, ...] = (
        line(bold(f"Tocsin {services.version}"), f" · up {uptime}"),
        line(f"Feeds: {feeds.healthy} of {feeds.total} ok"),
        last_fetch,
        *network,
        line(f"Queue: {queue}"),
        *_given_up_here(status.given_up_here, request.destination),
        line(f"Archive: {count_words(totals.items, 'item')}, {count_words(totals.stories, 'story', 'stories')}"),
        line(f"Watching here: {count_words(status.watched_here, 'list')}"),
        *await _digest_lines(request),
        *_address_lines(request.destination),
        line(f"Your role here: {role}"),
    )
    summary = f"Tocsin {services.version}, up {uptime}; {feeds.healthy} of {feeds.total} feeds ok; {queue}."
    return Reply(Message(blocks, summary))


def _given_up_here(count: int, destination: Destination) -> tuple[Block, ...]:
    if not count:
        return ()
    return (line(commands_in(f"Given up here: {count_words(count, 'message')} (/retry)", destination.platform)),)


async def _digest_lines(request: Request) -> tuple[Block, ...]:
    """When the next digest comes, and what is muted meanwhile."""
    services = request.services
    watcher = await find_watcher(services.store, services.catalog, request.destination)
    next_at = await find_next_digest(services.store, watcher, request.now)
    muted = sum(mute.is_active(request.now) for mute in watcher.attention.mutes)
    told = (line("Next digest: ", Moment(next_at, local_time(next_at, watcher.zone))),) if next_at else ()
    return (*told, line(f"Muted here: {muted}")) if muted else told


def _address_lines(destination: Destination) -> tuple[Block, ...]:
    """How routes.yaml names this chat; nothing for the terminal, which it cannot name."""
    if destination.platform is Platform.CONSOLE:
        return ()
    topic = f", topic: {destination.thread}" if destination.thread else ""
    address = f"{destination.platform.value}: {destination.address}{topic}"
    return (line("In routes.yaml this chat is ", Text(address, code=True)),)


COMMANDS = (
    Command(
        "status",
        "How the bot stands",
        handle_status,
        details="Version, time since the start, feeds that could be read, last fetch, messages waiting, your role.",
    ),
)
