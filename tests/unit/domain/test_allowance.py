"""The allowance of persons and chats."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.allowance import Allowance, Allowances, Buckets

FEW = Allowance(burst=3, refill=2.0)


def test_a_bucket_gives_its_burst_then_one_token_per_refill() -> None:
    buckets = Buckets(FEW)
    for _ in range(3):
        assert buckets.wait_for("a", 1, 0.0) == 0.0
        buckets.take("a", 1, 0.0)
    assert buckets.wait_for("a", 1, 0.0) == 2.0
    assert buckets.wait_for("a", 1, 1.5) == 0.5
    assert buckets.wait_for("a", 1, 2.0) == 0.0
    assert buckets.wait_for("b", 1, 0.0) == 0.0


def test_a_request_dearer_than_the_bucket_waits_for_a_full_one() -> None:
    buckets = Buckets(FEW)
    assert buckets.wait_for("a", 9, 0.0) == 0.0
    buckets.take("a", 1, 0.0)
    assert buckets.wait_for("a", 9, 0.0) == 2.0


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 3)), max_size=40))
def test_no_more_is_taken_than_the_burst_and_what_came_back(steps: list[tuple[float, int]]) -> None:
    buckets, now, taken = Buckets(FEW), 0.0, 0
    for pause, cost in steps:
        now += pause
        if not buckets.wait_for("a", cost, now):
            buckets.take("a", cost, now)
            taken += cost
        assert taken <= FEW.burst + now / FEW.refill + 1e-6


def test_whoever_empties_a_chat_waits_with_everyone_there_and_nowhere_else() -> None:
    allowances = Allowances(person=Allowance(100, 1.0), chat=FEW)
    assert [allowances.take("ann", "g", 1, 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert allowances.take("bob", "g", 1, 0.0) == 2.0
    assert allowances.take("bob", "h", 1, 0.0) == 0.0


def test_a_person_carries_an_empty_bucket_from_chat_to_chat() -> None:
    allowances = Allowances(person=FEW, chat=Allowance(100, 1.0))
    assert [allowances.take("ann", f"chat{number}", 1, 0.0) for number in range(4)][-1] == 2.0


def test_waiting_is_told_once_until_the_person_may_go_on() -> None:
    allowances = Allowances(person=FEW)
    allowances.take("ann", "g", 3, 0.0)
    assert allowances.take("ann", "g", 1, 0.0) > 0
    assert [allowances.tell("ann", "g") for _ in range(3)] == [True, False, False]
    assert allowances.take("ann", "g", 1, 2.0) == 0.0
    assert allowances.tell("ann", "g")
