"""What is proposed to somebody who makes a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.proposals import propose_terms, propose_title
from bot.matching.term_lines import read_term
from bot.matching.validation import find_term_problem


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The CSTO and the TTP met.", ("=CSTO", "=TTP")),
        ("In Dushanbe, Secretary General Imangali Tasmagambetov spoke", ("Secretary General Imangali Tasmagambetov",)),
        ("Islamic State of Khorasan claimed it", ("Islamic State of Khorasan",)),
        ("ОДКБ проводит учения в Горном Бадахшане", ("=ОДКБ", "Горном Бадахшане")),
        ("nothing here has a name", ()),
        ("ЭКСТРЕННО: взрыв", ()),
        ("", ()),
    ],
)
def test_acronyms_and_names_are_proposed(text: str, terms: tuple[str, ...]) -> None:
    assert propose_terms(text) == terms


def test_a_title_is_the_first_name_or_the_first_words() -> None:
    assert propose_title("x", ("=CSTO", "Gorno Badakhshan")) == "Gorno Badakhshan"
    assert propose_title("x", ("=CSTO",)) == "CSTO"
    assert propose_title("guards shot near the river at night", ()) == "guards shot near the river"


@given(st.text(max_size=500))
def test_whatever_is_proposed_can_be_a_term(text: str) -> None:
    terms = propose_terms(text)
    assert len(terms) <= 12
    for term in terms:
        read = read_term(term)
        assert read is not None
        assert find_term_problem(read) is None
