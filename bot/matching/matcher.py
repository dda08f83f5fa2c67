"""The matcher: watchlists compiled once, documents in, matches with evidence out."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching.evidence import build_evidence
from bot.matching.expressions import Hits
from bot.matching.index import CompiledRule, CompiledWatchlist, Index
from bot.matching.near_misses import find_near_misses
from bot.matching.records import Document, Match, NearMiss
from bot.matching.scanning import ChunkMemo, Scan
from bot.matching.sources import accepts
from bot.matching.watchlist import Watchlist

# A match rings if its rule fires on the title and this many first words of the text alone.
LEAD_WORDS = 40


@dataclass(frozen=True, slots=True)
class _Look:
    """One document seen through the index: all of it, and its head (title and lead)."""

    scan: Scan
    whole: Hits
    head: Hits


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
        for watchlist in watchlists:
            index.put(watchlist)
        index.lexicon.settle()
        return cls(tuple(watchlists), index)

    @property
    def watchlists(self) -> tuple[Watchlist, ...]:
        """The watchlists given, those that are off included."""
        return self._watchlists

    def updated(self, watchlists: Sequence[Watchlist]) -> "Matcher":
        """A matcher for other watchlists, made from this one: only rules that differ are compiled."""
        index = self._index.copy()
        given = {watchlist.id for watchlist in watchlists}
        for watchlist_id in [known for known in index.watchlists if known not in given]:
            index.drop(watchlist_id)
        for watchlist in watchlists:
            index.put(watchlist)
        index.lexicon.settle()
        return Matcher(tuple(watchlists), index)

    def match(self, document: Document) -> tuple[Match, ...]:
        """One match for every watchlist that fires on the document, loudest first."""
        look = self._look(document)
        if not look.whole.spots:
            return ()
        matches = []
        for watchlist_id, numbers in self._index.candidates(look.whole.spots).items():
            match = self._try(self._index.watchlists[watchlist_id], numbers, look)
            if match:
                matches.append(match)
        return tuple(sorted(matches, key=self._loudness))

    def explain(self, document: Document) -> tuple[NearMiss, ...]:
        """Why watchlists whose words occur in the document did not match, in the order of the watchlists."""
        look = self._look(document)
        matched = {match.watchlist for match in self.match(document)}
        silent = [
            self._index.watchlists[watchlist.id]
            for watchlist in self._watchlists
            if watchlist.id in self._index.watchlists and watchlist.id not in matched
        ]
        return find_near_misses(silent, look.whole, look.scan, self._index)

    def _look(self, document: Document) -> _Look:
        scan = Scan(document, self._index.lexicon, self._memo)
        whole = Hits(self._index.atom_spots(scan), document)
        lead = 1 if document.summary.strip() else 2
        head = {}
        for atom, spots in whole.spots.items():
            near = [spot for spot in spots if spot.field == 0 or (spot.field == lead and spot.last < LEAD_WORDS)]
            if near:
                head[atom] = near
        return _Look(scan, whole, Hits(head, document, whole))

    def _try(self, compiled: CompiledWatchlist, numbers: Sequence[int], look: _Look) -> Match | None:
        if not accepts(compiled.watchlist.sources, look.whole.document):
            return None
        rules = (self._index.rule(number) for number in compiled.in_order(numbers))
        firing = [rule for rule in rules if rule.fires(look.whole)]
        if not firing or any(exclude.vetoes(look.whole) for exclude in compiled.excludes):
            return None
        ringing = next((rule for rule in firing if rule.node.holds(look.head)), None)
        return self._match(compiled, ringing or firing[0], look, rings=ringing is not None)

    def _match(self, compiled: CompiledWatchlist, fired: CompiledRule, look: _Look, *, rings: bool) -> Match:
        base = fired.rule.priority or compiled.watchlist.priority
        found = fired.node.found(look.whole)
        loudest, escalated_by = base, ""
        for step, node in compiled.escalations:
            if step.to > loudest and node.holds(look.head if rings else look.whole):
                loudest, escalated_by = step.to, step.id
                found += node.found(look.head if rings else look.whole)
        return Match(
            watchlist=compiled.watchlist.id,
            title=compiled.watchlist.title,
            rule=fired.rule.id,
            rule_label=fired.rule.label,
            priority=loudest,
            base_priority=base,
            rings=rings,
            evidence=build_evidence(found, look.scan, self._index),
            escalated_by=escalated_by,
            excludes_checked=tuple(exclude.exclude.id for exclude in compiled.excludes),
        )

    def _loudness(self, match: Match) -> tuple[int, bool, int]:
        return (-match.priority, not match.rings, self._ranks[match.watchlist])
