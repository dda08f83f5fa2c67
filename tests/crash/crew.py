"""A process that does all of Tocsin's recording and sending, made to be killed; and the grave digger who starts it.

The process polls (without a network: each poll brings one story; two of three ring critically and are cards, the
third is part of a busy chat's rolling message; now and then a later report changes a card and comes under it), sends
through the real adapters to fake platforms in the parent, and answers commands. It is forked from a server that has
everything imported, so that a life costs a fraction of a second. Failpoints need nothing in the product: the store
and the messengers are handed over wrapped, and the wrapper kills the process before or after a named call.
"""

import asyncio
import itertools
import logging
import multiprocessing
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import structlog

from bot.chat.slack.connect import open_slack
from bot.chat.slack.setup import SlackSetup
from bot.chat.telegram.connect import open_telegram
from bot.clock import SystemClock
from bot.commands.context import Services
from bot.commands.inbox import Inbox
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.deliveries import Urgency
from bot.domain.messages import plain_message
from bot.domain.polls import PlannedAlert
from bot.domain.updates import PlannedUpdate
from bot.domain.watchlists import WatchlistCatalog
from bot.files.worker_maker import WorkerFileMaker
from bot.jobs.replaying import WorkerReplayer
from bot.matching.records import Priority
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from bot.services.hooks import Hooks
from bot.services.ownership import Ownership
from bot.sources.http import HttpFetcher
from bot.sources.opml import write_opml
from bot.sources.parser import WorkerParser
from bot.sources.sealing import SecretSealer
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from tests.factories import (
    build_feed,
    build_filed_report,
    build_item,
    build_item_match,
    build_planned_card,
    build_poll,
    build_ringing_poll,
    build_watchlist,
)

STORE_CALLS = (
    *("record_polls", "claim_deliveries", "record_sent", "record_update", "record_handled", "record_note"),
    *("open_burst", "grow_burst", "read_burst", "request_edits", "record_repeat"),
)
# Edits first: later, too many cards wait in front of them.
FAILPOINTS = tuple(
    f"{when}:{call}" for call in ("edit", *STORE_CALLS, "send", "find_sent") for when in ("before", "after")
)
# Whether these are reached is chance: a repeat, a rolling message that begins or grows.
UNSURE = ("find_sent", "record_repeat", "open_burst", "grow_burst", "read_burst")
_READERS, _CHANNELS = 6, 2
_POLL_SECONDS = 0.08

FIRST_READER = 4001


@dataclass(frozen=True, slots=True)
class Orders:
    """What a crew works on, and where it dies: at the `nth` call of `failpoint`, if one is given."""

    database: Path
    telegram_token: str
    telegram_url: str
    slack_bot_token: str
    slack_app_token: str
    slack_url: str
    failpoint: str = ""
    nth: int = 1
    polls: bool = True


def destinations() -> list[Destination]:
    """Where stories ring, in turns: private Telegram chats and Slack channels."""
    readers = [Destination(Platform.TELEGRAM, str(FIRST_READER + number)) for number in range(_READERS)]
    channels = [
        Destination(Platform.SLACK, f"C0CRASH{number}", kind=ChatKind.CHANNEL, workspace="T0TOCSIN")
        for number in range(_CHANNELS)
    ]
    return [*readers, *channels]


@dataclass(frozen=True, slots=True)
class Crew:
    """A process, and the flag it raises when it begins to work."""

    process: BaseProcess
    at_work: Event

    def is_at_work(self) -> bool:
        """Whether it has started, or died before."""
        return self.at_work.is_set() or self.is_dead()

    def is_dead(self) -> bool:
        """Whether the process has ended."""
        return not self.process.is_alive()


