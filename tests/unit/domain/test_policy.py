"""What a match is worth on its own."""

from datetime import timedelta

import pytest

from bot.domain.policy import (
    BASELINE,
    DIGEST_ONLY,
    LATE_FIND,
    MENTIONS,
    SENT,
    TEST_LIST,
    TOO_OLD,
    is_silent,
    judge,
    ringing,
)
from bot.matching.records import Priority
from bot.matching.watchlist import Status
from tests.factories import build_evidence, build_item, build_match, build_watchlist
from tests.fakes.clock import START


def test_a_ringing_match_of_a_fresh_item_is_sent() -> None:
    verdict = judge(build_match(), build_watchlist(), build_item())
    assert (verdict.sends, verdict.outcome) == (True, SENT)


@pytest.mark.parametrize(
    ("match", "watchlist", "item", "outcome"),
    [
        (build_match(), build_watchlist(), build_item(baseline=True), BASELINE),
        (build_match(), build_watchlist(status=Status.TEST), build_item(), TEST_LIST),
        (build_match(rings=False), build_watchlist(), build_item(), MENTIONS),
        (build_match(), build_watchlist(), build_item(published=START - timedelta(hours=49)), LATE_FIND),
        (build_match(), build_watchlist(max_age_hours=2), build_item(published=START - timedelta(hours=3)), TOO_OLD),
    ],
)
def test_what_stays_silent_says_why(match: object, watchlist: object, item: object, outcome: str) -> None:
    verdict = judge(match, watchlist, item)  # type: ignore[arg-type]  # the parameters above are what it takes
    assert (verdict.sends, verdict.outcome) == (False, outcome)


def test_an_item_without_a_date_counts_as_new() -> None:
    assert judge(build_match(), build_watchlist(), build_item(published=None)).sends


def test_low_priority_makes_an_alert_for_the_digest() -> None:
    verdict = judge(build_match(priority=Priority.LOW), build_watchlist(), build_item())
    assert (verdict.sends, verdict.outcome) == (True, DIGEST_ONLY)


def test_the_loudest_ringing_list_comes_first_then_the_earliest_in_the_headline() -> None:
    late = build_match("late", evidence=(build_evidence(start=20, end=24),))
    early = build_match("early", evidence=(build_evidence(start=3, end=7),))
    loud = build_match("loud", priority=Priority.CRITICAL, evidence=(build_evidence(start=30, end=34),))
    silent = build_match("silent", rings=False)
    found = ringing([late, early, silent, loud], frozenset({"late", "early", "loud", "silent"}))
    assert [match.watchlist for match in found] == ["loud", "early", "late"]


def test_items_older_than_six_hours_and_medium_ones_make_no_sound() -> None:
    assert is_silent(Priority.MEDIUM, build_item())
    assert is_silent(Priority.CRITICAL, build_item(published=START - timedelta(hours=7)))
    assert not is_silent(Priority.HIGH, build_item(published=START - timedelta(hours=5)))
