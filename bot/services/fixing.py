"""Finding, applying, refusing and undoing fixes: changes of a watchlist that follow from what people said of alerts."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alerts import AlertView, Report
from bot.domain.chat_lists import Draft
from bot.domain.chats import Destination, Person
from bot.domain.fixes import (
    ENOUGH,
    KINDS,
    LOOK_BACK,
    PROPOSED_FOR,
    REFUSED_FOR,
    UNDO_WITHIN,
    Change,
    Cost,
    Evidence,
    Fix,
    FixKind,
    FixState,
    choose,
    exclude_word,
    find_context,
    find_words,
    leave_out,
    lower,
    measure,
    mention_only,
    require_place,
    require_word,
    split_rated,
)
from bot.domain.language import tr
from bot.domain.precision import RatedAlert
from bot.errors import Conflict, NotFound
from bot.matching.records import Document
from bot.matching.tokens import folded_words
from bot.matching.watchlist import Group, Watchlist
from bot.ports.alert_store import AlertStore, ArchiveStore
from bot.ports.list_store import WatchlistStore
from bot.ports.triage_store import FixStore, VerdictStore
from bot.ports.watchlist_texts import WatchlistTexts
from bot.services.catalog import Catalog
from bot.services.documents import document_for
from bot.services.list_changes import write_change
from bot.services.list_editing import ListEditor, build_patch
from bot.services.list_texts import ReadList, RefusedText, read_list

# A word that stands in more of the other items says nothing about the meaning.
_COMMON_SHARE = 0.05
_MOST_RATED = 400
_MOST_TRIED = 8
_PLACES = "geo."
_STORY_LIFE = timedelta(days=14)
# Jaccard's index of the headlines' words.
_LIKE = 0.3
_LEAST_LETTERS = 4


class FixingStore(FixStore, VerdictStore, ArchiveStore, WatchlistStore, Protocol):
    """The part of the store that fixes need."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix put into use; for a list that stands in a `file`, the `patch` for it, and nothing was changed."""

    fix: Fix
    file: str = ""
    patch: str = ""


