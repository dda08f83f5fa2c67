"""What a card says when its story changed since it was sent."""

from typing import Any

from bot.domain.cards import build_card
from bot.domain.messages import plain_text
from bot.matching.records import Priority
from tests.factories import (
    at,
    build_alert_view,
    build_destination,
    build_feed,
    build_item,
    build_match,
    build_report,
)

CSTO = frozenset({"csto"})


def card(**fields: Any) -> list[str]:
    view = build_alert_view(reports=(build_report(**fields),))
    return plain_text(build_card(view, build_destination(), CSTO)).splitlines()


def test_an_edited_headline_stands_in_the_place_of_the_first_which_is_still_told() -> None:
    lines = card(revised="CSTO troops stay away from the Tajik-Afghan border")
    assert lines[1].startswith("CSTO troops stay away from the Tajik-Afghan border (")
    assert "⚠️ Headline changed since first seen: “CSTO troops deploy to the Tajik-Afghan border”" in lines


def test_a_headline_that_only_changed_its_case_or_marks_is_no_news() -> None:
    assert not any("⚠️" in line for line in card(revised="CSTO Troops Deploy to the Tajik-Afghan Border!"))


def test_a_report_that_was_taken_back_says_so() -> None:
    assert "⚠️ Asia Plus has taken this report back" in card(revised="RETRACTED: CSTO troops deploy to the border")
    russian = build_item(title="ОДКБ перебросила войска к границе", lang="ru")
    assert "⚠️ Asia Plus has taken this report back" in card(item=russian, revised="Материал отозван редакцией")


def test_an_article_that_is_gone_is_told_while_it_is_the_only_source() -> None:
    gone = build_report(gone_at=at(60))
    words = "⚠️ The article is no longer there: Asia Plus was the only source"
    assert words in card(gone_at=at(60))
    other = build_report(item=build_item("item-2", feed_id="vakhsh"), feed=build_feed("vakhsh"))
    view = build_alert_view(reports=(gone, other))
    assert words not in plain_text(build_card(view, build_destination(), CSTO))


def test_a_story_that_a_later_report_made_critical_is_critical_at_the_head_of_its_card() -> None:
    louder = build_report(
        item=build_item("item-2", feed_id="vakhsh"), feed=build_feed("vakhsh"),
        matches=(build_match(priority=Priority.CRITICAL),),
    )  # fmt: skip
    view = build_alert_view(reports=(build_report(), louder))
    message = build_card(view, build_destination(), CSTO)
    assert plain_text(message).startswith("🔴 CRITICAL · CSTO")
    assert not message.silent
