"""What stayed silent in the demo, and why: the same decisions as in the pipeline, put into words. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.demo.feeds import SAMPLE_FEEDS, demo_feeds, item_url, published_at
from bot.domain.feeds import Feed
from bot.domain.items import Item, ParsedItem, build_item
from bot.domain.messages import isolate
from bot.domain.policy import DIGEST_ONLY, MENTIONS, judge
from bot.matching.records import Evidence, Match, NearMiss, Priority
from bot.matching.watchlist import Watchlist
from bot.services.catalog import Catalog
from bot.services.documents import document_for
from bot.sources.plain_text import html_to_text

_MOST_WORDS = 4


class Kind(IntEnum):
    """How an item came to be silent, in the order of telling."""

    RULED_OUT = 1
    INCOMPLETE = 2
    MENTIONED = 3
    NOT_SENT = 4


@dataclass(frozen=True, slots=True)
class SilentItem:
    """An item that rang on nothing although a list might be expected to ring. `reason` is a sentence part."""

    kind: Kind
    reason: str
    title: str
    outlet: str
    lang: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The silent items by kind; `others` counts those that no list is about."""

    items: tuple[SilentItem, ...]
    others: int


@dataclass(frozen=True, slots=True)
class SampleNews:
    """An item of a sample outlet as the pipeline sees it; `expected_list` as in `SampleItem`."""

    feed: Feed
    item: Item
    expected_list: str


def build_sample_news(base_url: str, start: datetime, seen: datetime) -> tuple[SampleNews, ...]:
    """Everything the sample outlets showed until the later edition was read at `seen`, as items."""
    return tuple(
        SampleNews(
            feed,
            build_item(
                ParsedItem(
                    guid=item_url(base_url, sample, entry),
                    title=entry.title,
                    summary=entry.summary,
                    content=html_to_text(entry.content),
                    link=item_url(base_url, sample, entry),
                    published=published_at(entry, start),
                ),
                feed_id=feed.id,
                feed_lang=feed.lang,
                first_seen=seen,
                baseline=entry in sample.edition.earlier,
            ),
            entry.expected_list,
        )
        for sample, feed in zip(SAMPLE_FEEDS, demo_feeds(base_url), strict=True)
        for entry in sample.items
    )


def find_silence(news: Iterable[SampleNews], catalog: Catalog) -> Silence:
    """What of the news rang on nothing, and why."""
    items: list[SilentItem] = []
    others = 0
    for sample in news:
        document = document_for(sample.item, sample.feed)
        matches = catalog.matcher.match(document)
        if matches:
            told = _silent_match(sample, matches, catalog)
        else:
            told = _silent_miss(sample, catalog.matcher.explain(document), catalog)
            others += told is None
        if told is not None:
            items.append(SilentItem(*told, sample.item.title, sample.feed.outlet, sample.item.lang))
    return Silence(tuple(sorted(items, key=lambda item: item.kind)), others)


def _silent_match(news: SampleNews, matches: Sequence[Match], catalog: Catalog) -> tuple[Kind, str] | None:
    """Why matches did not become a card; None if one did."""
    outcomes: dict[str, list[str]] = {}
    for match in matches:
        verdict = judge(match, catalog.get(match.watchlist), news.item)
        outcome = DIGEST_ONLY if verdict.sends and match.priority is Priority.LOW else verdict.outcome
        if verdict.sends and outcome is not DIGEST_ONLY:
            return None
        outcomes.setdefault(outcome, []).append(match.title)
    outcome, titles = min(outcomes.items(), key=lambda pair: pair[0] == MENTIONS)
    if outcome == MENTIONS:
        return Kind.MENTIONED, f"{' · '.join(titles)}: named late in the text"
    return Kind.NOT_SENT, f"{' · '.join(titles)}: {outcome}"


def _silent_miss(news: SampleNews, misses: Sequence[NearMiss], catalog: Catalog) -> tuple[Kind, str] | None:
    """Why no list matched, told of the list a reader would look at; None if there is none."""
    watchlist = catalog.find(news.expected_list) if news.expected_list else None
    if watchlist is None:
        return None
    miss = next((miss for miss in misses if miss.watchlist == watchlist.id), None)
    if miss is None:
        return Kind.INCOMPLETE, f"{watchlist.title}: none of its words occurs as a word of its own"
    title = miss.title
    if miss.vetoed_by:
        veto = _label(miss.vetoed_by.removeprefix("not "), watchlist)
        return Kind.RULED_OUT, f"{title}: ruled out by “{veto}” ({_words(miss.veto_evidence)})"
    found = f"found {_words(miss.evidence)}" if miss.evidence else "found little"
    if miss.missing:
        lacking = " and no ".join(_label(alternatives, watchlist) for alternatives in miss.missing)
        return Kind.INCOMPLETE, f"{title}: {found}, but no {lacking}"
    return Kind.INCOMPLETE, f"{title}: {found}, but too far apart"


def _words(evidence: Sequence[Evidence]) -> str:
    texts = list(dict.fromkeys(isolate(f"“{item.text}”") for item in evidence))
    return ", ".join(texts[:_MOST_WORDS])


def _label(alternatives: str, watchlist: Watchlist) -> str:
    """The glosses of groups written `a|b`, for a reader: `border or border guards`."""
    labels = {group.name: group.label or group.name for group in watchlist.groups}
    return " or ".join(dict.fromkeys(labels.get(name, name) for name in alternatives.split("|")))
