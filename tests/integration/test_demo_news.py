"""The sample news against the watchlists that Tocsin ships: what the demo promises to show."""

from datetime import timedelta

import pytest

from bot.demo.feeds import LATEST, SAMPLE_FEEDS, SampleFeed, build_feed_document, feed_url
from bot.demo.formats import CONTENT_TYPES
from bot.demo.news import SampleItem
from bot.demo.silence import Kind, SampleNews, Silence, build_sample_news, find_silence
from bot.domain.items import build_item
from bot.domain.policy import judge
from bot.domain.story_index import StoryIndex
from bot.matching.records import Match, Priority
from bot.services.catalog import Catalog
from bot.services.documents import document_for, fingerprint_for
from bot.sources.documents import parse_document
from tests.fakes.clock import START
from tests.starter_set import load_starter_set

_BASE = "http://127.0.0.1:8000"
_WIRE = "csto-un-warning"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(load_starter_set())


@pytest.fixture(scope="module")
def news() -> tuple[SampleNews, ...]:
    return build_sample_news(_BASE, START, START + timedelta(seconds=3))


@pytest.fixture(scope="module")
def silence(catalog: Catalog, news: tuple[SampleNews, ...]) -> Silence:
    return find_silence(news, catalog)


@pytest.fixture(scope="module")
def sent(catalog: Catalog, news: tuple[SampleNews, ...]) -> list[tuple[SampleNews, list[Match]]]:
    """The items that become cards, each with the matches that make it one."""
    found = []
    for sample in news:
        matches = catalog.matcher.match(document_for(sample.item, sample.feed))
        sends = [match for match in matches if judge(match, catalog.get(match.watchlist), sample.item).sends]
        if any(match.priority > Priority.LOW for match in sends):
            found.append((sample, sends))
    return found


def _sample_item(sample: SampleNews) -> SampleItem:
    return next(item for feed in SAMPLE_FEEDS for item in feed.items if item.title == sample.item.title)


def test_there_are_eight_to_twelve_cards(sent: list[tuple[SampleNews, list[Match]]]) -> None:
    stories = {"wire" if _sample_item(sample).slug == _WIRE else sample.item.key for sample, _ in sent}
    assert 8 <= len(stories) <= 12


def test_every_priority_and_at_least_five_languages_ring(sent: list[tuple[SampleNews, list[Match]]]) -> None:
    loudest = {max(match.priority for match in matches) for _, matches in sent}
    assert loudest == {Priority.CRITICAL, Priority.HIGH, Priority.MEDIUM}
    assert len({sample.item.lang for sample, _ in sent}) >= 5


def test_the_attack_on_road_workers_is_critical_on_the_border_list(
    sent: list[tuple[SampleNews, list[Match]]],
) -> None:
    [matches] = [matches for sample, matches in sent if _sample_item(sample).slug == "road-workers"]
    critical = {match.watchlist for match in matches if match.priority is Priority.CRITICAL}
    assert {"tajik-afghan-border", "chinese-nationals"} <= critical


def test_no_item_that_must_stay_silent_rings(sent: list[tuple[SampleNews, list[Match]]]) -> None:
    assert [sample.item.title for sample, _ in sent if sample.expected_list] == []


def test_every_item_that_must_stay_silent_is_told_with_the_list_it_is_a_trap_for(
    news: tuple[SampleNews, ...], silence: Silence, catalog: Catalog
) -> None:
    reasons = {item.title: item.reason for item in silence.items}
    traps = [sample for sample in news if sample.expected_list]
    assert len(traps) >= 12
    for sample in traps:
        title = catalog.get(sample.expected_list).title
        assert title[:4] in reasons[sample.item.title]


def test_all_kinds_of_silence_are_shown(silence: Silence) -> None:
    assert {item.kind for item in silence.items} == set(Kind)
    told = " ".join(item.reason for item in silence.items)
    for words in ("ruled out by", "but no ", "named late in the text", "baseline", "digest only", "late find"):
        assert words in told


def test_every_item_is_sent_or_told_or_counted(
    news: tuple[SampleNews, ...], silence: Silence, sent: list[tuple[SampleNews, list[Match]]]
) -> None:
    assert len(sent) + len(silence.items) + silence.others == len(news)


def test_the_wire_story_is_one_story_in_three_outlets(news: tuple[SampleNews, ...]) -> None:
    first, *others = [sample for sample in news if _sample_item(sample).slug == _WIRE]
    assert len({sample.feed.outlet for sample in (first, *others)}) == 3
    index = StoryIndex()
    stories = set()
    for number, sample in enumerate((first, *others)):
        fingerprint = fingerprint_for(sample.item, sample.feed, ())
        stories.add(index.place(str(number), sample.item.title, fingerprint, START, seen=START).key)
    assert len(stories) == 1


@pytest.mark.parametrize("sample", SAMPLE_FEEDS, ids=lambda sample: str(sample.id))
def test_what_is_told_of_is_what_the_real_parser_reads(sample: SampleFeed, news: tuple[SampleNews, ...]) -> None:
    body = build_feed_document(sample, _BASE, START, LATEST)
    parsed = parse_document(body, feed_url(_BASE, sample), CONTENT_TYPES[sample.form])
    told = [other.item for other in news if other.feed.id == sample.id]
    assert (parsed.title, parsed.lang, parsed.warning) == (sample.outlet, sample.lang, "")
    for entry, item in zip(parsed.items, told, strict=True):
        read = build_item(
            entry, feed_id=sample.id, feed_lang=sample.lang, first_seen=item.first_seen, baseline=item.baseline
        )
        assert read == item
