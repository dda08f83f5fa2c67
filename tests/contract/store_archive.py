"""What every store promises about searching, counting, backing up and restarting."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.alerts import Report
from bot.domain.polls import Totals
from bot.errors import StoreError
from bot.ports.store import Store
from tests.contract.reopening import Reopen
from tests.factories import at, build_destination, build_feed, build_item, build_poll, build_ringing_poll

TEXTS = {
    "one": "csto drill by the tajik afghan border",
    "two": "border guards of tajikistan report cve 2024 12345",
    "three": "طالبان حمله مرز تاجیکستان",
    "four": "weather in tbilisi",
}
# The same suite runs on every store.
_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
HOSTILE = [
    '"', '""', '" OR "', "'", "''; DROP TABLE items; --", "*", "**", "NEAR(csto drill)", "csto NOT drill", "(csto",
    "csto)", "words:csto", "words : csto", "{words}: csto", "^csto", "-csto", "+", "\\", "%", "_", "\x00",
    "drill\x00csto", "\ud83d", "a" * 100_000, "\u202e", "AND", "OR", "NOT", "NEAR", ":", ";", "", " ", "\n", "?",
    ":query", "$1", "`csto`", "border\x00\x00 \x00csto*",
]  # fmt: skip


class ArchiveContract:
    """The archive."""

    @pytest.fixture
    async def archive(self, store: Store) -> Store:
        """A store with four items, the first the oldest."""
        await store.sync_feeds([build_feed()], at(0))
        for minute, (key, words) in enumerate(TEXTS.items()):
            item = build_item(key, first_seen=at(minute))
            await store.record_polls([build_poll(items=(item,), words=((key, words),))], at(minute))
        return store

    @pytest.mark.parametrize(
        ("terms", "found"),
        [
            (["border"], ["two", "one"]),
            (["tajik*"], ["two", "one"]),
            (["tajik"], ["one"]),
            (["border", "tajik*", "csto"], ["one"]),
            (["afghan border"], ["one"]),
            (["border afghan"], []),
            (["cve 2024"], ["two"]),
            (["تاجیک*"], ["three"]),
            (["tbilisi", "border"], []),
            (["afghan bor*"], ["one"]),
            ([], ["four", "three", "two", "one"]),
        ],
    )
    async def test_items_hold_every_term_and_come_newest_first(
        self, archive: Store, terms: list[str], found: list[str]
    ) -> None:
        reports = await archive.search_items(terms, 10)
        assert [report.item.key for report in reports] == found
        assert await archive.count_matching_items(terms) == len(found)

    async def test_a_found_item_comes_with_its_feed_and_without_matches(self, archive: Store) -> None:
        assert await archive.search_items(["drill"], 10) == [Report(build_item("one"), build_feed())]

    async def test_results_can_be_paged(self, archive: Store) -> None:
        pages = [await archive.search_items(["border"], 1, offset) for offset in (0, 1, 2)]
        assert [[report.item.key for report in page] for page in pages] == [["two"], ["one"], []]

    async def test_hostile_terms_find_nothing_and_break_nothing(self, archive: Store) -> None:
        for term in HOSTILE:
            assert await archive.search_items([term, "border"], 10) == [], term
            assert await archive.count_matching_items([term]) == 0, term
        assert await archive.count_matching_items(["border"]) == 2

    @given(terms=st.lists(st.text(max_size=20), min_size=1, max_size=5))
    @settings(max_examples=100, deadline=None, suppress_health_check=_SHARED)
    async def test_no_terms_whatever_raise(self, archive: Store, terms: list[str]) -> None:
        assert len(await archive.search_items(terms, 10)) == await archive.count_matching_items(terms)

    async def test_very_many_terms_are_still_one_search(self, archive: Store) -> None:
        terms = ["border", *(f"word{number}" for number in range(3000))]
        assert await archive.count_matching_items(terms) == 0
        assert await archive.count_matching_items(["border"] * 3000) == 2

    async def test_an_item_recorded_again_is_found_once(self, archive: Store) -> None:
        await archive.record_polls([build_poll(items=(build_item("one"),), words=(("one", TEXTS["one"]),))], at(9))
        assert await archive.count_matching_items(["csto"]) == 1

    async def test_totals_count_everything(self, store: Store) -> None:
        empty = await store.count_totals()
        assert set(empty.__class__.__slots__) == {
            name for name in empty.__class__.__slots__ if not getattr(empty, name)
        }
        await store.sync_feeds([build_feed(), build_feed("tass")], at(0))
        await store.subscribe(build_destination(), "csto", "telegram:42", at(0))
        await store.record_polls([build_ringing_poll("item-1", build_destination())], at(0))
        assert await store.count_totals() == Totals(
            feeds=2,
            items=1,
            matches=1,
            stories=1,
            alerts=1,
            deliveries=1,
            deliveries_pending=1,
            deliveries_failed=0,
            subscriptions=1,
        )

    async def test_items_are_counted_by_first_sight(self, archive: Store) -> None:
        assert [await archive.count_items_since(at(minute)) for minute in (0, 2, 4)] == [4, 2, 0]

    async def test_the_archive_outlives_a_restart(self, archive: Store, reopen: Reopen) -> None:
        before = await archive.search_items(["border"], 10)
        again = await reopen()
        assert await again.search_items(["border"], 10) == before
        assert await again.migrate() == []

    async def test_a_backup_appears_at_its_target_and_never_over_another_file(
        self, archive: Store, tmp_path: Path
    ) -> None:
        target = tmp_path / "copies" / "today"
        await archive.backup(target)
        assert target.stat().st_size > 0
        assert [path.name for path in target.parent.iterdir()] == ["today"]
        with pytest.raises(StoreError, match="exists"):
            await archive.backup(target)

    async def test_a_closed_store_says_so_and_closes_again(self, store: Store) -> None:
        await store.close()
        await store.close()
        with pytest.raises(StoreError, match="closed"):
            await store.list_feeds()
