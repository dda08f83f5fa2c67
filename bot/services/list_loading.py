"""The lists made in chats as they are in use: read again with the groups of the folder, told of where they break."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.audit import ITSELF, Action, AuditEntry, Subject
from bot.domain.chat_lists import ChatList, Version
from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import retold, speaking, tr
from bot.domain.messages import isolate, plain_message
from bot.matching.validation import find_problems
from bot.matching.watchlist import Watchlist
from bot.ports.chat_store import AuditStore, SubscriptionStore
from bot.ports.clock import Clock
from bot.ports.list_store import WatchlistStore
from bot.ports.watchlist_texts import WatchlistTexts
from bot.sentences import joined
from bot.services.catalog import Catalog
from bot.services.chat_settings import find_chat_language

FROM_FILE = "file"
_LIST_ID = re.compile(r"[a-z0-9-]{1,40}")
log = structlog.get_logger(__name__)


class LoadingStore(WatchlistStore, AuditStore, SubscriptionStore, Protocol):
    """The part of the store that keeping the lists up needs."""


async def keep_up(
    store: LoadingStore,
    catalog: Catalog,
    texts: WatchlistTexts,
    clock: Clock,
    *,
    other_owner: Destination | None = None,
) -> None:
    """After the lists of the folder came into use: keeps their versions, and renews the lists made in chats.

    Those may use word groups of the folder. A chat whose list cannot be read any more is told once, and so is the
    owner, `other_owner` where routes.yaml names none.
    """
    await record_file_versions(store, catalog, texts, clock.now())
    await load_chat_lists(store, catalog, texts)
    await _tell_faults(store, catalog, catalog.routes.owner_destination or other_owner, clock.now())


async def load_chat_lists(store: WatchlistStore, catalog: Catalog, texts: WatchlistTexts) -> None:
    """Takes the lists made in chats into use as the store has them, with the word groups of the folder as they are."""
    await catalog.use_chat_lists([await _read_again(one, texts) for one in await store.list_chat_lists()])


async def _read_again(made: ChatList, texts: WatchlistTexts) -> ChatList:
    """The list with the shared groups it uses as they are today; with its fault where they or its words do not do."""
    if made.removed:
        return made
    if any("." in group.name for group in made.watchlist.groups):
        read = await asyncio.to_thread(texts.read, made.version.yaml, made.id)
        if not read.problems and [one.id for one in read.watchlists] == [made.id]:
            made = replace(made, version=replace(made.version, content=read.watchlists[0]))
        elif read.problems:
            first = read.problems[0]
            made = replace(made, fault=joined(first.reason, first.cure))
    problems = find_problems(made.watchlist)
    if problems:
        return replace(made, fault=joined(problems[0].cause, problems[0].cure), works=False)
    return made


async def record_file_versions(store: WatchlistStore, catalog: Catalog, texts: WatchlistTexts, now: datetime) -> None:
    """Keeps the form of every list that stands in a file, so that an edit can be compared with what ran before it."""
    versions = [
        Version(one.id, 0, 0, await text_of(catalog, texts, one), one, FROM_FILE, "", now)
        for one in catalog.loaded.watchlists
    ]
    await store.record_file_versions(versions)


async def text_of(catalog: Catalog, texts: WatchlistTexts, watchlist: Watchlist) -> str:
    """The YAML of a list: as its author wrote it, or as it stands in its file."""
    place = catalog.loaded.find_place(watchlist.id)
    made = next((one for one in catalog.chat_lists if one.id == watchlist.id and not one.removed), None)
    if made is not None and place is None:
        return made.version.yaml
    file = await asyncio.to_thread(texts.find_file, place.path) if place else None
    return file.text if file else await asyncio.to_thread(texts.write, watchlist)


async def find_lost(store: WatchlistStore, catalog: Catalog, text: str, destination_key: str) -> Version | None:
    """The last version of a list that has this id and is not there any more; None for words that name none.

    What another chat has or had stays its own affair.
    """
    list_id = text.strip().casefold()
    if not _LIST_ID.fullmatch(list_id) or catalog.find(list_id) or catalog.is_hidden(list_id, destination_key):
        return None
    return next(iter(await store.list_watchlist_versions(list_id)), None)


async def _tell_faults(store: LoadingStore, catalog: Catalog, owner: Destination | None, now: datetime) -> None:
    """One notice to the chat of a list that cannot be read any more, one to the owner, and one when it is cured."""
    standing = await store.list_standing(Subject.WATCHLIST, ITSELF)
    told = {entry.subject_id: entry.version for entry in standing}
    entries = list(_find_news(told, catalog.chat_lists, now))
    if not entries:
        return
    made = {one.id: one for one in catalog.chat_lists}
    keys = {entry.destination for entry in entries}
    chats = {one.key: one for one in await store.list_destinations(sorted(keys))}
    notices = []
    for entry in entries:
        log.warning("chat_list_fault", watchlist=entry.subject_id, action=entry.action.value, reason=entry.detail)
        for destination in _listeners(chats.get(entry.destination), owner):
            with speaking(await find_chat_language(store, destination.key)):
                text = _notice(made[entry.subject_id], own=destination.key == entry.destination)
            key = f"fault:{entry.subject_id}:{now.isoformat()}:{destination.key}"
            notices.append(OutgoingMessage(key, destination, plain_message(text), urgency=Urgency.NOTICE))
    await store.record_changes(entries, notices, now)


def _find_news(told: Mapping[str, str], made: Sequence[ChatList], now: datetime) -> Iterator[AuditEntry]:
    """The faults that were not told yet, and the lists that have none any more."""
    for one in made:
        if one.fault and not one.removed:
            version = f"{one.version.number} {'held' if one.works else 'stopped'}"
            if told.get(one.id) != version:
                yield _entry(one, Action.REFUSED, now, detail=one.fault, version=version)
        elif one.id in told:
            yield _entry(one, Action.CURED, now)


def _entry(made: ChatList, action: Action, now: datetime, *, detail: str = "", version: str = "") -> AuditEntry:
    return AuditEntry(
        now, ITSELF, action, Subject.WATCHLIST, made.id, destination=made.destination, detail=detail, version=version
    )


def _listeners(chat: Destination | None, owner: Destination | None) -> list[Destination]:
    both = {one.key: one for one in (chat, owner) if one is not None}
    return list(both.values())


def _notice(made: ChatList, *, own: bool) -> str:
    """What is told of a list: to its chat, and to the owner, who may have renamed a word group."""
    names = {"list": made.id, "reason": isolate(retold(made.fault)), "owner": isolate(made.owner_name or made.owner)}
    if made.removed or not made.fault:
        return tr("✅ The list {list} is in use as it stands again.", **names)
    if own and made.works:
        return tr("⚠️ Your list {list} runs as it was before: {reason} /edit {list}", **names)
    if own:
        return tr("⚠️ Your list {list} does not work any more: {reason} /edit {list}", **names)
    if made.works:
        return tr("⚠️ The list {list}, made in a chat by {owner}, runs as it was before: {reason}", **names)
    return tr("⚠️ The list {list}, made in a chat by {owner}, does not work any more: {reason}", **names)
