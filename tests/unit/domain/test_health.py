"""Health: each state has its signs, and nobody is told before it has held."""

from datetime import timedelta

import pytest

from bot.domain.health import Health, Pulse, check, judge_failure, judge_success, longest_calm, read_document
from bot.domain.items import Item
from bot.domain.network import NetworkWatch
from bot.domain.rhythm import new_rhythm
from bot.errors import FeedError, FetchProblem
from tests.factories import at, build_item

DAY = timedelta(days=1)


def read(pulse: Pulse, *items: Item, new: tuple[Item, ...] = (), left_out: int = 0) -> Pulse:
    """The pulse after a document with these items was read; the poll before was at START."""
    return read_document(pulse, items, new, left_out=left_out, previous=at(0))


def judge(pulse: Pulse, *, calm: timedelta = timedelta(0)) -> Health:
    """The state of a feed that answered and has had nothing new for that long."""
    return judge_success(pulse, None, now=at(0) + calm, last_new=at(0))


def test_a_document_without_entries_is_empty_until_one_with_entries_comes() -> None:
    empty = read(Pulse(at(0)))
    assert judge(empty) is Health.EMPTY
    assert judge(read(empty, build_item())) is Health.OK
    assert judge(read(Pulse(at(0)), left_out=3)) is Health.OK


def test_entries_without_any_date_are_undated() -> None:
    undated = read(Pulse(at(0)), build_item(published=None))
    assert judge(undated) is Health.UNDATED
    assert judge(read(undated, left_out=5)) is Health.UNDATED
    assert judge(read(undated, build_item(published=None), build_item("b"))) is Health.OK


def test_a_feed_is_quiet_after_five_of_its_gaps_and_three_days_at_least() -> None:
    assert judge(Pulse(at(0)), calm=3 * DAY) is Health.OK
    assert judge(Pulse(at(0)), calm=3.1 * DAY) is Health.QUIET
    weekly = new_rhythm(at(0), [at(0) - number * 7 * DAY for number in range(8)])
    assert longest_calm(weekly) > 20 * DAY


def test_a_feed_whose_items_come_late_is_slow_and_our_own_wait_does_not_count() -> None:
    late = tuple(build_item(str(number), published=at(-180)) for number in range(12))
    punctual = tuple(build_item(str(number), published=at(1), first_seen=at(600)) for number in range(12))
    assert judge(read(Pulse(at(0)), *late, new=late)) is Health.SLOW
    assert judge(read(Pulse(at(0)), *punctual, new=punctual)) is Health.OK
    assert judge(read(Pulse(at(0)), *late[:5], new=late[:5])) is Health.OK


def test_the_same_newest_item_under_changing_dates_is_stuck() -> None:
    pulse = Pulse(at(0))
    for minute in range(4):
        assert judge(pulse) is Health.OK
        pulse = read(pulse, build_item("old"), build_item("newest", published=at(minute)))
    assert judge(pulse) is Health.STUCK
    assert judge(read(pulse, build_item("newer"))) is Health.OK


@pytest.mark.parametrize(
    ("problem", "status", "state"),
    [
        (FetchProblem.NOT_A_FEED, 200, Health.NOT_A_FEED),
        (FetchProblem.BLOCKED, 403, Health.BLOCKED),
        (FetchProblem.RATE_LIMITED, 429, Health.BLOCKED),
        (FetchProblem.BOT_WALL, 200, Health.BLOCKED),
        (FetchProblem.GONE, 410, Health.GONE),
        (FetchProblem.HTTP, 404, Health.GONE),
        (FetchProblem.HTTP, 400, Health.ERROR),
        (FetchProblem.TIMEOUT, 0, Health.ERROR),
    ],
)
def test_each_failure_has_its_state(problem: FetchProblem, status: int, state: Health) -> None:
    assert judge_failure(FeedError(problem, "It failed.", status=status)) is state


def told(*states: Health) -> list[tuple[Health, Health]]:
    """What is told when these states are found one after the other."""
    pulse, changes = Pulse(at(0)), []
    for minute, state in enumerate(states):
        pulse, change = check(pulse, state, "x", at(minute))
        if change is not None:
            changes.append((change.before, change.now))
    return changes


def test_a_state_must_hold_for_two_checks_before_it_is_told_and_is_told_once() -> None:
    assert told(Health.ERROR, Health.OK, Health.ERROR, Health.OK) == []
    assert told(Health.ERROR, Health.ERROR, Health.ERROR) == [(Health.OK, Health.ERROR)]


def test_a_feed_is_gone_after_three_checks() -> None:
    assert told(Health.GONE, Health.GONE) == []
    assert told(Health.GONE, Health.GONE, Health.GONE) == [(Health.OK, Health.GONE)]


def test_a_recovery_is_told_once_and_only_when_it_holds() -> None:
    sick = (Health.EMPTY, Health.EMPTY)
    assert told(*sick, Health.OK, *sick) == [(Health.OK, Health.EMPTY)]
    well = (Health.OK, Health.OK, Health.OK)
    assert told(*sick, *well) == [(Health.OK, Health.EMPTY), (Health.EMPTY, Health.OK)]


def test_a_steady_state_leaves_the_pulse_as_it_is() -> None:
    pulse = Pulse(at(0))
    for minute in range(5):
        pulse, _ = check(pulse, Health.OK, "x", at(minute))
    assert check(pulse, Health.OK, "x", at(9)) == (pulse, None)


def silence(watch: NetworkWatch, *hosts: str) -> None:
    """These hosts do not answer, a minute apart."""
    for minute, host in enumerate(hosts):
        watch.observe(host, FetchProblem.UNREACHABLE, at(minute))


def test_the_network_is_down_when_several_hosts_fall_silent_in_a_row() -> None:
    watch = NetworkWatch()
    watch.feeds = 100
    silence(watch, "a", "b", "c", "d", "a", "b")
    assert watch.down_since is None
    silence(watch, "e")
    assert watch.down_since == at(0)
    watch.observe("f", None, at(9))
    assert watch.down_since is None


def test_one_host_alone_never_means_the_network_and_refusals_are_answers() -> None:
    watch = NetworkWatch()
    watch.feeds = 1
    silence(watch, "a", "a", "a")
    assert watch.down_since is None
    silence(watch, "b")
    assert watch.down_since == at(0)
    watch.observe("c", FetchProblem.BLOCKED, at(5))
    assert watch.down_since is None
