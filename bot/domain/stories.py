"""Stories: items about one event. Decides whether an item joins a story that is already known. Pure.

A wrong merge hides news while a missed one only repeats it, so every doubt keeps reports apart. The thresholds were
set on the tuning half of tests/data/stories.jsonl; `benchmarks/stories.py` prints what they reach on the other half.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.figures import contradict, is_raised, read_count
from bot.domain.fingerprints import Fingerprint

# A story takes reports for 72 hours after its last one, and for 14 days in all.
WINDOW = timedelta(hours=72)
LONGEST_STORY = timedelta(days=14)

# Earlier reports that are looked at closely for one new one.
MOST_RELATED = 6
# A term that stands in more reports of the window than this tells little; its newest are enough.
MOST_FOR_ONE_TERM = 30
_INDEXED_STEMS, _INDEXED_NAMES = 5, 6
# Before so many texts nobody knows which names are rare, so that more of them are filed.
_MANY_TEXTS = 500
_INDEXED_NAMES_AT_FIRST = 15
_TEXT_SHARE = 0.7  # of a likeness in one language; the names in it make up the rest
# How alike two texts of one language have to be, the further they lie apart.
_LIKENESS = ((timedelta(hours=12), 0.42), (timedelta(hours=24), 0.48), (WINDOW, 0.60))
_AGREEING_FIGURES = 0.06
_OTHER_FIGURES = 0.45
_SAME_HEADLINE = 0.12
_OTHER_DAY = 0.25
_OTHER_MARK = 0.15
_SAME_DAY_NEWS = timedelta(hours=12)
_TELLING_HEADLINE = 4  # stems
# Across languages: how much the shared names weigh, one name that no other text holds weighing 1.
_LONGEST_TRANSLATION = timedelta(hours=36)
_SURE_NAMES, _SURE_OVERLAP = 2.0, 0.25
_TELLING_NAMES = 1.0
_FEW_NAMES = 0.7
_QUICK_TRANSLATION = timedelta(hours=8)
_SHARED_GROUPS = 3
_UNSEEN = 50  # texts we pretend to have seen, so that the first real ones do not take every word for rare


@dataclass(frozen=True, slots=True)
class Story:
    """Items about one event. `key` names it before it is recorded; `id` is its number (None until recorded).

    `headline` is the first item's title.
    """

    key: str
    headline: str
    first_seen: datetime
    last_seen: datetime
    id: int | None = None

    @property
    def label(self) -> str:
        """The short name shown to people: `S18`."""
        return f"S{self.id}" if self.id is not None else "S?"


class Rarity:
    """How telling terms are, of which `total` earlier texts hold so many as `counts` says; none of the others."""

    def __init__(self, counts: Mapping[str, int] | None = None, total: int = 0) -> None:
        self.counts = counts if counts is not None else {}
        self.total = total
        self._weights = _Weights(self.counts, total)
        self._unit = _weigh_count(1, total)

    def weight(self, term: str) -> float:
        """How telling a term is: the square of its inverse document frequency."""
        return self._weights[term]

    def weigh(self, terms: Iterable[str]) -> float:
        """How telling terms are together, a term that one earlier text holds weighing 1."""
        return math.fsum(map(self._weights.__getitem__, terms)) / self._unit

    def measure(self, fingerprint: Fingerprint) -> "Mass":
        """How telling the terms of a text are."""
        return Mass(self.weigh(fingerprint.text), self.weigh(fingerprint.names))

    def rarest(self, terms: Iterable[str], most: int) -> list[str]:
        """The most telling of these terms, in the order of the alphabet where they tell as much."""
        return sorted(sorted(terms), key=self._weights.__getitem__, reverse=True)[:most]


class _Weights(dict[str, float]):
    """The weights of terms, each computed once."""

    def __init__(self, counts: Mapping[str, int], total: int) -> None:
        super().__init__()
        self._counts = counts
        self._total = total

    def __missing__(self, term: str) -> float:
        self[term] = weight = _weigh_count(self._counts.get(term, 0), self._total)
        return weight


def _weigh_count(count: int, total: int) -> float:
    return math.log(1 + (total + _UNSEEN) / (count + 1)) ** 2


@dataclass(frozen=True, slots=True)
class Mass:
    """How telling the words and the names of a text were together when it was filed."""

    text: float
    names: float


@dataclass(frozen=True, slots=True)
class KnownReport:
    """An earlier report with its story; `at` is when it was published, or first seen."""

    story: Story
    fingerprint: Fingerprint
    mass: Mass
    at: datetime


@dataclass(frozen=True, slots=True)
class FiledReport:
    """A new item's fingerprint and the terms under which later items will find it."""

    item_key: str
    fingerprint: Fingerprint
    mass: Mass
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Earlier reports that share rare terms with a text, and how rare the text's terms are."""

    reports: tuple[KnownReport, ...] = ()
    rarity: Rarity = field(default_factory=Rarity)


def index_terms(fingerprint: Fingerprint, rarity: Rarity) -> tuple[str, ...]:
    """The rarest stems and names of a text, under which it is filed and by which earlier ones are looked for."""
    most = _INDEXED_NAMES if rarity.total >= _MANY_TEXTS else _INDEXED_NAMES_AT_FIRST
    rarest = rarity.rarest(fingerprint.text, _INDEXED_STEMS) + rarity.rarest(fingerprint.names, most)
    return tuple(dict.fromkeys(rarest))