def start_crew(orders: Orders) -> Crew:
    """A crew in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.crew"])
    at_work = context.Event()
    process = context.Process(target=_run, args=(orders, at_work), daemon=True)
    process.start()
    return Crew(process, at_work)


class Deadly:
    """Passes every call on to `target`, and kills the process at the ordered one."""

    def __init__(self, target: object, orders: Orders) -> None:
        self._target = target
        self._when, _, self._call = orders.failpoint.partition(":")
        self._left = orders.nth

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        return self._deadly(found) if name == self._call else found

    def _deadly(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def called(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            is_last = self._left == 0  # others may be under way at the same time
            if is_last and self._when == "before":
                die()
            result = await call(*args, **kwargs)
            if is_last:
                die()
            return result

        return called


def die() -> None:
    """Ends this process as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def _run(orders: Orders, at_work: Event) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(_work(orders, at_work))


async def _work(orders: Orders, at_work: Event) -> None:
    clock = SystemClock()
    opened = await open_store(f"sqlite:///{orders.database}")
    await opened.migrate()
    await opened.take_over(f"crew {os.getpid()}", clock.now())
    store: Any = Deadly(opened, orders)
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    services = Services(
        store,
        catalog,
        HttpFetcher(),
        WorkerParser(),
        clock,
        "crash",
        clock.now(),
        FolderTexts(orders.database.parent),
        WorkerReplayer(),
        Ownership(store, clock, None),
        WorkerFileMaker(orders.database.parent, write_opml),
    )
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(open_telegram(orders.telegram_token, orders.telegram_url, clock, ()))
        slack = await stack.enter_async_context(
            open_slack(
                SlackSetup(orders.slack_bot_token, orders.slack_app_token, api_url=orders.slack_url),
                clock,
                Hooks(),
                store,
                SecretSealer(),
            )
        )
        chance = random.Random()
        lanes = [
            Lanes(store, messenger, catalog, clock, chance=chance)
            for messenger in (_deadly(telegram.messenger, orders), _deadly(slack.messenger, orders))
        ]

        def wake() -> None:
            for one in lanes:
                one.wake()

        inbox = Inbox(services, on_replies=wake)
        at_work.set()
        async with asyncio.TaskGroup() as tasks:
            for one in lanes:
                tasks.create_task(one.run())
            tasks.create_task(telegram.app.receive(inbox.store_update))
            tasks.create_task(inbox.run(telegram.app))
            if orders.polls:
                tasks.create_task(_poll(store, clock, wake))


def _deadly(messenger: object, orders: Orders) -> Any:
    return Deadly(messenger, orders)


async def _report_again(store: Any, place: Destination, number: int, clock: SystemClock) -> None:
    """Another report of the oldest alert there: its card is edited, and a message comes under it."""
    (*_, view) = await store.list_alerts(place.key, clock.now() - timedelta(days=1), 1_000)
    key, message = f"report-{number}", plain_message(f"Update number {number}.")
    poll = build_poll(
        items=(build_item(key),),
        matches=(build_item_match(key, story_key=view.story.key),),
        stories=(view.story,),
        filed=(build_filed_report(key),),
        alerts=(PlannedAlert(view.story.key, Priority.HIGH),),
        cards=(build_planned_card(story_key=view.story.key, destination=place),),
        updates=(PlannedUpdate(key, view.alert.id, place, message, Urgency.CRITICAL),),
    )
    await store.record_polls([poll], clock.now())
    await store.request_edits(view.alert.id, clock.now())


async def _poll(store: Any, clock: SystemClock, wake: Callable[[], None]) -> None:
    places = destinations()
    await store.sync_feeds([build_feed()], clock.now())
    for place in places:
        await store.ensure_destination(place)
        await store.subscribe(place, "csto", "telegram:4001", clock.now())
    for number in itertools.count((await store.count_totals()).items):
        place = places[number % len(places)]
        poll = build_ringing_poll(f"story-{number}", place)
        urgency = Urgency.ALERT if number % 3 == 0 else Urgency.CRITICAL  # critical ones are never part of a burst
        poll = replace(poll, cards=tuple(replace(card, urgency=urgency) for card in poll.cards))
        await store.record_polls([poll], clock.now())
        if number % 4 == 0:
            await _report_again(store, place, number, clock)
        wake()
        await clock.sleep(_POLL_SECONDS)
