"""Watchlists made and changed in chats: proposals with what they would change, putting them into use, and undoing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import unified_diff
from typing import Protocol

from bot.domain.backtests import DEFAULT_DAYS, Replay, RuleDiff, compare
from bot.domain.chat_lists import ChatList, Draft, Version, build_list_id
from bot.domain.chats import Destination, Person
from bot.domain.language import tr
from bot.errors import Conflict, Forbidden, NotFound, TocsinError
from bot.matching.watchlist import Watchlist
from bot.ports.alert_store import ArchiveStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.feed_store import FeedStore
from bot.ports.list_store import ReplayStore, WatchlistStore
from bot.ports.replayer import Replayer
from bot.ports.watchlist_texts import WatchlistTexts
from bot.services.backtesting import as_sending, replay_archive
from bot.services.catalog import Catalog
from bot.services.list_loading import load_chat_lists, text_of
from bot.services.list_texts import NEW_LIST, ReadList, query_words

_BEFORE = "before"
# Seconds. A hundred thousand items take less than ten, but tests wait for each other.
LONGEST_TEST = 120.0


class EditingStore(WatchlistStore, ReplayStore, ArchiveStore, FeedStore, SubscriptionStore, Protocol):
    """The part of the store that editing needs."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edited form of a known list, with what it changes over the archive.

    A list made in the chat has the version it was made from in `based_on`. One that stands in a `file` is changed
    there, with `patch`.
    """

    read: ReadList
    before: Watchlist
    replay: Replay
    diff: RuleDiff
    based_on: int = 0
    file: str = ""
    patch: str = ""


def build_patch(before: str, after: str, name: str) -> str:
    """A unified diff that `git apply` and `patch -p1` understand; empty where nothing differs."""
    rows = unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
    return "\n".join(rows)


def taken_ids(catalog: Catalog) -> frozenset[str]:
    """Every id that a new list may not have."""
    return frozenset(
        (*(one.id for one in catalog.loaded.watchlists), *(one.id for one in catalog.chat_lists), NEW_LIST, _BEFORE)
    )


class ListEditor:
    """Changes watchlists on behalf of people in chats."""

    def __init__(self, store: EditingStore, catalog: Catalog, texts: WatchlistTexts, replayer: Replayer) -> None:
        self._store = store
        self._catalog = catalog
        self._texts = texts
        self._replayer = replayer

    async def text_of(self, watchlist: Watchlist) -> str:
        """The YAML of a list: as its author wrote it, or as it stands in its file."""
        return await text_of(self._catalog, self._texts, watchlist)

    def file_of(self, watchlist: Watchlist) -> str:
        """The name of the file that a list stands in; empty for one made in a chat."""
        place = self._catalog.loaded.find_place(watchlist.id)
        return place.path.replace("\\", "/").rsplit("/", 1)[-1] if place else ""

    def get_own_list(self, watchlist: Watchlist) -> ChatList:
        """The list as its chat made it. Raises Forbidden for one that stands in a file."""
        made = self._find_made(watchlist)
        if made is None:
            name = self.file_of(watchlist) or tr("a file")
            raise Forbidden(
                tr("{id} stands in {name} and is changed there.", id=watchlist.id, name=name),
                tr("/edit {id} answers an edited text with a patch for it.", id=watchlist.id),
            )
        return made

    def _find_made(self, watchlist: Watchlist) -> ChatList | None:
        """The list as its chat made it, also where it does not work."""
        for made in self._catalog.chat_lists:
            if made.id == watchlist.id and not made.removed and not self._catalog.loaded.find_place(made.id):
                return made
        return None

    async def propose(self, read: ReadList, destination: Destination, now: datetime) -> Proposal | None:
        """What an edited list changes; None for a list that is new.

        Raises Conflict for an id that is taken by a list the chat may not see, or that had it before.
        """
        seen = self._catalog.seen_from(destination.key).watchlists
        before = next((one for one in seen if one.id == read.watchlist.id), None)
        broken = self._catalog.find_broken_list(read.watchlist.id, destination.key)
        if broken is not None:  # it fires on nothing, and what it said cannot be compiled
            before = replace(broken.watchlist, groups=(), rules=(), excludes=(), escalations=())
        if before is None:
            self._refuse_taken(read.watchlist.id)
            return None
        replay = await self._replay([replace(before, id=_BEFORE), read.watchlist], destination, now, DEFAULT_DAYS)
        diff = await asyncio.to_thread(compare, replay, _BEFORE, read.watchlist.id)
        made = self._find_made(before)
        if made is not None:
            return Proposal(read, before, replay, diff, made.version.number)
        name = self.file_of(before) or f"{before.id}.yaml"
        patch = build_patch(await self.text_of(before), read.yaml, name)
        return Proposal(read, before, replay, diff, file=name, patch=patch)

    async def test(self, watchlist: Watchlist, destination: Destination, now: datetime, days: int) -> Replay:
        """The archive replayed through one list, as if it were in use."""
        return await self._replay([as_sending(watchlist)], destination, now, days)

    async def _replay(
        self, watchlists: Sequence[Watchlist], destination: Destination, now: datetime, days: int
    ) -> Replay:
        try:
            async with asyncio.timeout(LONGEST_TEST):
                return await replay_archive(
                    self._store,
                    self._replayer,
                    watchlists,
                    now=now,
                    days=days,
                    others=self._catalog.seen_from(destination.key).watchlists,
                    near_misses=len(watchlists) == 1,
                )
        except TimeoutError:
            raise TocsinError(
                tr(
                    "The test of {days} days took longer than {seconds:.0f} s, and I gave up.",
                    days=days,
                    seconds=LONGEST_TEST,
                ),
                tr("Test fewer days, like 7d, or use `tocsin backtest`."),
            ) from None

    async def watch_draft(self, draft: Draft, person: Person, now: datetime) -> ChatList:
        """Makes the list of a draft and watches it in the draft's chat. Raises Conflict."""
        list_id, yaml, content = draft.content.id, draft.yaml, draft.content
        if list_id == NEW_LIST:
            list_id = build_list_id(query_words(draft.query or draft.content.title), taken_ids(self._catalog))
            content = replace(draft.content, id=list_id)
            yaml = await asyncio.to_thread(self._texts.write, content)
        elif draft.used_at is None:
            self._refuse_taken(list_id)
        made = await self._store.add_chat_list(_by(replace(draft, yaml=yaml, content=content), person), list_id, now)
        await load_chat_lists(self._store, self._catalog, self._texts)
        return made

    async def apply_draft(self, draft: Draft, person: Person, now: datetime) -> Version:
        """Puts an edited list into use. Raises Conflict if it was changed meanwhile, NotFound if it is gone."""
        version = await self._store.add_version(_by(draft, person), now)
        await load_chat_lists(self._store, self._catalog, self._texts)
        return version

    async def undo(self, watchlist: Watchlist, person: Person, now: datetime) -> Version:
        """Puts the version before the present one into use. Raises NotFound, or Forbidden for a list of a file."""
        self.get_own_list(watchlist)
        version = await self._store.undo_version(watchlist.id, person.key, person.name, now)
        await load_chat_lists(self._store, self._catalog, self._texts)
        return version

    async def patch_back(self, watchlist: Watchlist) -> tuple[Version, str]:
        """The last version of a file's list that said something else, and the patch that brings it back.

        Raises NotFound if there is none.
        """
        for version in await self._store.list_watchlist_versions(watchlist.id):
            if version.content != watchlist:
                patch = build_patch(await self.text_of(watchlist), version.yaml, self.file_of(watchlist))
                return version, patch
        raise NotFound(tr("{id} has no earlier version.", id=watchlist.id))

    async def remove(self, watchlist: Watchlist, person: Person, now: datetime) -> None:
        """Takes a list that the chat made out of use. Raises NotFound, or Forbidden for a list of a file."""
        self.get_own_list(watchlist)
        await self._store.remove_chat_list(watchlist.id, person.key, person.name, now)
        await load_chat_lists(self._store, self._catalog, self._texts)

    def _refuse_taken(self, list_id: str) -> None:
        if list_id in taken_ids(self._catalog):
            raise Conflict(tr("The id “{list}” is taken.", list=list_id), tr("Choose another id."))


def _by(draft: Draft, person: Person) -> Draft:
    return replace(draft, author=person.key, author_name=person.name)
