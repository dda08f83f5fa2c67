"""A part of the hostile inputs on every run; `python -m tests.hostile.corpus` tries all of them and prints figures."""

from collections import Counter

import pytest

from tests.hostile.corpus.all_cases import list_cases
from tests.hostile.corpus.cases import Case, Kind
from tests.hostile.corpus.trying import open_tester

# Of the inputs that freeze a parser for its whole three seconds, every run tries a few.
_PART = 11
# Seconds: what one input may take on a machine that runs other tests at the same time.
_PATIENCE = 10.0
_MEMORY = 32 * 1024 * 1024
_STALL = 0.050


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(list_cases())


def test_there_are_enough_inputs_of_every_kind(cases: list[Case]) -> None:
    counted = Counter(case.kind for case in cases)
    least = {Kind.FEED: 200, Kind.HTTP: 80, Kind.YAML: 80, Kind.PATTERN: 80, Kind.HTML: 60}
    assert {kind: counted[kind] >= count for kind, count in least.items()} == dict.fromkeys(Kind, True)
    assert len({(case.kind, case.data, case.content_type, case.pause) for case in cases}) >= 500


async def test_a_hostile_input_is_read_safely_or_refused_with_its_reason(cases: list[Case]) -> None:
    async with open_tester() as tester:
        figures = await tester.try_all(cases[::_PART])
    assert figures.faults == []
    assert figures.slowest[0] < _PATIENCE, figures.slowest
    assert max(figures.memory[0], figures.kept) < _MEMORY, figures.memory
    assert figures.longest_stall[0] < _STALL, figures.longest_stall
    assert figures.outcomes["read safely"] > 0
    assert len(figures.outcomes) > 5