def find_story(fingerprint: Fingerprint, at: datetime, related: Related, *, now: datetime) -> Story | None:
    """The story of the earlier report that is most surely about the same event, or None."""
    best: Story | None = None
    most = 0.0
    mass = related.rarity.measure(fingerprint)
    for known in related.reports:
        if now - known.story.last_seen > WINDOW or now - known.story.first_seen > LONGEST_STORY:
            continue
        sure = sureness(KnownReport(known.story, fingerprint, mass, at), known, related.rarity)
        if sure > most or (sure == most and best is not None and known.story.key < best.key):
            best, most = known.story, sure
    return best


def sureness(new: KnownReport, known: KnownReport, rarity: Rarity) -> float:
    """How surely two reports are about one event; 0 where they are kept apart. Their stories are not looked at."""
    one, other, apart = new.fingerprint, known.fingerprint, abs(new.at - known.at)
    if apart > WINDOW or one.marks.looks_back != other.marks.looks_back or _disjoint(one.codes, other.codes):
        return 0.0
    names = rarity.weigh(one.names & other.names)
    overlap = _cosine(names, new.mass.names, known.mass.names)
    if one.lang != other.lang:
        return _across_languages(one, other, apart, names=names, overlap=overlap)
    text = _cosine(rarity.weigh(one.text & other.text), new.mass.text, known.mass.text)
    likeness = _TEXT_SHARE * text + (1 - _TEXT_SHARE) * overlap
    first, second = (one, other) if new.at <= known.at else (other, one)
    return likeness if likeness >= _needed(first, second, apart) else 0.0


def _needed(earlier: Fingerprint, later: Fingerprint, apart: timedelta) -> float:
    """How alike two texts of one language have to be; more than 1 if they are about two events."""
    needed = next(least for within, least in _LIKENESS if apart <= within)
    if contradict(earlier.figures, later.figures):
        needed += _needed_for_other_figures(earlier, later, apart)
    elif earlier.figures & later.figures:
        needed -= _AGREEING_FIGURES
    if _disjoint(earlier.days, later.days):
        needed += _OTHER_DAY
    if earlier.marks.another != later.marks.another:
        needed += _OTHER_MARK
    return needed + _OTHER_MARK * (earlier.marks.resolved != later.marks.resolved)


def _needed_for_other_figures(earlier: Fingerprint, later: Fingerprint, apart: timedelta) -> float:
    if earlier.marks.toll or later.marks.toll:
        return 0.0
    if apart > _SAME_DAY_NEWS:
        return math.inf
    # A toll rises without being called so. Then the headline stays what it was, but for the number.
    raised = is_raised(earlier.figures, later.figures) and not later.marks.another
    return -_SAME_HEADLINE if raised and _same_headline(earlier.title, later.title) else _OTHER_FIGURES


def _same_headline(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one headline says what the other says, but for numbers and for more words."""
    first, second = _without_numbers(one), _without_numbers(other)
    return min(len(first), len(second)) >= _TELLING_HEADLINE and (first <= second or second <= first)


def _without_numbers(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(stem for stem in stems if stem[0] != "#" and read_count(stem) is None)


def _across_languages(one: Fingerprint, other: Fingerprint, apart: timedelta, *, names: float, overlap: float) -> float:
    """Names, figures, days and named sources are the same in every language; words are not looked at."""
    if apart > _LONGEST_TRANSLATION or contradict(one.figures, other.figures) or _disjoint(one.days, other.days):
        return 0.0
    if one.marks.another != other.marks.another or one.marks.resolved != other.marks.resolved:
        return 0.0
    if _disjoint(_actions(one), _actions(other)):
        return 0.0
    figures = bool(one.figures & other.figures)
    soon = apart <= _SAME_DAY_NEWS
    named = soon and bool(one.sources & other.sources)
    watched = soon and len(one.groups & other.groups) >= _SHARED_GROUPS
    supports = figures + bool(one.days & other.days) + named + watched
    joins = (
        (names >= _SURE_NAMES and overlap >= _SURE_OVERLAP)
        or (names >= _TELLING_NAMES and supports > 0)
        or (names >= _FEW_NAMES and figures and (supports > 1 or apart <= _QUICK_TRANSLATION))
    )
    # Never as sure as a like text in the same language.
    return min(overlap, _LIKENESS[0][1]) if joins else 0.0


def _actions(fingerprint: Fingerprint) -> frozenset[str]:
    """What happened, by the watchlists' own word groups: `act.attack`, `act.drill`."""
    return frozenset(group for group in fingerprint.groups if group.startswith("act."))


def _disjoint(one: frozenset[object], other: frozenset[object]) -> bool:
    return bool(one and other) and not one & other


def _cosine(shared: float, one: float, other: float) -> float:
    return min(shared / math.sqrt(one * other), 1.0) if shared else 0.0


def join_story(story: Story, *, now: datetime) -> Story:
    """The story with one more report seen `now`."""
    return replace(story, last_seen=max(story.last_seen, now))


def choose_related(found: Mapping[int, float]) -> list[int]:
    """Which reports to look at closely, of those found with the weight of the terms they share; best first."""
    return sorted(found, key=lambda number: (-found[number], -number))[:MOST_RELATED]
