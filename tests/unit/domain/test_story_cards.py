"""What a card says of its story, its origins and its dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.alerts import AlertView, Report
from bot.domain.cards import build_card
from bot.domain.language import speaking
from bot.domain.messages import Line, Moment, plain_text
from bot.matching.records import Priority
from tests.factories import (
    build_alert_view,
    build_destination,
    build_evidence,
    build_feed,
    build_item,
    build_match,
    build_report,
    build_slack_destination,
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


def test_in_slack_every_reader_sees_when_a_report_came_on_their_own_clock() -> None:
    reports = (_report(), _report("Ofoq", hours=2))
    card = build_card(build_alert_view(reports=reports), build_slack_destination(), WATCHED)
    lines = [block for block in card.blocks if isinstance(block, Line) and block.spans[0].text.startswith("• ")]
    assert [[span.at for span in one.spans if isinstance(span, Moment)] for one in lines] == [
        [WHEN - timedelta(hours=2)],
        [WHEN],
    ]


def test_matched_words_are_explained_to_those_who_do_not_read_their_language() -> None:
    word = build_evidence("ОДКБ", label="CSTO", lang="ru")
    report = replace(_report(title="ОДКБ начала учения"), matches=(build_match(evidence=(word,)),))
    assert "Matched words: ОДКБ = CSTO" in _card(report)
    with speaking("ru"):
        assert "ОДКБ = CSTO" not in _card(report)


def test_freshness_is_told_in_words() -> None:
    assert "seen 4 min after publication" in _card(_report())
    assert "seen 9 h after publication (older item)" in _card(_report(first_seen=WHEN + timedelta(hours=9)))
    assert "No date in feed" in _card(_report(published=None))
