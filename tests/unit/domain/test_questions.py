"""The question of a digest."""

from collections import Counter
from datetime import date, timedelta

from bot.domain.messages import plain_message, plain_text
from bot.domain.questions import choose_question, with_question
from tests.factories import HEADLINE, build_alert_view

DAY = date(2026, 11, 24)
IDS = ["7KD4", "7Q2M", "K4TB", "N3E6"]


def test_the_same_alert_is_chosen_however_often_a_day_is_tried() -> None:
    assert choose_question(IDS, "telegram:1", DAY) == choose_question(IDS[::-1], "telegram:1", DAY)
    assert choose_question([], "telegram:1", DAY) is None


def test_every_alert_is_as_likely_to_be_chosen() -> None:
    chosen = Counter(choose_question(IDS, "telegram:1", DAY + timedelta(days=days)) for days in range(1_000))
    assert all(200 < chosen[one] < 300 for one in IDS)


def test_the_question_names_the_alert_and_carries_both_answers() -> None:
    asked = with_question(plain_message("Nothing else."), build_alert_view())
    assert plain_text(asked).splitlines()[:3] == ["Nothing else.", "", "Was this one useful? 7KD4"]
    assert HEADLINE in plain_text(asked)
    assert [(button.action, button.subject, button.argument) for button in asked.buttons[-1]] == [
        ("up", "7KD4", "asked"),
        ("dn", "7KD4", "asked"),
    ]
