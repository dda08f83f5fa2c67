"""The sample feeds."""

import json
import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
import pytest

from bot.demo.feeds import (
    EARLIER,
    LATER,
    LATEST,
    SAMPLE_FEEDS,
    SampleFeed,
    build_feed_document,
    demo_feeds,
    published_at,
)
from bot.demo.formats import Format
from tests.fakes.clock import START

_BASE = "http://127.0.0.1:8000"
_VERSIONS = {Format.RSS_2: "rss20", Format.RSS_1: "rss10", Format.ATOM: "atom10"}

every_feed = pytest.mark.parametrize("sample", SAMPLE_FEEDS, ids=lambda sample: str(sample.id))
every_edition = pytest.mark.parametrize("edition", [EARLIER, LATER, LATEST], ids=["earlier", "later", "latest"])


def _entries(sample: SampleFeed, edition: int, *, start: datetime = START) -> list[dict[str, Any]]:
    """Title, link, summary and date of each entry, read by an independent parser."""
    body = build_feed_document(sample, _BASE, start, edition)
    if sample.form is Format.JSON_FEED:
        document = json.loads(body)
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        return [
            {
                "title": item["title"],
                "link": item["url"],
                "summary": item["summary"],
                "published": datetime.fromisoformat(item["date_published"]),
            }
            for item in document["items"]
        ]
    parsed = feedparser.parse(BytesIO(body))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == _VERSIONS[sample.form]
    assert parsed.encoding == sample.encoding
    assert parsed.feed.language == sample.lang
    return [
        {
            "title": entry.title,
            "link": entry.link,
            "summary": entry.summary,
            "published": datetime.fromtimestamp(timegm(entry.get("published_parsed") or entry.updated_parsed), UTC),
        }
        for entry in parsed.entries
    ]


@every_feed
@every_edition
def test_a_feed_parses_to_exactly_what_its_outlet_wrote(sample: SampleFeed, edition: int) -> None:
    items = sample.shown(edition)
    entries = _entries(sample, edition)
    assert [entry["title"] for entry in entries] == [item.title for item in items]
    assert [entry["summary"] for entry in entries] == [item.summary for item in items]
    assert [entry["published"] for entry in entries] == [published_at(item, START) for item in items]
    assert len({entry["link"] for entry in entries}) == len(items)


@every_feed
def test_a_later_edition_adds_to_the_earlier_one(sample: SampleFeed) -> None:
    earlier, later, latest = (_entries(sample, edition) for edition in (EARLIER, LATER, LATEST))
    assert earlier
    assert later[-len(earlier) :] == earlier
    assert len(later) > len(earlier)
    assert latest[-len(later) :] == later


@every_feed
def test_dates_count_from_the_start_of_the_demo(sample: SampleFeed) -> None:
    a_year_on = START + timedelta(days=365)
    for then, now in zip(_entries(sample, LATEST), _entries(sample, LATEST, start=a_year_on), strict=True):
        assert now["published"] - then["published"] == timedelta(days=365)
        assert now["published"] < a_year_on


@every_feed
def test_slugs_are_unique_and_fit_a_path(sample: SampleFeed) -> None:
    slugs = [item.slug for item in sample.items]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) and slug != "feed" for slug in slugs)


def test_there_are_enough_feeds_languages_and_formats() -> None:
    assert len(SAMPLE_FEEDS) >= 8
    assert {sample.lang for sample in SAMPLE_FEEDS} >= {"en", "ru", "fa", "tg", "ur", "uz", "ps"}
    assert {sample.form for sample in SAMPLE_FEEDS} == set(Format)
    assert "windows-1251" in {sample.encoding for sample in SAMPLE_FEEDS}
    assert any(sample.compressed for sample in SAMPLE_FEEDS)


def test_the_records_describe_the_outlets() -> None:
    feeds = demo_feeds(_BASE)
    assert len({feed.id for feed in feeds}) == len({feed.url for feed in feeds}) == len(feeds)
    assert all(feed.url.startswith(f"{_BASE}/") and feed.outlet.startswith("Sample: ") for feed in feeds)
    assert all(feed.grade in "ABCDEF" and feed.owner for feed in feeds)
