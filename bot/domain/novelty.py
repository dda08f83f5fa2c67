"""What in a document is new, what only looks new, and what changed. Pure: what was seen before is passed in.

An entry is known by its id, by its link, or by its headline at the same host. Feeds break all three: ids mutate, go
missing and repeat, links move with the outlet's software, headlines are edited and recur. Where the signs
contradict each other, an entry counts as new if its date says so: a repeated card is grouped away, a lost one is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.items import Item, headline_words, rename_item
from bot.domain.rhythm import Rhythm, level_values

# A key that a feed has not listed for this long is forgotten.
MEMORY = timedelta(days=180)
# While an entry stays listed its keys are written anew this often, so that they outlive it.
REMEMBER_EVERY = timedelta(days=7)
# A short headline ("Weather", "Exchange rates") recurs; a longer one rarely does.
_TELLING_WORDS = 4
# Without dates, a headline listed this lately is the same text under another id.
_UNDATED_MEMORY = timedelta(days=10)
# Keys are remembered by the minute, and some feeds date to the minute.
_ROUNDING = timedelta(minutes=1)
# What a feed dates shortly before the last poll may have been listed after it.
_LISTED_LATE = timedelta(hours=1)
_LEAST_RETITLED = 3
FLOOD = 20
_FLOOD_FACTOR = 4
_BUSY_HOURS = 6.0
# With fewer entries than this, a document that turned over is no surprise.
_LEAST_WINDOW = 5


@dataclass(frozen=True, slots=True)
class Revision:
    """A known item now stands in its feed under another headline. `key` and `link_key` are as in the document."""

    feed_id: str
    key: str
    link_key: str
    title: str
    summary: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Novelty:
    """What a document holds against what was seen.

    `new` are items in the order given, those of a flood marked as baseline so that none of them rings; `revisions`
    edited headlines; `remember` the keys of known entries that are to be written anew. `rewritten` says that the feed
    changed its ids and links, `flood` how many items were too many to ring, `gap` that nothing of the
    document before is left in it.
    """

    new: tuple[Item, ...] = ()
    revisions: tuple[Revision, ...] = ()
    remember: tuple[str, ...] = ()
    rewritten: bool = False
    flood: int = 0
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What was known before a poll: `listed` gives each seen key the moment it was last listed (to the minute),
    `window` how many entries the document held."""

    listed: Mapping[str, datetime]
    last_success: datetime | None
    rhythm: Rhythm | None
    baselined: bool


def find_novelty(items: Sequence[Item], past: Past, *, now: datetime, left_out: int = 0) -> Novelty:
    """What is new in `items`, which are the entries of one document except `left_out` that have not changed."""
    listed = past.listed
    unnamed = [item for item in items if not _is_named(item, listed)]
    retitled = sum(item.title_key in listed for item in unnamed)
    rewritten = past.baselined and retitled >= _LEAST_RETITLED and retitled * 2 > len(unnamed)
    new: list[Item] = []
    revisions: list[Revision] = []
    remember: list[str] = []
    for item in items:
        if _is_reused_name(item, listed):
            new.append(rename_item(item))
        elif _is_named(item, listed):
            if item.title_key and item.title_key not in listed:
                revisions.append(Revision(item.feed_id, item.key, item.link_key, item.title, item.summary, now))
            remember += _faded(item, listed, now)
        elif item.title_key in listed and (rewritten or _is_same_text(item, listed[item.title_key], now)):
            remember += _faded(item, listed, now)
        else:
            new.append(item)
    gap = _has_gap(items, new, past, left_out)
    kept = _hold_back_flood(new, past, now)
    flood = sum(item.baseline for item in kept) if past.baselined else 0
    return Novelty(tuple(kept), tuple(revisions), tuple(remember), rewritten, flood, gap and not flood)


def keys_of(items: Sequence[Item]) -> frozenset[str]:
    """Every key by which these items may have been seen."""
    return frozenset(key for item in items for key in (item.key, item.link_key, item.title_key) if key)


def _is_named(item: Item, listed: Mapping[str, datetime]) -> bool:
    return item.key in listed or (bool(item.link_key) and item.link_key in listed)


def _is_reused_name(item: Item, listed: Mapping[str, datetime]) -> bool:
    """Whether a known id stands on another text: link and headline are new, and so is the date as far as there is one.

    Outlets that put the headline into the link change both with an edit, but keep the date.
    """
    if item.key not in listed or not item.link_key or item.link_key in listed or item.title_key in listed:
        return False
    return item.published is None or item.published > listed[item.key] + _ROUNDING


def _is_same_text(item: Item, last_listed: datetime, now: datetime) -> bool:
    if len(headline_words(item.title)) < _TELLING_WORDS:
        return False
    if item.published is None:
        return now - last_listed <= _UNDATED_MEMORY
    return item.published <= last_listed + _ROUNDING


def _faded(item: Item, listed: Mapping[str, datetime], now: datetime) -> list[str]:
    """The item's keys that are unknown or were last written long ago."""
    keys = (item.key, item.link_key, item.title_key)
    return [key for key in keys if key and (key not in listed or now - listed[key] >= REMEMBER_EVERY)]


def _has_gap(items: Sequence[Item], new: Sequence[Item], past: Past, left_out: int) -> bool:
    held = past.rhythm.window if past.rhythm else 0
    return past.baselined and held >= _LEAST_WINDOW and not left_out and 0 < len(items) == len(new)


def _hold_back_flood(new: list[Item], past: Past, now: datetime) -> list[Item]:
    """More items at once than the feed can have published: only those dated since the last poll may ring."""
    if not past.baselined or len(new) <= _most_expected(past, now):
        return new
    since = (past.last_success or now) - _LISTED_LATE
    fresh = {item.key for item in new if item.published and item.published >= since}
    if len(fresh) > FLOOD:
        fresh = set()
    return [item if item.key in fresh else replace(item, baseline=True) for item in new]


def _most_expected(past: Past, now: datetime) -> float:
    if past.rhythm is None or past.last_success is None:
        return FLOOD
    hours = max((now - past.last_success) / timedelta(hours=1), 0.0)
    busiest = level_values()[max(past.rhythm.pace, default=0)] ** 2
    expected = busiest * min(hours, _BUSY_HOURS) + past.rhythm.rate * max(hours - _BUSY_HOURS, 0.0)
    return max(FLOOD, _FLOOD_FACTOR * expected)
