"""Brings back what ran before a restart from watchlist files that have mistakes now."""

from dataclasses import replace
from typing import Protocol

import structlog

from bot.domain.audit import FILES, Subject
from bot.domain.reloads import file_name
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.matching.validation import find_problems
from bot.ports.chat_store import AuditStore
from bot.ports.list_store import WatchlistStore

log = structlog.get_logger(__name__)


class RestoringStore(AuditStore, WatchlistStore, Protocol):
    """The part of the store that restoring needs."""


async def restore_last_good(store: RestoringStore, loaded: WatchlistCatalog) -> WatchlistCatalog:
    """`loaded` with the last good version of every list whose file cannot be used, as far as the store has one."""
    paths = {file_name(path): path for path in loaded.unusable}
    lists = {watchlist.id: watchlist for watchlist in loaded.watchlists}
    places, outdated = dict(loaded.places), set(loaded.outdated)
    for entry in await store.list_standing(Subject.WATCHLIST, FILES):
        path = paths.get(entry.detail)
        if path is None or entry.subject_id in lists:
            continue
        versions = await store.list_watchlist_versions(entry.subject_id)
        if versions and not find_problems(versions[0].content):
            lists[entry.subject_id] = versions[0].content
            places[entry.subject_id] = {"": Place(path, 1, 1)}
            outdated.add(entry.subject_id)
            log.warning("last_good_version_restored", watchlist=entry.subject_id, file=path)
    ordered = sorted(lists.values(), key=lambda one: places[one.id][""].path)
    return replace(loaded, watchlists=tuple(ordered), places=places, outdated=frozenset(outdated))