@dataclass(frozen=True, slots=True)
class Fixer:
    """Works with the lists that one chat may see."""

    store: FixingStore
    catalog: Catalog
    texts: WatchlistTexts
    editor: ListEditor

    async def find_fix(
        self, watchlist: Watchlist, reason: str, destination: Destination, now: datetime, *, least: int = ENOUGH
    ) -> Fix | None:
        """The best fix of a list for one reason, kept so that its buttons find it.

        None while fewer than `least` alerts were found wrong for it, where nothing helps without costing useful
        alerts, and where somebody refused it. What was proposed lately is not proposed again unless somebody asks for
        it, which a small `least` says.
        """
        kinds = KINDS.get(reason, ())
        known = await self.store.list_fixes(destination.key, watchlist.id)
        if least >= ENOUGH and any(one.kind in kinds and _is_on_the_table(one, now) for one in known):
            return None
        rated = await self.store.list_rated(now - LOOK_BACK, watchlist.id, _MOST_RATED)
        bad, useful = split_rated(rated, reason)
        if len(bad) < least:
            return None
        evidence = Evidence(_documents(bad, watchlist.id), _documents(useful, watchlist.id))
        changes = [change for kind in kinds for change in await self._list_changes(kind, watchlist, bad, evidence)]
        best = await asyncio.to_thread(_choose, changes, watchlist, evidence)
        if best is None:
            return None
        change, cost = best
        fix = Fix(destination.key, watchlist.id, change.kind, change.value, cost, now)
        is_refused = any(_is_refused(one, fix, now) for one in known)
        return None if is_refused else await self.store.record_fix(fix)

    async def _list_changes(
        self, kind: FixKind, watchlist: Watchlist, bad: Sequence[RatedAlert], evidence: Evidence
    ) -> list[Change]:
        match kind:
            case FixKind.EXCLUDE:
                terms = [term.text for group in watchlist.groups for term in group.terms]
                words = await self._rare(find_words(evidence, terms), evidence)
                return [exclude_word(watchlist, word) for word in words]
            case FixKind.CONTEXT:
                return _made(require_word(watchlist, word) for word in find_context(evidence)[:_MOST_TRIED])
            case FixKind.PLACE:
                return _made(require_place(watchlist, place) for place in self._places(watchlist))
            case FixKind.SOURCE:
                feeds = Counter(one.feed.id for alert in bad for one in _rung(alert, watchlist.id))
                return _made(leave_out(watchlist, feed) for feed, _ in feeds.most_common(_MOST_TRIED))
            case FixKind.MENTIONS:
                return _made([mention_only(watchlist)])
            case _:
                return _made([lower(watchlist)])

    async def _rare(self, words: Sequence[str], evidence: Evidence) -> list[str]:
        """Those of the words that few other items of the archive hold."""
        others = (await self.store.count_totals()).items - len(evidence.bad)
        rare: list[str] = []
        for word in words:
            if len(rare) >= _MOST_TRIED:
                break
            elsewhere = await self.store.count_matching_items([word.casefold()]) - len(evidence.bad)
            if elsewhere <= max(others * _COMMON_SHARE, 1):
                rare.append(word)
        return rare

    def _places(self, watchlist: Watchlist) -> list[Group]:
        """Word groups of places that the lists of the folder use and this one does not."""
        own = {name for exclude in watchlist.excludes for name in exclude.unless}
        groups = {group.name: group for one in self.catalog.loaded.watchlists for group in one.groups}
        return [group for name, group in sorted(groups.items()) if name.startswith(_PLACES) and name not in own]

    async def write_fix(self, fix: Fix, watchlist: Watchlist) -> ReadList:
        """The list's text with the fix in it. Raises NotFound where the list has changed too much for it."""
        change = self._build_change(fix, watchlist)
        before = await self.editor.text_of(watchlist)
        for text in (write_change(before, change), await asyncio.to_thread(self.texts.write, change.watchlist)):
            try:
                read = await read_list(self.texts, text, fix.watchlist) if text else None
            except RefusedText:
                continue
            if read is not None and _same(read.watchlist, change.watchlist):
                return read
        raise NotFound(
            tr("{watchlist} has changed since; that proposal does not fit any more.", watchlist=fix.watchlist)
        )

    def _build_change(self, fix: Fix, watchlist: Watchlist) -> Change:
        changes: list[Change | None] = []
        match fix.kind:
            case FixKind.EXCLUDE:
                changes = [exclude_word(watchlist, fix.value)]
            case FixKind.CONTEXT:
                changes = [require_word(watchlist, fix.value)]
            case FixKind.PLACE:
                changes = [require_place(watchlist, one) for one in self._places(watchlist) if one.name == fix.value]
            case FixKind.SOURCE:
                changes = [leave_out(watchlist, fix.value)]
            case FixKind.MENTIONS:
                changes = [mention_only(watchlist)]
            case FixKind.PRIORITY:
                lowered = lower(watchlist)
                changes = [lowered if lowered and lowered.value == fix.value else None]
        made = _made(changes)
        if not made:
            raise NotFound(
                tr("{watchlist} has changed since; that proposal does not fit any more.", watchlist=fix.watchlist)
            )
        return made[0]

    async def apply(self, fix: Fix, watchlist: Watchlist, person: Person, now: datetime) -> Applied:
        """Puts a fix into use, or writes it out for a list that stands in a file.

        Raises Conflict for one that is settled, NotFound where the list has changed too much for it.
        """
        if fix.state is not FixState.OPEN:
            raise Conflict(tr("That proposal was settled before."))
        read = await self.write_fix(fix, watchlist)
        name = self.editor.file_of(watchlist)
        if name:
            return Applied(fix, name, build_patch(await self.editor.text_of(watchlist), read.yaml, name))
        made = self.editor.get_own_list(watchlist)
        known, by = made.version.number, (person.key, person.name)
        draft = Draft(fix.destination, made.id, known, read.yaml, read.watchlist, *by, now)
        version = await self.editor.apply_draft(await self.store.record_draft(draft), person, now)
        await self.store.settle_fix(fix.id, FixState.APPLIED, version.number, now)
        return Applied(replace(fix, state=FixState.APPLIED, version=version.number, settled_at=now))

    async def refuse(self, fix: Fix, now: datetime) -> None:
        """Takes a fix off the table. Raises Conflict for one that is settled."""
        if fix.state is not FixState.OPEN:
            raise Conflict(tr("That proposal was settled before."))
        await self.store.settle_fix(fix.id, FixState.REFUSED, 0, now)

    async def undo(self, fix: Fix, watchlist: Watchlist, person: Person, now: datetime) -> None:
        """Takes an applied fix back within ten minutes. Raises Conflict later, or once the list was changed again."""
        late = fix.settled_at is None or now - fix.settled_at > UNDO_WITHIN
        if fix.state is not FixState.APPLIED or late:
            raise Conflict(
                tr("It is too late to undo that here."),
                tr("/edit {watchlist} undo takes the version back.", watchlist=fix.watchlist),
            )
        if self.editor.get_own_list(watchlist).version.number != fix.version:
            raise Conflict(
                tr("{watchlist} was changed since.", watchlist=fix.watchlist),
                tr("/edit {watchlist} versions shows how.", watchlist=fix.watchlist),
            )
        await self.editor.undo(watchlist, person, now)
        await self.store.settle_fix(fix.id, FixState.UNDONE, fix.version, now)


