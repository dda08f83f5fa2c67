"""The matcher against two independent answers: SQLite FTS5, and a brute-force reading of the definitions."""

import random

import pytest

from bot.matching.query import Near, Phrase, Word
from tests.unit.matching.oracle import Fts5, brute_force, find_disagreements, random_documents


@pytest.mark.parametrize("seed", [1, 2])
def test_fts5_finds_the_same_documents(seed: int) -> None:
    assert find_disagreements(400, 80, seed, for_fts=True) == []


@pytest.mark.parametrize("seed", [3, 4])
def test_a_brute_force_reading_finds_the_same_documents(seed: int) -> None:
    assert find_disagreements(400, 60, seed, for_fts=False) == []


def test_the_two_oracles_agree_with_each_other_and_find_something() -> None:
    documents = random_documents(random.Random(5), 200)
    oracle = Fts5(documents)
    for query in (
        Word("alfa"),
        Word("афган", prefix=True),
        Phrase("中 国"),
        Near(Word("طالب", prefix=True), Word("bor"), 4),
    ):
        found = oracle.find(query)
        assert found == {item.id for item in documents if brute_force(query, item)}
        assert 0 < len(found) < len(documents)
