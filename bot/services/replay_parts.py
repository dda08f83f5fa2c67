"""Replays a part of the archive through the real matcher and the real verdict. Pure; runs in workers as well."""

from collections.abc import Iterable, Sequence

from bot.domain.backtests import Hit, Miss, ReplayJob, ReplayPart, as_live, moment_of
from bot.domain.items import Item
from bot.domain.policy import SENT, judge
from bot.matching.matcher import Matcher
from bot.matching.records import Document, Evidence, Match, NearMiss
from bot.services.documents import document_for, fingerprint_for

_MOST_TERMS = 6
# Stories, and what other lists cover, are told from this many items a worker, which two workers do in a few seconds;
# a list that matches more often is too broad anyway, and its figures are estimated.
_MOST_GROUPED = 1_500
# Nobody reads more; a list with so many is missing a word that stands in every other text.
_MOST_MISSES = 5_000
# Evidence in the headline says more than the same word further down.
_WORTH_IN_TITLE = 3


class PartReplayer:
    """Watchlists compiled once, for as many parts of the archive as there are."""

    def __init__(self, job: ReplayJob) -> None:
        self._job = job
        self._watchlists = {watchlist.id: watchlist for watchlist in job.watchlists}
        self._matcher = Matcher.build(job.watchlists)
        self._others = Matcher.build(job.others)
        self._grouped = 0
        self._misses_left = _MOST_MISSES if job.near_misses else 0

    def replay(self, items: Sequence[Item]) -> ReplayPart:
        """What these items give."""
        job, feeds = self._job, self._job.feeds
        live = [as_live(item) for item in items if item.feed_id in feeds and job.since <= moment_of(item) <= job.until]
        first_reads = sum(1 for item in items if item.baseline and job.since <= moment_of(item) <= job.until)
        hits: list[Hit] = []
        misses: list[Miss] = []
        for item in live:
            document = document_for(item, feeds[item.feed_id])
            if self._misses_left > 0:
                matches, silent = self._matcher.examine(document)
                misses += [_miss(item, miss) for miss in silent if is_near(miss)]
            else:
                matches = self._matcher.match(document)
            if matches:
                hits += self._hits(item, document, matches)
        self._misses_left -= len(misses)
        return ReplayPart(
            items=len(live),
            feeds=frozenset(item.feed_id for item in live),
            first_reads=first_reads,
            earliest=min((item.first_seen for item in live), default=None),
            hits=tuple(hits),
            misses=tuple(misses),
        )

    def _hits(self, item: Item, document: Document, matches: tuple[Match, ...]) -> list[Hit]:
        outcomes = [judge(match, self._watchlists[match.watchlist], item).outcome for match in matches]
        covered: tuple[str, ...] = ()
        fingerprint = None
        if self._grouped < _MOST_GROUPED:
            self._grouped += 1
            covered = self._covering(document) if SENT in outcomes else ()
            fingerprint = fingerprint_for(item, self._job.feeds[item.feed_id], matches)
        return [
            Hit(
                watchlist=match.watchlist,
                item_key=item.key,
                title=item.title,
                link=item.link,
                feed_id=item.feed_id,
                lang=item.lang,
                when=item.first_seen,
                published=item.published or item.first_seen,
                fingerprint=fingerprint,
                rule=match.rule,
                priority=match.priority,
                rings=match.rings,
                alerts=outcome == SENT,
                sureness=_sureness(match),
                terms=_terms(match.evidence),
                covered_by=covered,
            )
            for match, outcome in zip(matches, outcomes, strict=True)
        ]

    def _covering(self, document: Document) -> tuple[str, ...]:
        return tuple(match.watchlist for match in self._others.match(document) if match.rings)


def is_near(miss: NearMiss) -> bool:
    """Whether a miss is one group short of firing, or was only stopped by a veto."""
    return bool(miss.vetoed_by) or len(miss.missing) == 1


def _miss(item: Item, miss: NearMiss) -> Miss:
    return Miss(
        watchlist=miss.watchlist,
        item_key=item.key,
        title=item.title,
        link=item.link,
        feed_id=item.feed_id,
        when=item.first_seen,
        rule=miss.rule,
        missing="" if miss.vetoed_by else miss.missing[0],
        vetoed_by=miss.vetoed_by,
        terms=_terms(miss.evidence),
    )


def _terms(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.text for one in evidence))[:_MOST_TERMS]


def _sureness(match: Match) -> int:
    """How much speaks for a match: its different terms, those in the headline most, and whether it rings at all."""
    in_title = {one.term for one in match.evidence if one.field == "title"}
    below = {one.term for one in match.evidence if one.field != "title"} - in_title
    return _WORTH_IN_TITLE * (len(in_title) + match.rings) + len(below)
