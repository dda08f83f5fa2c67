"""What a watchlist would have caught in the archive: hits, the stories they make, and the figures people ask for.

Pure. The archive is replayed in `bot.services.backtesting`.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from bot.domain.feeds import Feed
from bot.domain.fingerprints import Fingerprint
from bot.domain.items import Item
from bot.domain.story_index import StoryIndex
from bot.matching.records import Priority
from bot.matching.watchlist import Watchlist

DEFAULT_DAYS = 30
MOST_DAYS = 366
# Above this a list is refused as too broad (UX specification 2.5).
MOST_ALERTS_A_DAY = 40
_UNSURE_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that a watchlist matches. `when` is the moment it counts for, `terms` what was found in it.

    `fingerprint` and `published` (or first seen) decide which story it belongs to; without a fingerprint, as in
    the bulk of far too many hits, it is only counted.
    `alerts` says whether it would have been sent, `sureness` grows with the evidence, and `covered_by` names the
    other lists that ring on it.
    """

    watchlist: str
    item_key: str
    title: str
    link: str
    feed_id: str
    lang: str
    when: datetime
    published: datetime
    fingerprint: Fingerprint | None
    rule: str
    priority: Priority
    rings: bool
    alerts: bool
    sureness: int
    terms: tuple[str, ...]
    covered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    """An item one word group short of firing, or one that a veto stopped (`vetoed_by`, with `missing` empty)."""

    watchlist: str
    item_key: str
    title: str
    link: str
    feed_id: str
    when: datetime
    rule: str
    missing: str
    vetoed_by: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplayJob:
    """What to look for in the archive: the watchlists under test, each with an id of its own.

    `others` are the lists whose coverage is compared; `feeds` are those the items came from, by id. What counts for
    a moment outside `since` to `until` is left aside. With `near_misses` items that nearly matched are told too.
    """

    watchlists: tuple[Watchlist, ...]
    others: tuple[Watchlist, ...]
    feeds: dict[str, Feed]
    since: datetime
    until: datetime
    near_misses: bool = False


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """What some items of the archive gave; `earliest` is None where none of them counts for the period."""

    items: int = 0
    feeds: frozenset[str] = frozenset()
    first_reads: int = 0
    earliest: datetime | None = None
    hits: tuple[Hit, ...] = ()
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """A pass through the archive. `since` is the day it really began: the archive may hold less than was asked for.

    `first_reads` counts the items that stood in their feeds when these were read for the first time.
    """

    since: datetime
    until: datetime
    asked_days: int
    items: int
    feeds: int
    first_reads: int
    hits: tuple[Hit, ...]
    misses: tuple[Miss, ...] = ()

    @property
    def days(self) -> int:
        """Whole days looked at, at least one."""
        return max(1, math.ceil((self.until - self.since) / timedelta(days=1)))

    @property
    def is_shorter(self) -> bool:
        """Whether the archive holds less than was asked for."""
        return self.days < self.asked_days


@dataclass(frozen=True, slots=True)
class FoundStory:
    """Hits about one event, oldest first."""

    hits: tuple[Hit, ...]

    @property
    def alerts(self) -> bool:
        """Whether it would have been sent."""
        return any(hit.alerts for hit in self.hits)

    @property
    def priority(self) -> Priority:
        """The loudest priority that would have been sent, or of all where nothing would."""
        return max(hit.priority for hit in self.hits if hit.alerts or not self.alerts)


@dataclass(frozen=True, slots=True)
class Figures:
    """What `/test` says of one watchlist. `stories_by_day` has an entry for every day of the period, oldest first.

    `found` are the stories themselves, oldest first; `estimated` is true where there were too many hits to group them
    all. No two of `newest`, `oldest` and `unsure` are of one story. `covered` are the other lists that already
    ring on its stories, with on how many, most first.
    """

    matches: int
    stories: int
    alerts: int
    critical: int
    alerts_a_day: float
    busiest_day: date | None
    busiest_stories: int
    stories_by_day: tuple[int, ...]
    languages: tuple[tuple[str, int], ...]
    feeds: tuple[tuple[str, int], ...]
    newest: Hit | None
    oldest: Hit | None
    unsure: tuple[Hit, ...]
    covered: tuple[tuple[str, int], ...]
    found: tuple[FoundStory, ...] = ()
    estimated: bool = False

    @property
    def is_too_broad(self) -> bool:
        """Whether it would ring too often for anybody to read."""
        return self.alerts_a_day > MOST_ALERTS_A_DAY


@dataclass(frozen=True, slots=True)
class RuleDiff:
    """Two forms of one watchlist over the same archive, in stories that would have been sent.

    `left_out` counts the hits that were too many to be grouped.
    """

    before: int
    after: int
    gone: tuple[FoundStory, ...]
    new: tuple[FoundStory, ...]
    unchanged: tuple[FoundStory, ...]
    left_out: int = 0


def moment_of(item: Item) -> datetime:
    """The moment an item counts for: when it was first seen.

    What stood in a feed at its first reading counts for the day it was published.
    """
    if item.baseline and item.published is not None:
        return min(item.published, item.first_seen)
    return item.first_seen


