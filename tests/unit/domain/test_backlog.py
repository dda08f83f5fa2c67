"""Backlogs: which cards still go out, which a digest stands for, and what it says."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog import MOST_CARDS, WaitingCard, build_backlog_digest, plan_backlog
from bot.domain.deliveries import Urgency
from bot.domain.messages import plain_text
from tests.factories import build_alert_view, build_destination, build_slack_destination
from tests.fakes.clock import START


def wait(number: int, *, urgency: Urgency = Urgency.ALERT, waits: float = 1, published: float = 1) -> WaitingCard:
    """A card that waits for `waits` hours; its story was published `published` hours ago."""
    created, reported = START - timedelta(hours=waits), START - timedelta(hours=published)
    return WaitingCard(number, f"A{number}", build_destination(), urgency, created, reported)


def test_ten_cards_are_no_backlog() -> None:
    assert plan_backlog([wait(number) for number in range(10)], START) == ()


def test_of_eleven_cards_the_nine_newest_go_out() -> None:
    waiting = [wait(number, published=number) for number in range(1, 12)]
    assert [card.id for card in plan_backlog(waiting, START)] == [10, 11]


def test_critical_cards_go_out_before_newer_ones() -> None:
    waiting = [wait(number, published=1) for number in range(20)] + [wait(99, urgency=Urgency.CRITICAL, published=9)]
    folded = plan_backlog(waiting, START)
    assert 99 not in {card.id for card in folded}
    assert len(folded) == 12


def test_after_three_days_everything_older_than_a_day_goes_into_the_digest() -> None:
    waiting = [wait(1, waits=70, published=70), wait(2, waits=50, published=50), wait(3)]
    assert [card.id for card in plan_backlog(waiting, START)] == [2, 1]


def test_old_news_that_was_found_only_now_is_judged_by_when_it_was_published() -> None:
    waiting = [wait(number, waits=0.1, published=60) for number in range(11)]
    assert len(plan_backlog(waiting, START)) == 11


@given(
    st.lists(
        st.tuples(st.sampled_from([Urgency.CRITICAL, Urgency.ALERT]), st.floats(0, 100), st.floats(0, 100)), max_size=60
    )
)
def test_never_more_than_ten_messages_and_nothing_lost(cards: list[tuple[Urgency, float, float]]) -> None:
    waiting = [
        wait(number, urgency=urgency, waits=waits, published=published)
        for number, (urgency, waits, published) in enumerate(cards)
    ]
    folded = plan_backlog(waiting, START)
    kept = len(waiting) - len(folded)
    assert kept + (1 if folded else 0) <= MOST_CARDS
    assert len({card.id for card in folded}) == len(folded)
    assert {card.id for card in folded} <= {card.id for card in waiting}


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
