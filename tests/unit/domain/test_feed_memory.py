"""What is remembered between polls: when to ask without validators, and which moves to believe."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.feed_memory import (
    MOST_NOT_MODIFIED,
    NO_MEMORY,
    FeedMemory,
    is_full_fetch_due,
    is_only_counted,
    remember_answer,
    remember_move,
)
from tests.fakes.clock import START

OLD, NEW = "http://old.example/rss", "https://new.example/feed"
DAY = timedelta(days=1)
READ = replace(NO_MEMORY, full_at=START)


def test_a_feed_never_read_is_asked_without_validators() -> None:
    assert is_full_fetch_due(NO_MEMORY, START)


def test_validators_are_left_out_once_a_day() -> None:
    assert not is_full_fetch_due(READ, START + DAY - timedelta(seconds=1))
    assert is_full_fetch_due(READ, START + DAY)


def test_validators_are_left_out_after_twenty_answers_without_news() -> None:
    memory = READ
    for _ in range(MOST_NOT_MODIFIED):
        assert not is_full_fetch_due(memory, START)
        memory = remember_answer(memory, now=START, not_modified=True, second_agent=False)
    assert is_full_fetch_due(memory, START)
    assert not is_full_fetch_due(
        remember_answer(memory, now=START, not_modified=False, second_agent=False), START + timedelta(hours=1)
    )


def test_of_an_answer_like_the_last_one_only_the_number_is_remembered() -> None:
    assert is_only_counted(READ, OLD, "", START, second_agent=False)
    moving = replace(READ, moved_to=NEW, moved_since=START - DAY)
    assert is_only_counted(moving, OLD, NEW, START, second_agent=False)


def test_a_move_and_another_agent_are_remembered_with_the_number() -> None:
    moving = replace(READ, moved_to=NEW, moved_since=START - DAY)
    assert not is_only_counted(moving, OLD, "", START, second_agent=False)
    assert not is_only_counted(moving, OLD, NEW, START + 6 * DAY, second_agent=False)
    assert not is_only_counted(READ, OLD, "", START, second_agent=True)


def _move(memory: FeedMemory, days: float, *, target: str = NEW, same_feed: bool = True) -> FeedMemory:
    return remember_move(memory, OLD, target, START + days * DAY, same_feed=same_feed)


def test_a_move_is_believed_after_seven_days_of_the_same_target() -> None:
    begun = _move(READ, 0)
    assert (begun.moved_to, begun.address) == (NEW, "")
    assert _move(begun, 6.9).address == ""
    assert _move(begun, 7).address == NEW


def test_another_target_begins_the_seven_days_anew() -> None:
    turned = _move(_move(READ, 0), 6, target="https://third.example/feed")
    assert _move(turned, 7, target="https://third.example/feed").address == ""
    assert _move(turned, 13, target="https://third.example/feed").address == "https://third.example/feed"


def test_a_redirect_that_ended_is_forgotten() -> None:
    ended = _move(_move(READ, 0), 6, target="")
    assert (ended.moved_to, ended.moved_since) == ("", None)
    assert _move(ended, 7).address == ""


def test_a_target_that_shows_another_feed_is_never_believed() -> None:
    memory = READ
    for day in range(30):
        memory = _move(memory, day, same_feed=False)
    assert memory.address == ""


def test_https_of_the_same_address_is_taken_at_once() -> None:
    assert _move(READ, 0, target="https://old.example/rss", same_feed=False).address == "https://old.example/rss"
    assert _move(READ, 0, target="https://old.example/other").address == ""
