"""What a card says of its story, its origins and its dates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.alerts import AlertView, Report
from bot.domain.cards import build_card
from bot.domain.messages import plain_text
from bot.matching.records import Priority
from tests.factories import (
    build_alert_view,
    build_destination,
    build_feed,
    build_item,
    build_match,
    build_report,
)

WATCHED = frozenset({"csto"})
WHEN = datetime(2024, 7, 20, 13, 1, tzinfo=UTC)


def _report(outlet: str = "Asia-Plus", *, hours: float = 0, priority: Priority = Priority.HIGH, **item: Any) -> Report:
    at = WHEN - timedelta(hours=hours)
    feed = build_feed(outlet.casefold(), outlet=outlet)
    defaults: dict[str, Any] = {"published": at, "first_seen": at + timedelta(minutes=4), "summary": ""}
    built = build_item(outlet, **defaults | item)
    return build_report(item=built, feed=feed, matches=(build_match(priority=priority),))


def _card(*reports: Report) -> str:
    view: AlertView = build_alert_view(reports=reports)
    return plain_text(build_card(view, build_destination(), WATCHED))


def test_a_single_report_has_no_story_line() -> None:
    assert "Story S18" not in _card(_report())


def test_the_story_line_counts_outlets_and_origins() -> None:
    card = _card(_report("RASC", summary="TASS reports it."), _report("TASS (EN)", hours=22 + 35 / 60))
    assert "Story S18: 2 outlets, 1 origin (TASS)\n" in card
    assert "• TASS (EN), en · 19 Jul 14:26 · first, 22 h 35 min earlier" in card


def test_a_critical_card_of_one_outlet_says_that_nothing_is_confirmed() -> None:
    assert "⚠️ One outlet so far, not confirmed\n" in _card(_report(priority=Priority.CRITICAL))
    assert "not confirmed" not in _card(_report())


def test_a_critical_card_of_copies_names_their_one_origin() -> None:
    first = _report("Daily", summary="TASS said", priority=Priority.CRITICAL)
    copies = [first, _report("Courier", summary="TASS said")]
    assert "⚠️ One origin so far (TASS), not confirmed\n" in _card(*copies)
    assert "not confirmed" not in _card(*copies, _report("Ofoq", summary="Our reporter saw it."))


@pytest.mark.parametrize("published", [WHEN, None])
def test_a_weekday_that_its_date_contradicts_gets_a_line(published: datetime | None) -> None:
    card = _card(_report(summary="He spoke on Friday, July 20, in New York.", published=published))
    line = "⚠️ Date check: the text says “Friday, July 20”; 20 July 2024 was a Saturday."
    assert card.count(line) == 1
    assert "Date check" not in _card(_report(summary="He spoke on Saturday, July 20."))


def test_freshness_is_told_in_words() -> None:
    assert "seen 4 min after publication" in _card(_report())
    assert "seen 9 h after publication (older item)" in _card(_report(first_seen=WHEN + timedelta(hours=9)))
    assert "No date in feed" in _card(_report(published=None))
