"""Backlogs: which cards still go out, which a digest stands for, and what it says."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog import WaitingCard, build_backlog_digest, plan_backlog
from bot.domain.deliveries import Urgency
from bot.domain.messages import plain_text
from tests.factories import build_alert_view, build_destination, build_slack_destination
from tests.fakes.clock import START


def wait(number: int, *, urgency: Urgency = Urgency.ALERT, waits: float = 1, published: float = 1) -> WaitingCard:
    """A card that waits for `waits` hours; its story was published `published` hours ago."""
    created, reported = START - timedelta(hours=waits), START - timedelta(hours=published)
    return WaitingCard(number, f"A{number}", build_destination(), urgency, created, reported)


def test_a_pile_of_fresh_cards_is_no_backlog() -> None:
    assert plan_backlog([wait(number) for number in range(30)], START) == ()


def test_after_three_days_everything_older_than_a_day_goes_into_the_digest() -> None:
    waiting = [wait(1, waits=70, published=70), wait(2, waits=50, published=50), wait(3)]
    assert [card.id for card in plan_backlog(waiting, START)] == [2, 1]


def test_old_news_that_was_found_only_now_is_judged_by_when_it_was_published() -> None:
    waiting = [wait(number, waits=0.1, published=60) for number in range(11)]
    assert len(plan_backlog(waiting, START)) == 11


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=60))
def test_one_digest_holds_all_that_is_old_and_nothing_else(cards: list[tuple[float, float]]) -> None:
    waiting = [wait(number, waits=waits, published=published) for number, (waits, published) in enumerate(cards)]
    old = {number for number, ages in enumerate(cards) if max(ages) > 24}
    assert {card.id for card in plan_backlog(waiting, START)} == (old if len(old) > 1 else set())


def test_the_digest_links_every_alert_it_names_and_tells_how_to_read_the_rest() -> None:
    view = build_alert_view()
    message = build_backlog_digest([view], build_destination(), frozenset({"csto"}), total=41)
    text = plain_text(message)
    assert view.reports[0].item.link in text
    assert view.alert.id in text
    assert text.splitlines()[-1] == "And 40 more: /missed"
    assert message.buttons[0][0].action == "missed"
    slack = build_backlog_digest([view], build_slack_destination(), frozenset({"csto"}), total=41)
    assert plain_text(slack).endswith("/tocsin missed")


def test_a_digest_that_names_everything_has_no_button() -> None:
    message = build_backlog_digest([build_alert_view()], build_destination(), frozenset({"csto"}), total=1)
    assert message.buttons == ()
