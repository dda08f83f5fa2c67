"""Bursts: what a chat bears, what goes into the rolling message, and what that says."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog import WaitingCard
from bot.domain.bursts import (
    CALM,
    Burst,
    BurstContents,
    ChatLoad,
    Covered,
    build_burst,
    choose_covered,
    find_room,
)
from bot.domain.deliveries import Urgency
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
    build_slack_destination,
)
from tests.fakes.clock import START

DESK = build_destination(timezone="Asia/Dushanbe")
LISTS = frozenset({"border", "chinese", "iskp"})


def wait(number: int, minutes: float = 0, reported: float | None = None) -> WaitingCard:
    moment = at(minutes if reported is None else reported)
    return WaitingCard(number, f"A{number}", DESK, Urgency.ALERT, at(minutes), moment)


def test_five_messages_in_ten_minutes_are_bearable_and_twenty_in_an_hour() -> None:
    assert find_room([], START) == 5
    assert find_room([at(-1)] * 4, START) == 1
    assert find_room([at(-1)] * 9, START) == 0
    assert find_room([at(-10)] * 5, START) == 5
    assert find_room([at(-30)] * 18, START) == 2
    assert find_room([at(-60)] * 30, START) == 5


def test_what_is_bearable_stays_cards_and_the_newest_stay_when_more_wait() -> None:
    assert choose_covered(ChatLoad((), tuple(wait(number) for number in range(5))), START) == ()
    waiting = tuple(wait(number, reported=-number) for number in range(8))
    covered = choose_covered(ChatLoad((at(-2),), waiting), START)
    assert [card.id for card in covered] == [4, 5, 6, 7]


def test_while_a_burst_lasts_everything_new_is_covered_and_what_stayed_a_card_is_not() -> None:
    load = ChatLoad((), (wait(1, -2), wait(2, 1)), Burst(9, START, START))
    assert [card.id for card in choose_covered(load, at(1))] == [2]


@given(
    st.lists(st.integers(0, 90), max_size=40),
    st.lists(st.integers(0, 90), max_size=40),
)
def test_no_more_cards_stay_than_a_chat_bears_and_none_is_lost(sent: list[int], waiting: list[int]) -> None:
    times = tuple(START - timedelta(minutes=minutes) for minutes in sent)
    cards = tuple(wait(number, -minutes) for number, minutes in enumerate(waiting))
    covered = choose_covered(ChatLoad(times, cards), START)
    stay = len(cards) - len(covered)
    assert set(covered) <= set(cards)
    assert stay == min(len(cards), find_room(times, START))
    lately = sum(START - moment < timedelta(minutes=10) for moment in times)
    assert stay == 0 or lately + stay <= 5


def story(number: int, title: str, *lists: str, reports: int = 1, priority: Priority = Priority.HIGH) -> Covered:
    matches = tuple(build_match(name, title=name.title(), priority=priority) for name in lists)
    told = tuple(
        build_report(
            item=build_item(f"{number}-{count}", title=title, link=f"https://wire.example/{number}"),
            feed=build_feed(f"outlet-{count}"), matches=matches,
        )
        for count in range(reports)
    )  # fmt: skip
    return Covered(number, build_alert_view(reports=told))


def contents(*stories: Covered, total: int = 0, last: datetime = START) -> BurstContents:
    return BurstContents(Burst(9, at(-10), last), stories, total or len(stories))


def test_the_rolling_message_groups_by_list_and_story() -> None:
    rang = replace(story(1, "Attack on road workers", "border", "chinese", reports=6), rang_at=at(-3))
    told = contents(
        rang,
        story(2, "Crossing at Nizhny Panj closed", "border", reports=3),
        story(3, "Arrests in Khatlon", "iskp", priority=Priority.MEDIUM),
        total=14,
    )
    message = build_burst(told, DESK, LISTS, calm=False)
    link = "https://wire.example"
    assert plain_text(message).splitlines() == [
        "🟠 Busy: 14 alerts in 10 min · grouped until 12:10",
        "Border · 9 reports, 2 stories",
        f" 1. Attack on road workers ({link}/1) · 6 outlets · 🔴 sent 11:57",
        f" 2. Crossing at Nizhny Panj closed ({link}/2) · 3 outlets",
        f"Iskp · 1 report: 3. Arrests in Khatlon ({link}/3)",
        "Chinese · 6 reports, same story as 1",
        "And 11 more: /missed",
        "Critical stories still ring on their own. Reply with a number to open one.",
    ]
    assert message.silent
    slack = build_burst(told, build_slack_destination(), LISTS, calm=False)
    assert "And 11 more: /tocsin missed" in plain_text(slack)
    assert plain_text(slack).endswith("Mention me in the thread with a number to open one.")


def test_the_closing_edit_says_that_it_is_calm() -> None:
    message = build_burst(contents(story(1, "Attack", "border")), DESK, LISTS, calm=True)
    assert plain_text(message).splitlines()[0] == "🟠 Was busy: 1 alert in 10 min · calm since 12:00"
    assert plain_text(message).splitlines()[-1] == "Reply with a number to open one."


def test_a_burst_is_calm_after_ten_minutes_without_an_alert() -> None:
    burst = Burst(9, START, at(3))
    assert not burst.is_calm(at(12.9))
    assert burst.is_calm(at(3) + CALM)


def test_stories_of_lists_that_are_no_longer_watched_are_only_counted() -> None:
    message = build_burst(contents(story(1, "Attack", "other"), story(2, "Arrests", "iskp")), DESK, LISTS, calm=False)
    assert "Attack" not in plain_text(message)
    assert "And 1 more: /missed" in plain_text(message)
