"""Puts together what one of several processes does: a part of Tocsin, beside others on the same PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.bootstrap import App
from bot.commands.inbox import Inbox
from bot.domain.chats import Platform
from bot.domain.lanes import Lane, list_lanes
from bot.domain.parts import Part
from bot.jobs.distributed import DistributedJobs
from bot.jobs.engine import CHORES, POLLS, SENDS, Chore, Duties, Engine
from bot.jobs.local import Loop
from bot.platforms import Chat
from bot.ports.clock import Clock
from bot.ports.fleet import Fleet, News
from bot.ports.store import Store
from bot.services.delivering import Lanes
from bot.services.digesting import Digests
from bot.services.health import Health, Phase
from bot.services.holding import HeldCards
from bot.services.hooks import Hooks
from bot.services.onboarding import Reminders
from bot.services.store_watch import StoreWatch
from bot.services.trending import Trends
from bot.services.upkeep import Upkeep
from bot.serving import build_lanes, build_reloading, build_retention
from storage import in_lane

_FEEDS_AT_ONCE = 500
# A turn at a shard goes on as long as something is due there, so that a job is worth its cost, but not for so long that
# others wait: where there is too much to do, shard after shard has its turn.
_SHARD_SECONDS = 2.0
_SHARDS_AT_ONCE = 8
_LANES_AT_ONCE = 16
# A lane that has had nothing to do for so long is given back; whoever is free takes it when there is something.
_IDLE_SECONDS = 5.0
_TURN_SECONDS = 300.0
_LOOK_SECONDS = 0.5
_COUNTED = timedelta(minutes=1)  # what the limits of platforms look back at
_MOST_CLOCK_ERROR = timedelta(hours=1)
ENGINE_CONNECTIONS = 3

log = structlog.get_logger(__name__)


async def serve_parts(
    app: App,
    fleet: Fleet,
    chats: Sequence[Chat],
    parts: frozenset[Part],
    stop: asyncio.Event,
    *,
    health: Health,
    hooks: Hooks,
) -> None:
    """Does these parts until `stop` is set or this is cancelled; then gives back what it has taken on.

    Raises Superseded and LoopStuck, which only a new start can cure.
    """
    watch = StoreWatch(app.store, health, app.clock, lambda: app.ownership.destination)
    inbox = Inbox(app.services, on_replies=app.wake)
    reloading = build_reloading(app, chats)
    loops: dict[str, Loop] = {"database": watch.run, "owner": app.ownership.follow}
    singles: dict[str, Loop] = {}
    on_news: dict[News, Callable[[], Awaitable[None]]] = {News.WATCHLISTS: reloading.follow_chats}
    if Part.CHAT in parts:
        for chat in chats:
            platform = chat.messenger.platform
            singles[f"{platform} updates"] = partial(_receive, chat, inbox)
        singles["watchlist files"] = reloading.run
        on_news[News.INBOX] = _as_async(inbox.wake)
    else:
        loops["watchlist files"] = reloading.follow_files
    if Part.WEB in parts:
        for chat in chats:
            loops[f"{chat.messenger.platform} hooks"] = partial(chat.app.receive, partial(inbox.take, chat.app))
        if app.hubs is not None:
            app.hubs.open(hooks)
            singles["hubs"] = app.hubs.run
    senders = Senders(app, fleet, chats, health) if Part.DELIVER in parts else None
    if senders is not None or Part.POLL in parts:
        engine = _build_engine(app, fleet, senders, parts)
        loops["engine"] = engine.run
        if senders is not None:
            on_news[News.OUTBOX] = partial(_wake, senders, engine)
    jobs = DistributedJobs(fleet, loops, singles, app.clock, health=health, on_news=on_news)
    health.store, health.phase = app.store, Phase.RUNNING
    try:
        await jobs.run(stop)
    finally:
        health.store, health.phase = None, Phase.STOPPING


def _build_engine(app: App, fleet: Fleet, senders: "Senders | None", parts: frozenset[Part]) -> Engine:
    queues = {CHORES: 2}
    if Part.POLL in parts:
        queues[POLLS] = _SHARDS_AT_ONCE
    if senders is not None:
        queues[SENDS] = _LANES_AT_ONCE
    clock = app.clock
    duties = Duties(
        poll_shard=partial(_poll_shard, app, fleet),
        send_lane=senders.send if senders is not None else _send_nothing,
        list_due_shards=lambda: fleet.list_due_shards(clock.now()),
        list_due_lanes=partial(list_due_lanes, app.store, clock),
        bury_dead=lambda: fleet.bury_dead(clock.now()),
        chores=_list_chores(app, fleet),
    )
    return Engine(app.settings.store_url, duties, queues, connections=ENGINE_CONNECTIONS)


def _list_chores(app: App, fleet: Fleet) -> Mapping[str, Chore]:
    store, catalog, clock = app.store, app.catalog, app.clock
    retention, upkeep = build_retention(app), Upkeep(store, clock, app.settings.backups)

    async def forget_old() -> None:
        error = await fleet.measure_clock(clock.now())
        if abs(error) > _MOST_CLOCK_ERROR:
            log.warning("retention_waits", reason="The clock of this machine is not that of the database.")
        else:
            await retention.forget_old()

    return {
        "held cards": Chore("* * * * * */10", HeldCards(store, catalog, clock).release_due),
        "digests": Chore("* * * * * */20", Digests(store, catalog, clock).send_due),
        "trends": Chore("* * * * * */20", Trends(store, catalog, app.services.files, clock).send_due),
        "onboarding": Chore("* * * * * 0", Reminders(store, clock).remind),
        "retention": Chore("17 * * * * 0", forget_old),
        "upkeep": Chore("47 * * * * 0", upkeep.tidy),
    }


async def _poll_shard(app: App, fleet: Fleet, shard: int) -> None:
    """Polls the feeds of a shard that are due, unless another process does."""
    name = f"shard {shard}"
    if not await fleet.take(name):
        return
    until = app.clock.monotonic() + _SHARD_SECONDS
    try:
        while due := await fleet.list_due_feeds(shard, app.clock.now(), _FEEDS_AT_ONCE):
            await app.polling.poll(due)
            if app.clock.monotonic() > until:
                break
    finally:
        await asyncio.shield(fleet.give_back(name))


async def list_due_lanes(store: Store, clock: Clock, present: frozenset[str]) -> list[str]:
    """The lanes with something to send now of which no job is `present`."""
    due = []
    for platform in (Platform.TELEGRAM, Platform.SLACK):
        for lane in list_lanes(platform):
            name = lane_name(platform, lane)
            if f"lane:{name}" in present:
                continue
            at = await in_lane(store, lane).next_delivery_at(platform)
            if at is not None and at <= clock.now():
                due.append(name)
    return due


def lane_name(platform: Platform, lane: Lane) -> str:
    """How a lane is called in jobs and leases."""
    return f"{platform.value}:{lane.number}"


class Senders:
    """The lanes that this process can send, each only as long as it has taken it on."""

    def __init__(self, app: App, fleet: Fleet, chats: Iterable[Chat], health: Health) -> None:
        self._fleet = fleet
        self._clock = app.clock
        self._lanes: dict[str, tuple[Lanes, Store]] = {}
        for chat in chats:
            for lane in list_lanes(chat.messenger.platform):
                store = in_lane(app.store, lane)
                name = lane_name(chat.messenger.platform, lane)
                self._lanes[name] = build_lanes(app, chat, health, store=store), store

    def wake(self) -> None:
        """Says that the outbox may hold something new."""
        for lanes, _ in self._lanes.values():
            lanes.wake()

    async def send(self, name: str) -> None:
        """Sends what is due in a lane, and what falls due meanwhile, unless another process does.

        Ends when there has been nothing to do for five seconds, and after five minutes, so that others have a turn.
        """
        lanes, store = self._lanes[name]
        if not await self._fleet.take(f"lane {name}"):
            return
        try:
            now = self._clock.now()
            lanes.resume(await self._fleet.list_recent_sends(lanes.platform, now - _COUNTED, now))
            sending = asyncio.create_task(lanes.run(), name=f"lane {name}")
            try:
                await self._watch(sending, lanes, store)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        finally:
            await asyncio.shield(self._fleet.give_back(f"lane {name}"))

    async def _watch(self, sending: "asyncio.Task[None]", lanes: Lanes, store: Store) -> None:
        began = busy_at = self._clock.monotonic()
        while not sending.done():
            await self._clock.sleep(_LOOK_SECONDS)
            now = self._clock.monotonic()
            if lanes.is_sending or await self._is_due(store, lanes.platform):
                busy_at = now
            if now - busy_at > _IDLE_SECONDS or now - began > _TURN_SECONDS:
                return
        sending.result()

    async def _is_due(self, store: Store, platform: Platform) -> bool:
        at: datetime | None = await store.next_delivery_at(platform)
        return at is not None and at <= self._clock.now() + timedelta(seconds=_IDLE_SECONDS)


async def _send_nothing(name: str) -> None:
    raise AssertionError(f"no job for {name} is taken here")


async def _receive(chat: Chat, inbox: Inbox) -> None:
    """Receives and answers as one: who has the one has the other."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(inbox.run(chat.app))
        await chat.app.receive(partial(inbox.take, chat.app))


async def _wake(senders: Senders, engine: Engine) -> None:
    senders.wake()
    await engine.queue_lanes()


def _as_async(function: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        function()

    return call
