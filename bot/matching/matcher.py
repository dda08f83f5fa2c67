"""The matcher: watchlists compiled once, documents in, matches with evidence out."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bot.matching.evidence import build_evidence
from bot.matching.expressions import Hits
from bot.matching.index import CompiledWatchlist, Index
from bot.matching.near_misses import find_near_misses
from bot.matching.records import Document, Match, NearMiss, Priority
from bot.matching.scanning import ChunkMemo, Scan
from bot.matching.sources import accepts
from bot.matching.watchlist import Mentions, Watchlist

# A match rings if its rule fires on the title and this many first words of the text alone.
LEAD_WORDS = 40


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hold back the cycle collector, which would walk a growing index again and again and find no cycle in it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Matcher:
    """A frozen set of compiled watchlists. Safe to read from many threads; an edit gives a new matcher."""

    def __init__(self, watchlists: tuple[Watchlist, ...], index: Index) -> None:
        self._watchlists = watchlists
        self._index = index
        self._memo = ChunkMemo(index.lexicon)
        self._ranks = {watchlist.id: rank for rank, watchlist in enumerate(watchlists)}

    @classmethod
    def build(cls, watchlists: Sequence[Watchlist]) -> "Matcher":
        """Compile watchlists. Raises QueryError or ConditionError for a list with problems (see `validation`)."""
        index = Index()
        with _collector_paused():
            for watchlist in watchlists:
                index.put(watchlist)
        index.lexicon.settle()
        return cls(tuple(watchlists), index)

    @property
    def watchlists(self) -> tuple[Watchlist, ...]:
        """The watchlists given, those that are off included."""
        return self._watchlists

    @property
    def size(self) -> int:
        """How many word groups and patterns are compiled: what editing back and forth must not let grow."""
        return self._index.size

    @property
    def remembered(self) -> int:
        """How many stretches of text the memo holds: bounded, whatever is read."""
        return len(self._memo)

    def updated(self, watchlists: Sequence[Watchlist]) -> "Matcher":
        """A matcher for other watchlists, made from this one: only rules that differ are compiled.

        Raises as `build` does; this matcher stays as it is either way.
        """
        old = {watchlist.id: watchlist for watchlist in self._watchlists}
        new = {watchlist.id: watchlist for watchlist in watchlists}
        with _collector_paused():
            index = self._index.copy()
            for watchlist_id in old.keys() - new.keys():
                index.drop(watchlist_id)
            for watchlist in watchlists:
                if old.get(watchlist.id) is not watchlist:
                    index.put(watchlist)
        index.lexicon.settle()
        return Matcher(tuple(watchlists), index)

    def match(self, document: Document) -> tuple[Match, ...]:
        """One match for every watchlist that fires on the document, loudest first."""
        return self._matches(self._look(document))

    def _matches(self, look: "_Look") -> tuple[Match, ...]:
        firing = self._index.firing(look.whole)
        if not firing:
            return ()
        head = look.head()
        matches = (self._match(self._index.watchlists[name], numbers, look, head) for name, numbers in firing.items())
        return tuple(sorted((match for match in matches if match), key=self._loudness))

    def explain(self, document: Document) -> tuple[NearMiss, ...]:
        """Why watchlists whose words occur in the document did not match, in the order of the watchlists."""
        return self.examine(document)[1]

    def examine(self, document: Document) -> tuple[tuple[Match, ...], tuple[NearMiss, ...]]:
        """What `match` and `explain` say of a document, at the price of one look."""
        look = self._look(document)
        matches = self._matches(look)
        if not look.whole.spots:
            return matches, ()
        matched = {match.watchlist for match in matches}
        silent = [
            self._index.watchlists[watchlist.id]
            for watchlist in self._watchlists
            if watchlist.id in self._index.watchlists and watchlist.id not in matched
        ]
        return matches, find_near_misses(silent, look.whole, look.scan, self._index)

    def _look(self, document: Document) -> "_Look":
        scan = Scan(document, self._index.lexicon, self._memo)
        return _Look(scan, Hits(self._index.atom_spots(scan), document))

    def _match(self, compiled: CompiledWatchlist, numbers: Sequence[int], look: "_Look", head: Hits) -> Match | None:
        """The match of a watchlist of which at least one rule fires, unless its sources or a veto stop it."""
        if not accepts(compiled.watchlist.sources, look.whole.document):
            return None
        if compiled.excludes and any(exclude.vetoes(look.whole) for exclude in compiled.excludes):
            return None
        firing = [self._index.rule(number) for number in compiled.in_order(numbers)]
        ringing = next((rule for rule in firing if rule.node.holds(head)), None)
        fired = ringing or firing[0]
        found = fired.node.found(look.whole)
        base = fired.rule.priority or compiled.watchlist.priority
        loudest, escalated_by = base, ""
        # A story rings as loud as its headline and lead: what stands far below does not raise it.
        seen = head if ringing else look.whole
        for step, node in compiled.escalations:
            if step.to > loudest and node.holds(seen):
                loudest, escalated_by = step.to, step.id
                found += node.found(seen)
        is_aside = compiled.watchlist.mentions is Mentions.DIGEST and not escalated_by
        if is_aside and not any(rule.node.holds(look.headline()) for rule in firing):
            loudest = Priority.LOW
        return Match(
            watchlist=compiled.watchlist.id,
            title=compiled.watchlist.title,
            rule=fired.rule.id,
            rule_label=fired.rule.label,
            priority=loudest,
            base_priority=base,
            rings=ringing is not None,
            evidence=build_evidence(found, look.whole, look.scan, self._index),
            escalated_by=escalated_by,
            excludes_checked=tuple(exclude.exclude.id for exclude in compiled.excludes),
        )

    def _loudness(self, match: Match) -> tuple[int, bool, int]:
        return (-match.priority, not match.rings, self._ranks[match.watchlist])


@dataclass(frozen=True, slots=True)
class _Look:
    """One document seen through the index."""

    scan: Scan
    whole: Hits

    def head(self) -> Hits:
        """What stands in the title and the first words of the text: the summary, or the content without one."""
        lead = 1 if self.scan.document.summary.strip() else 2
        head = {}
        for atom, spots in self.whole.spots.items():
            near = [spot for spot in spots if spot.field == 0 or (spot.field == lead and spot.last < LEAD_WORDS)]
            if near:
                head[atom] = near
        return Hits(head, self.scan.document, self.whole)

    def headline(self) -> Hits:
        """What stands in the title alone."""
        titled = {atom: [spot for spot in spots if spot.field == 0] for atom, spots in self.whole.spots.items()}
        titled = {atom: spots for atom, spots in titled.items() if spots}
        return Hits(titled, self.scan.document, self.whole)
