"""Daily digests: every chat that watches something gets one a day, at its hour, whatever happened meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from bot.domain.alerts import AlertView
from bot.domain.cards import all_matches, build_card
from bot.domain.chats import Destination
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestMark
from bot.domain.digests import Surroundings, arrange, build_digest
from bot.domain.discreet import hide_digest
from bot.domain.feeds import FeedStatus, is_troubled
from bot.domain.health import Health
from bot.domain.hearing import measure_hearing
from bot.domain.language import speaking, tr, trn
from bot.domain.messages import Message
from bot.domain.policy import ringing
from bot.domain.questions import choose_question, with_question
from bot.domain.routing import Watcher
from bot.domain.wording import short_time
from bot.errors import NotFound
from bot.ports.alert_store import AlertStore
from bot.ports.attention_store import DigestStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.clock import Clock
from bot.ports.feed_store import FeedStore
from bot.ports.triage_store import VerdictStore
from bot.services.catalog import Catalog
from bot.services.reporting import feed_health
from bot.services.rounds import build_notices, go_round, look_every
from bot.services.routing import find_watcher, load_watchers, watched_ids

_EVERY_SECONDS = 20.0
_FIRST_LOOK_BACK = timedelta(days=1)

log = structlog.get_logger(__name__)


class DigestingStore(DigestStore, FeedStore, AlertStore, SubscriptionStore, VerdictStore, Protocol):
    """The part of the store that digests need."""


class Digests:
    """Sends digests when they are due. `on_messages` is called after some were put into the outbox."""

    def __init__(
        self, store: DigestingStore, catalog: Catalog, clock: Clock, *, on_messages: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock
        self._on_messages = on_messages

    async def run(self) -> None:
        """Looks three times a minute until cancelled."""
        await look_every(_EVERY_SECONDS, self.send_due, self._on_messages, self._clock, failed="digests_failed")

    async def send_due(self) -> int:
        """Queues the digests that are due; how many. The first of a chat comes at its first hour after it began.

        A paused chat gets its digest when it goes on. Raises StoreError; what was queued before stays queued.
        """
        now = self._clock.now()
        watchers = (await load_watchers(self._store, self._catalog)).by_key.values()
        marks = await self._store.list_digest_marks()
        return await go_round(watchers, marks, self._store.begin_digests, self._send_if_due, now)

    async def _send_if_due(self, watcher: Watcher, mark: DigestMark, now: datetime) -> bool:
        destination, digest = watcher.destination, watcher.digest
        day = digest.find_due(watcher.zone, mark, now) if digest else None
        if day is None:
            return False
        with speaking(watcher.language):
            contents, parts = await _build(self._store, self._catalog, watcher, mark, now)
            question = await self._find_question(destination, contents.since, day)
            if watcher.attention.settings.discreet:  # no headline where a screen is looked at by others
                parts, question = (hide_digest(parts[0], has_stories=bool(contents.alerts)),), None
            if question:
                parts = (*parts[:-1], with_question(parts[-1], question))
        messages = build_notices(f"digest:{destination.key}:{day.isoformat()}", watcher, parts, now)
        done = await self._store.record_digest(destination, day, contents, messages)
        if done:
            log.info("digest_queued", destination=destination.key, stories=len(contents.alerts))
        if done and question:
            await self._store.record_question(destination.key, question.alert.id, now)
        return done

    async def _find_question(self, destination: Destination, since: datetime, day: date) -> AlertView | None:
        """The alert that a digest asks about: one of those since the last one that nobody rated."""
        unrated = await self._store.list_unrated(destination.key, since)
        chosen = choose_question(unrated, destination.key, day)
        return await self._store.get_alert(chosen, destination.key) if chosen else None


async def build_digest_now(
    store: DigestingStore, catalog: Catalog, destination: Destination, now: datetime
) -> tuple[Message, ...]:
    """The digest of a chat as it would be at this moment; the regular one is sent all the same."""
    watcher = await find_watcher(store, catalog, destination)
    marks = await store.list_digest_marks()
    mark = marks.get(destination.key, DigestMark(now - _FIRST_LOOK_BACK))
    _, parts = await _build(store, catalog, watcher, mark, now, asked_for=True)
    return parts


async def find_next_digest(store: DigestingStore, watcher: Watcher, now: datetime) -> datetime | None:
    """When the next digest of a chat comes; None where it wants none or watches nothing."""
    if watcher.digest is None or not watcher.least:
        return None
    marks = await store.list_digest_marks()
    return watcher.digest.next_at(watcher.zone, marks.get(watcher.destination.key, DigestMark(now)), now)


async def list_told(
    store: DigestingStore, catalog: Catalog, destination: Destination, message: str = ""
) -> tuple[tuple[AlertView, ...], frozenset[str]]:
    """The stories of the digest that is `message`, or of the last one, by their numbers; and the lists watched."""
    ids = await store.list_digest_alerts(destination.key, message)
    views = [await store.get_alert(one, destination.key) for one in ids]
    return tuple(views), await watched_ids(store, catalog, destination)


async def find_digest_card(
    store: DigestingStore, catalog: Catalog, destination: Destination, number: int, message: str = ""
) -> Message:
    """The card of a story by its number in the digest that is `message`, or in the last one. Raises NotFound."""
    alerts = await store.list_digest_alerts(destination.key, message)
    if not 1 <= number <= len(alerts):
        cure = tr("Only the last digest is kept.")
        if alerts:
            cure = trn("It has {count} story.", "It has {count} stories.", len(alerts))
        raise NotFound(tr("There is no story {number} in that digest.", number=number), cure)
    return await build_told_card(store, catalog, destination, alerts[number - 1])


async def build_told_card(store: DigestingStore, catalog: Catalog, destination: Destination, alert_id: str) -> Message:
    """The card of a story that a digest told of. Raises NotFound."""
    view = await store.get_alert(alert_id, destination.key)
    watcher = await find_watcher(store, catalog, destination)
    watched = watcher.heard_lists(all_matches(view))
    if not ringing(all_matches(view), watched):
        raise NotFound(
            tr("{alert} rings on no list of this chat any more.", alert=view.alert.id),
            tr("/full {id} shows it.", id=view.alert.id),
        )
    return build_card(view, destination, watched)


async def _build(
    store: DigestingStore,
    catalog: Catalog,
    watcher: Watcher,
    mark: DigestMark,
    now: datetime,
    *,
    asked_for: bool = False,
) -> tuple[DigestContents, tuple[Message, ...]]:
    watched = frozenset(watcher.least)
    contents = await store.read_digest(watcher.destination.key, mark, watched, now)
    heard = tuple(
        view for view in contents.alerts if ringing(all_matches(view), watcher.heard_lists(all_matches(view)))
    )
    contents = replace(contents, alerts=heard)
    shown = [view for section in arrange(contents.alerts, watched) for view in section.alerts]
    contents = replace(contents, alerts=(*shown, *(view for view in contents.alerts if view not in shown)))
    around = build_surroundings(await store.list_feeds(), catalog, watcher)
    return contents, build_digest(contents, watcher.destination, watched, around, asked_for=asked_for)


def build_surroundings(statuses: Sequence[FeedStatus], catalog: Catalog, watcher: Watcher) -> Surroundings:
    """The watched lists, how well they hear in each language, and how all feeds are."""
    watchlists = [one for one in catalog.seen_from(watcher.destination.key).watchlists if one.id in watcher.least]
    health = feed_health(statuses)
    return Surroundings(
        lists={one.id: one.title for one in watchlists},
        hearing={one.id: measure_hearing(one, statuses) for one in watchlists},
        problems=tuple(
            (status.feed.outlet, _problem_words(status, watcher.zone))
            for status in statuses
            if status.feed.enabled and is_troubled(status)
        ),
        feeds=health.total,
        healthy=health.healthy,
    )


def _problem_words(status: FeedStatus, zone: ZoneInfo) -> str:
    pulse, state = status.pulse, status.state
    if pulse is not None and pulse.told is not Health.OK:
        return f"{pulse.told.words} ({tr('since {time}', time=short_time(pulse.since, zone))})"
    since = f" ({tr('since {time}', time=short_time(state.problem_since, zone))})" if state.problem_since else ""
    return tr("cannot be read") + since