async def find_repeated(
    store: AlertStore, view: AlertView, destination: Destination, now: datetime
) -> AlertView | None:
    """The earlier alert of a chat whose headline is most like this one's, if one is like it: it may be one story."""
    words = _headline_words(view)
    best: tuple[float, AlertView] | None = None
    for one in await store.list_alerts(destination.key, now - _STORY_LIFE, _MOST_RATED):
        if one.story.key == view.story.key or one.alert.created_at > view.alert.created_at:
            continue
        others = _headline_words(one)
        likeness = len(words & others) / len(words | others) if words and others else 0.0
        if likeness >= _LIKE and (best is None or likeness > best[0]):
            best = likeness, one
    return best[1] if best else None


def _headline_words(view: AlertView) -> frozenset[str]:
    return frozenset(word for word in folded_words(view.story.headline) if len(word) >= _LEAST_LETTERS)


def _is_on_the_table(known: Fix, now: datetime) -> bool:
    return known.state is FixState.OPEN and now - known.at < PROPOSED_FOR


def _is_refused(known: Fix, fix: Fix, now: datetime) -> bool:
    """Whether somebody said no to the same fix not long ago."""
    is_same = (known.kind, known.value) == (fix.kind, fix.value)
    return is_same and known.state is FixState.REFUSED and now - (known.settled_at or known.at) < REFUSED_FOR


def _choose(changes: Sequence[Change], watchlist: Watchlist, evidence: Evidence) -> tuple[Change, Cost] | None:
    if not any(change.kind is FixKind.PRIORITY for change in changes):
        return choose(changes, watchlist, evidence)
    # A lower priority quietens the useful alerts as well; whether it is worth that is for people to say.
    return next(((change, cost) for change, cost in measure(changes, watchlist, evidence) if cost.bad_gone), None)


def _made(changes: Iterable[Change | None]) -> list[Change]:
    return [change for change in changes if change is not None]


def _rung(alert: RatedAlert, watchlist: str) -> list[Report]:
    """The reports of an alert that rang on a list."""
    return [
        report
        for report in alert.view.reports
        if any(match.rings and match.watchlist == watchlist for match in report.matches)
    ]


def _documents(alerts: Iterable[RatedAlert], watchlist: str) -> tuple[tuple[Document, ...], ...]:
    return tuple(tuple(document_for(one.item, one.feed) for one in _rung(alert, watchlist)) for alert in alerts)


def _same(read: Watchlist, wanted: Watchlist) -> bool:
    """Whether two lists say the same; in which order their groups stand does not matter."""
    return replace(read, groups=()) == replace(wanted, groups=()) and set(read.groups) == set(wanted.groups)
