"""The labelled story set, the groupings that are compared on it, and how they are measured (B-cubed)."""

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from bot.config import SHIPPED_WATCHLISTS
from bot.domain.alerts import ItemMatch
from bot.domain.feeds import Feed, FeedState
from bot.domain.fingerprints import Fingerprint, stem
from bot.domain.items import Item
from bot.domain.origins import outlet_of
from bot.domain.polls import PollRecord
from bot.domain.stories import WINDOW, FiledReport, Related, Story, find_story, index_terms, join_story
from bot.domain.story_index import StoryIndex
from bot.matching.matcher import Matcher
from bot.matching.records import Match, Priority
from bot.matching.tokens import folded_words
from bot.ports.store import Store
from bot.services.documents import document_for, fingerprint_for
from bot.sources.feed_files import load_feeds
from bot.sources.watchlist_files import FEEDS_FILE, load_watchlists

STORY_SET = Path(__file__).parent.parent / "tests" / "data" / "stories.jsonl"
_START = datetime(2026, 11, 2, tzinfo=UTC)
_HASHES = 128
_PRIME = (1 << 61) - 1  # a Mersenne prime, as usual for MinHash


@dataclass(frozen=True, slots=True)
class Labelled:
    """One item of the set: `event` is the story it belongs to, `origin` the first source behind it."""

    event: str
    split: str
    origin: str
    item: Item
    feed: Feed


Features = TypeVar("Features")
Grouping = Callable[[Sequence[Labelled]], list[str]]


def read_story_set(path: Path = STORY_SET) -> list[Labelled]:
    """The items of the set in the order of their publication; their feeds are those of the starter set."""
    feeds = {feed.id: feed for feed in load_feeds(SHIPPED_WATCHLISTS / FEEDS_FILE).feeds}
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    items = [_labelled(row, feeds[row["feed"]]) for row in rows]
    return sorted(items, key=lambda one: (one.item.first_seen, one.item.key))


def _labelled(row: dict[str, str], feed: Feed) -> Labelled:
    at = _START + timedelta(hours=float(row["hours"]))
    item = Item(
        key=row["id"],
        link_key="",
        feed_id=feed.id,
        title=row["title"],
        summary=row["summary"],
        content="",
        link=f"https://{feed.id}.example/{row['id']}",
        author="",
        lang=row["lang"],
        published=at,
        first_seen=at,
    )
    origin = row.get("origin", "") or feed.origin_group or outlet_of(feed)
    return Labelled(row["event"], row["split"], origin, item, feed)


def group_by_stories(items: Sequence[Labelled]) -> list[str]:
    """Tocsin's own grouping, with the word groups that the shipped watchlists find."""
    matcher = Matcher.build(load_watchlists(SHIPPED_WATCHLISTS).watchlists)
    index = StoryIndex()
    stories = []
    for one in items:
        fingerprint = fingerprint_for(one.item, one.feed, matcher.match(document_for(one.item, one.feed)))
        seen = one.item.first_seen
        stories.append(index.place(one.item.key, one.item.title, fingerprint, seen, seen=seen).key)
    return stories


def group_by_titles(threshold: float) -> Grouping:
    """Baseline: headlines of one language that share this much of their words (Jaccard), within 72 hours."""
    return _group_by(lambda item: frozenset(folded_words(item.title)), jaccard, threshold)


def group_by_minhash(threshold: float) -> Grouping:
    """Baseline: 128 hashes of the pairs of neighbouring stems in headline and summary, within 72 hours."""
    return _group_by(_signature, _equal_share, threshold)


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of common members."""
    return len(one & other) / len(one | other) if one and other else 0.0


def _signature(item: Item) -> tuple[int, ...]:
    stems = [found for word in folded_words(f"{item.title} {item.summary}") if (found := stem(word))]
    hashes = [zlib.crc32(f"{a} {b}".encode()) for a, b in pairwise(stems)] or [0]
    return tuple(min(((2 * seed + 1) * value + seed * seed) % _PRIME % (1 << 32) for value in hashes)
                 for seed in range(1, _HASHES + 1))  # fmt: skip


def _equal_share(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def _group_by(
    features: Callable[[Item], Features], likeness: Callable[[Features, Features], float], threshold: float
) -> Grouping:
    """Each item joins the most similar earlier one, if that is similar enough."""

    def group(items: Sequence[Labelled]) -> list[str]:
        seen: list[tuple[Item, Features, str]] = []
        for one in items:
            found = features(one.item)
            alike = [
                (likeness(found, known), story)
                for item, known, story in seen
                if item.lang == one.item.lang and one.item.first_seen - item.first_seen <= WINDOW
            ]
            best = max(alike, default=(0.0, ""))
            seen.append((one.item, found, best[1] if best[0] >= threshold else one.item.key))
        return [story for _, _, story in seen]

    return group


def measure_groups(
    items: Sequence[Labelled], stories: Sequence[str], *, across: bool, splits: Iterable[str] = ("tune", "held_out")
) -> tuple[float, float]:
    """B-cubed precision and recall (Bagga and Baldwin 1998), over items of the given splits.

    An item is compared with those of its own language, or with all of them for `across`.
    """
    chosen = [number for number, one in enumerate(items) if one.split in set(splits)]
    precision = recall = 0.0
    for number in chosen:
        peers = [other for other in chosen if across or items[other].item.lang == items[number].item.lang]
        together = {other for other in peers if stories[other] == stories[number]}
        event = {other for other in peers if items[other].event == items[number].event}
        right = len(together & event)
        precision += right / len(together)
        recall += right / len(event)
    return precision / len(chosen), recall / len(chosen)


async def group_in_store(store: Store, items: Sequence[Labelled]) -> list[str]:
    """As `group_by_stories`, with the reports kept in a store between two items, as in service."""
    matcher = Matcher.build(load_watchlists(SHIPPED_WATCHLISTS).watchlists)
    await store.sync_feeds([one.feed for one in items], items[0].item.first_seen)
    stories = []
    for one in items:
        item, now = one.item, one.item.first_seen
        fingerprint = fingerprint_for(item, one.feed, matcher.match(document_for(item, one.feed)))
        (related,) = await store.find_related([fingerprint], now - WINDOW)
        known = find_story(fingerprint, now, related, now=now)
        story = join_story(known, now=now) if known else Story(item.key, item.title, now, now)
        await store.record_polls([build_story_poll(item, story, fingerprint, related)], now)
        stories.append(story.key)
    return stories


def build_story_poll(item: Item, story: Story, fingerprint: Fingerprint, related: Related) -> PollRecord:
    """The poll that brings one item and puts it into its story."""
    filed = FiledReport(
        item.key, fingerprint, related.rarity.measure(fingerprint), index_terms(fingerprint, related.rarity)
    )
    match = Match("bench", "Bench", "any", "", Priority.LOW, Priority.LOW, rings=False, evidence=())
    return PollRecord(
        FeedState(item.feed_id, item.first_seen + timedelta(minutes=15)),
        (item,),
        matches=(ItemMatch(item.key, story.key, match, ""),),
        stories=(story,),
        filed=(filed,),
    )
