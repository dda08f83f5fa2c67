"""Keeps up with the watchlist folder: what was saved comes into use, a mistake stops nothing and is told once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Protocol

import structlog

from bot.domain.audit import FILES, Action, AuditEntry, Subject, compare_versions
from bot.domain.chats import Destination
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import speaking
from bot.domain.reloads import (
    Effect,
    FileTrouble,
    build_trouble_notice,
    changed_lists,
    file_name,
    find_news,
    group_by_file,
    keep_last_good,
    merge_troubles,
    short_words,
)
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.matcher import Matcher
from bot.matching.watchlist import Watchlist
from bot.ports.chat_store import AuditStore, SubscriptionStore
from bot.ports.clock import Clock
from bot.ports.feed_store import FeedStore
from bot.ports.watchlist_folder import FolderContents, WatchlistFolder
from bot.services.catalog import Catalog
from bot.services.chat_settings import find_chat_language
from bot.services.checking import ExampleFailure, check_examples
from bot.services.feed_sync import sync_feeds
from bot.services.list_notices import build_list_notices

_GROUPS_FILE = "groups.yaml"
_ROUTES_FILE = "routes.yaml"

log = structlog.get_logger(__name__)


class ReloadingStore(AuditStore, FeedStore, SubscriptionStore, Protocol):
    """The part of the store that reloading needs."""


class Reloading:
    """Brings edits of the folder into use. One for the whole service.

    Whom `find_other_owner` names is told of mistakes where routes.yaml names no owner. `takes_feeds` is
    false where the feeds do not come from the folder. `on_notices` is called after a notice was put into the outbox,
    `follow_up` after the lists of the folder came into use.
    """

    def __init__(
        self,
        store: ReloadingStore,
        catalog: Catalog,
        folder: WatchlistFolder,
        clock: Clock,
        *,
        find_other_owner: Callable[[], Destination | None] = lambda: None,
        takes_feeds: bool = True,
        on_notices: Callable[[], None] = lambda: None,
        follow_up: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._folder = folder
        self._clock = clock
        self._find_other_owner = find_other_owner
        self._takes_feeds = takes_feeds
        self._on_notices = on_notices
        self._follow_up = follow_up
        self._logged: frozenset[str] | None = None
        self._examples: dict[str, tuple[Watchlist, tuple[ExampleFailure, ...]]] = {}

    async def run(self) -> None:
        """Reloads whenever something was saved, until cancelled. First it looks at what changed before it began.

        Raises StoreError when the store refuses; nothing is lost by starting it again.
        """
        await self.reload()
        async for _ in self._folder.changes():
            await self.reload()

    async def follow_files(self) -> None:
        """Brings into use what was saved, until cancelled, where another process records and tells it."""
        async for _ in self._folder.changes():
            await self._use(await self._folder.read())

    async def follow_chats(self) -> None:
        """Brings into use what was changed in chats."""
        if self._follow_up is not None:
            await self._follow_up()

    async def _use(self, contents: FolderContents) -> WatchlistCatalog:
        """Brings what is good in the folder into use, all at once; its lists that run now."""
        routes = self._catalog.routes
        present = keep_last_good(self._catalog.loaded, contents.catalog)
        held = contents.route_problems or contents.catalog.is_lost
        await self._catalog.change(present, routes if held else contents.routes)
        await self.follow_chats()
        return present

    async def reload(self) -> None:
        """Reads the folder, brings what is good in it into use, records what changed and tells of mistakes."""
        contents = await self._folder.read()
        running, lost = self._catalog.loaded, contents.catalog.is_lost
        present = await self._use(contents)
        now = self._clock.now()
        if self._takes_feeds and not lost:
            await sync_feeds(self._store, contents.feeds, faulty=bool(contents.feed_problems), now=now)
        await self._store.record_destinations([one.target.destination for one in self._catalog.routed])
        failures = await asyncio.to_thread(self._check_examples, present, self._catalog.matcher)
        troubles = merge_troubles([*_find_file_troubles(contents, present), *_find_example_troubles(failures)])
        self._log(contents, [watchlist.id for watchlist in changed_lists(running, present)])
        await self._record(contents, present, troubles, now)

    def _check_examples(self, present: WatchlistCatalog, matcher: Matcher) -> tuple[ExampleFailure, ...]:
        """The failing examples of every list; a list that did not change is not run again."""
        results = {}
        for watchlist in present.watchlists:
            known = self._examples.get(watchlist.id)
            if known is None or known[0] is not watchlist:
                alone = WatchlistCatalog((watchlist,), places=present.places)
                known = watchlist, check_examples(alone, matcher)
            results[watchlist.id] = known
        self._examples = results
        return tuple(failure for _, failures in results.values() for failure in failures)

    def _log(self, contents: FolderContents, changed: list[str]) -> None:
        problems = frozenset(str(problem) for problem in contents.problems)
        if self._logged is not None:
            log.info("watchlists_reloaded", changed=changed, lists=len(self._catalog.watchlists))
            for problem in sorted(problems - self._logged):
                log.warning("file_refused", reason=problem)
        # What was wrong when the program started is in its log already.
        self._logged = problems

    async def _record(
        self, contents: FolderContents, present: WatchlistCatalog, troubles: list[FileTrouble], now: datetime
    ) -> None:
        """Enters what changed, and tells of troubles that are new or over."""
        told = await self._list_versions(Subject.FILE)
        new, cured = find_news(told, troubles)
        changes = await self._compare(contents, present, now)
        entries = [*changes, *_trouble_entries(new, cured, now)]
        for name in cured:
            log.info("file_cured", file=name)
        owner = self._catalog.routes.owner_destination or self._find_other_owner()
        notices: list[OutgoingMessage] = []
        if owner is not None and (new or cured):
            key = f"files:{now.isoformat()}"
            with speaking(await find_chat_language(self._store, owner.key)):
                notice = build_trouble_notice(new, cured)
            notices.append(OutgoingMessage(key, owner, notice, urgency=Urgency.NOTICE))
        elif new:
            log.warning("nobody_told", cure="Name an owner in routes.yaml or set TOCSIN_OWNER.")
        if changes:
            known = await self._list_versions(Subject.WATCHLIST)
            notices += build_list_notices(
                changes,
                await self._store.list_subscriptions(),
                self._catalog.chat_lists,
                first_time=not known,
                settings={key: one.settings for key, one in (await self._store.list_attention()).items()},
            )
        if entries:
            await self._store.record_changes(entries, notices, now)
        if notices:
            self._on_notices()

    async def _compare(self, contents: FolderContents, present: WatchlistCatalog, now: datetime) -> list[AuditEntry]:
        """What was added, changed and removed since the last entries, also while nothing ran."""
        lists = await self._list_versions(Subject.WATCHLIST)
        versions, details = {}, {}
        for watchlist in present.watchlists:
            path = present.places[watchlist.id][""].path
            held = watchlist.id in present.outdated
            versions[watchlist.id] = lists.get(watchlist.id, "") if held else contents.versions.get(path, "")
            details[watchlist.id] = file_name(path)
        entries = [*compare_versions(lists, versions, subject=Subject.WATCHLIST, details=details, now=now)]
        for name, subject in ((_GROUPS_FILE, Subject.GROUPS), (_ROUTES_FILE, Subject.ROUTES)):
            known = await self._list_versions(subject)
            read = {file_name(path): version for path, version in contents.versions.items()}
            held = any(file_name(problem.path) == name for problem in contents.problems) or contents.catalog.is_lost
            there = known if held else {name: read[name]} if name in read else {}
            entries += compare_versions(known, there, subject=subject, details={}, now=now)
        return entries

    async def _list_versions(self, subject: Subject) -> dict[str, str]:
        """The versions that were entered last, by the subject's id."""
        return {entry.subject_id: entry.version for entry in await self._store.list_standing(subject, FILES)}