def group_hits(hits: Iterable[Hit]) -> tuple[FoundStory, ...]:
    """The stories that hits make, oldest first, by the same decision that groups live items.

    Hits without a fingerprint are left out.
    """
    index = StoryIndex()
    members: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.when, hit.item_key)):
        if hit.fingerprint is None:
            continue
        story = index.place(hit.item_key, hit.title, hit.fingerprint, hit.published, seen=hit.when)
        members.setdefault(story.key, []).append(hit)
    return tuple(FoundStory(tuple(group)) for group in members.values())


def build_figures(replay: Replay, watchlist: str, zone: tzinfo) -> Figures:
    """The figures of one watchlist of a replay; days are those of `zone`."""
    hits = [hit for hit in replay.hits if hit.watchlist == watchlist]
    hits.sort(key=lambda hit: (hit.when, hit.item_key))
    stories = group_hits(hits)
    grouped = sum(len(story.hits) for story in stories)
    factor = len(hits) / grouped if grouped else 1
    sent = [story for story in stories if story.alerts]
    by_day = Counter(story.hits[0].when.astimezone(zone).date() for story in stories)
    days = _days(replay, zone)
    busiest = max(by_day, key=lambda day: (by_day[day], day), default=None)
    told = {hit.item_key: number for number, story in enumerate(stories) for hit in story.hits}
    newest = hits[-1] if hits else None
    last = told.get(newest.item_key) if newest else None
    oldest = next((hit for hit in hits[:-1] if told.get(hit.item_key) != last or last is None), None)
    shown = {told.get(hit.item_key) for hit in (newest, oldest) if hit}
    return Figures(
        matches=len(hits),
        stories=round(len(stories) * factor),
        alerts=round(len(sent) * factor),
        critical=round(sum(story.priority is Priority.CRITICAL for story in sent) * factor),
        alerts_a_day=len(sent) * factor / replay.days,
        busiest_day=busiest,
        busiest_stories=by_day[busiest] if busiest else 0,
        stories_by_day=tuple(by_day[day] for day in days),
        languages=tuple(Counter(hit.lang for hit in hits).most_common()),
        feeds=tuple(Counter(hit.feed_id for hit in hits).most_common()),
        newest=newest,
        oldest=oldest,
        unsure=_least_sure([story for number, story in enumerate(stories) if number not in shown]),
        covered=_covered(stories),
        found=stories,
        estimated=factor > 1,
    )


def _days(replay: Replay, zone: tzinfo) -> list[date]:
    first, last = (moment.astimezone(zone).date() for moment in (replay.since, replay.until))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _least_sure(stories: Iterable[FoundStory]) -> tuple[Hit, ...]:
    """The hits with the least evidence, one a story."""
    weakest = [min(story.hits, key=lambda hit: hit.sureness) for story in stories]
    return tuple(sorted(weakest, key=lambda hit: (hit.sureness, -hit.when.timestamp()))[:_UNSURE_SAMPLES])


def _covered(stories: Iterable[FoundStory]) -> tuple[tuple[str, int], ...]:
    lists = (frozenset().union(*(hit.covered_by for hit in story.hits)) for story in stories)
    counts = Counter(name for names in lists for name in names)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def compare(replay: Replay, before: str, after: str) -> RuleDiff:
    """What changes between two watchlists of one replay: the stories of both are formed together, then told apart."""
    hits = [hit for hit in replay.hits if hit.watchlist in (before, after)]
    gone, new, unchanged = [], [], []
    for story in group_hits(hits):
        was, will = (any(hit.alerts and hit.watchlist == name for hit in story.hits) for name in (before, after))
        if was and will:
            unchanged.append(story)
        elif was:
            gone.append(story)
        elif will:
            new.append(story)
    return RuleDiff(
        before=len(gone) + len(unchanged),
        after=len(new) + len(unchanged),
        gone=tuple(gone),
        new=tuple(new),
        unchanged=tuple(unchanged),
        left_out=sum(hit.fingerprint is None for hit in hits),
    )


def group_misses(misses: Iterable[Miss]) -> tuple[tuple[str, tuple[Miss, ...]], ...]:
    """Near misses by what was missing (or by the veto that stopped them), most first, each group newest first."""
    groups: defaultdict[str, list[Miss]] = defaultdict(list)
    for miss in sorted(misses, key=lambda miss: miss.when, reverse=True):
        groups[f"stopped by {miss.vetoed_by}" if miss.vetoed_by else miss.missing].append(miss)
    return tuple((name, tuple(group)) for name, group in sorted(groups.items(), key=lambda pair: -len(pair[1])))


def as_live(item: Item) -> Item:
    """The item as if its feed had been followed when it appeared."""
    return replace(item, baseline=False, first_seen=moment_of(item))


def sparkline(counts: Sequence[int]) -> str:
    """One bar a number: `▁▁▂▁▅█`. An empty sequence gives an empty text."""
    bars = "▁▂▃▄▅▆▇█"
    most = max(counts, default=0)
    if not most:
        return bars[0] * len(counts)
    return "".join(bars[math.ceil(count / most * (len(bars) - 1))] for count in counts)


def likely_range(useful: int, rated: int) -> tuple[int, int]:
    """The Wilson 95 % interval of a share, in whole per cent.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    z = 1.96
    share = useful / rated
    middle = share + z * z / (2 * rated)
    spread = z * math.sqrt(share * (1 - share) / rated + z * z / (4 * rated * rated))
    scale = 1 + z * z / rated
    return round(100 * (middle - spread) / scale), round(100 * (middle + spread) / scale)
