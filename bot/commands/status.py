"""/status: how the bot and this chat stand."""

from zoneinfo import ZoneInfo

from bot.commands.answers import commands_in
from bot.commands.authorisation import may_change
from bot.commands.hearing_words import meter_words
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.chats import Destination, Platform
from bot.domain.hearing import deaf_words
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Message, Moment, Text, bold, line
from bot.domain.wording import duration_words, local_time
from bot.services.digesting import build_surroundings, find_next_digest
from bot.services.holding import list_held_for
from bot.services.reporting import report_status
from bot.services.routing import find_watcher

_MOST_DEAF = 5


async def handle_status(request: Request) -> Reply:
    """Version, uptime, feeds, last fetch, queue, archive, and what the asker may do here."""
    services = request.services
    status = await report_status(services.store, services.catalog, request.destination, request.now)
    totals, feeds = status.totals, status.feeds
    role = tr("admin") if await may_change(request) else tr("member")
    role = tr("owner") if services.ownership.is_owner(request.person) else role
    uptime = duration_words(request.now - services.started_at)
    queue = tr("{count:,} waiting", count=totals.deliveries_pending)
    if totals.deliveries_failed:
        queue = tr("{waiting}, {count:,} given up", waiting=queue, count=totals.deliveries_failed)
    last_fetch = line(tr("Last fetch: none yet"))
    if feeds.last_poll:
        zone = ZoneInfo(request.destination.timezone)
        last_fetch = line(tr("Last fetch:"), " ", Moment(feeds.last_poll, local_time(feeds.last_poll, zone)))
    network: tuple[Block, ...] = ()
    if status.network_down:
        since = local_time(status.network_down, ZoneInfo(request.destination.timezone))
        network = (line(tr("⚠️ Network: no feed has answered since"), " ", Moment(status.network_down, since)),)
    blocks: tuple[Block, ...] = (
        line(bold(f"Tocsin {services.version}"), f" · {tr('up {time}', time=uptime)}"),
        line(tr("Feeds: {healthy} of {total} ok", healthy=feeds.healthy, total=feeds.total)),
        last_fetch,
        *network,
        line(tr("Queue: {queue}", queue=queue)),
        *_given_up_here(status.given_up_here, request.destination),
        *await _held_here(request),
        line(
            tr(
                "Archive: {items}, {stories}",
                items=trn("{count:,} item", "{count:,} items", totals.items),
                stories=trn("{count:,} story", "{count:,} stories", totals.stories),
            )
        ),
        line(tr("Watching here: {lists}", lists=trn("{count:,} list", "{count:,} lists", status.watched_here))),
        *await _hearing_lines(request),
        *await _digest_lines(request),
        *_address_lines(request.destination),
        line(tr("Your role here: {role}", role=role)),
    )
    summary = tr(
        "Tocsin {version}, up {uptime}; {healthy} of {total} feeds ok; {queue}.",
        version=services.version,
        uptime=uptime,
        healthy=feeds.healthy,
        total=feeds.total,
        queue=queue,
    )
    return Reply(Message(blocks, summary))


def _given_up_here(count: int, destination: Destination) -> tuple[Block, ...]:
    if not count:
        return ()
    messages = trn("{count:,} message", "{count:,} messages", count)
    return (line(commands_in(tr("Given up here: {messages} (/retry)", messages=messages), destination.platform)),)


async def _held_here(request: Request) -> tuple[Block, ...]:
    held = await list_held_for(request.services.store, request.destination)
    if not held:
        return ()
    alerts = trn("{count:,} alert", "{count:,} alerts", len(held))
    return (
        line(
            commands_in(tr("Held here by quiet hours: {alerts} (/quiet)", alerts=alerts), request.destination.platform)
        ),
    )


async def _hearing_lines(request: Request) -> tuple[Block, ...]:
    """The blindness meter of the lists that are watched here."""
    services = request.services
    watcher = await find_watcher(services.store, services.catalog, request.destination)
    around = build_surroundings(await services.store.list_feeds(), services.catalog, watcher)
    if not around.hearing:
        return ()
    deaf = deaf_words(around.hearing, around.lists, watcher.zone)
    told = f"{meter_words(list(around.hearing.values()))} (/watchlists <id>)"
    told = commands_in(told, request.destination.platform)
    return (line(told), *(line(tr("⚠️ No healthy feed: {list}", list=one)) for one in deaf[:_MOST_DEAF]))


async def _digest_lines(request: Request) -> tuple[Block, ...]:
    """When the next digest comes, and what is muted meanwhile."""
    services = request.services
    watcher = await find_watcher(services.store, services.catalog, request.destination)
    next_at = await find_next_digest(services.store, watcher, request.now)
    muted = sum(mute.is_active(request.now) for mute in watcher.attention.mutes)
    told = (line(tr("Next digest:"), " ", Moment(next_at, local_time(next_at, watcher.zone))),) if next_at else ()
    return (*told, line(tr("Muted here: {muted}", muted=muted))) if muted else told


def _address_lines(destination: Destination) -> tuple[Block, ...]:
    """How routes.yaml names this chat; nothing for the terminal, which it cannot name."""
    if destination.platform is Platform.CONSOLE:
        return ()
    topic = f", topic: {destination.thread}" if destination.thread else ""
    address = f"{destination.platform.value}: {destination.address}{topic}"
    return (line(tr("In routes.yaml this chat is"), " ", Text(address, code=True)),)


COMMANDS = (
    Command(
        "status",
        "How the bot stands",
        handle_status,
        details=later(
            "Version, time since the start, feeds that could be read, last fetch, messages waiting, your role."
        ),
    ),
)