def _find_file_troubles(contents: FolderContents, present: WatchlistCatalog) -> Iterator[FileTrouble]:
    held = {present.places[list_id][""].path for list_id in present.outdated}
    for path, problems in group_by_file(contents.problems).items():
        effect = Effect.HELD if path in held else _find_effect(path, problems, contents)
        yield FileTrouble(file_name(path), effect, tuple(short_words(problem) for problem in problems))


def _find_effect(path: str, problems: tuple[WatchlistError, ...], contents: FolderContents) -> Effect:
    """What problems in a file mean of which nothing ran before."""
    checks = (
        (path in contents.catalog.unusable or path.endswith(".yml"), Effect.UNUSED),
        (all(problem in contents.crossing for problem in problems), Effect.NAMES),
        (problems[0] in contents.feed_problems, Effect.FEEDS),
        (any(problem in contents.route_problems for problem in problems), Effect.ROUTES),
        (file_name(path) == _GROUPS_FILE, Effect.GROUPS),
    )
    return next((effect for applies, effect in checks if applies), Effect.NOTHING)


def _find_example_troubles(failures: tuple[ExampleFailure, ...]) -> Iterator[FileTrouble]:
    by_file: dict[str, list[str]] = {}
    for failure in failures:
        if failure.place is not None:
            name = file_name(failure.place.path)
            by_file.setdefault(name, []).append(str(failure).replace(failure.place.path, name, 1))
    for name, mistakes in by_file.items():
        yield FileTrouble(name, Effect.EXAMPLES, tuple(mistakes))


def _trouble_entries(new: tuple[FileTrouble, ...], cured: tuple[str, ...], now: datetime) -> Iterator[AuditEntry]:
    for trouble in new:
        yield AuditEntry(
            now,
            FILES,
            Action.REFUSED,
            Subject.FILE,
            trouble.name,
            detail=trouble.mistakes[0],
            version=trouble.effect.value,
        )
    for name in cured:
        yield AuditEntry(now, FILES, Action.CURED, Subject.FILE, name)
