"""Windows and NEAR against every combination of occurrences, tried one by one."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.matching.lists import asks, group, match_text, rule, watchlist

TERMS = {"one": ["a", "b c"], "two": ["c", "a b"], "three": ["d"]}
texts = st.lists(st.sampled_from("abcdx"), max_size=14)


def occurrences(words: list[str], terms: list[str]) -> list[tuple[int, int]]:
    """First and last word of every occurrence of every term."""
    return [
        (start, start + len(term) - 1)
        for term in (text.split() for text in terms)
        for start in range(len(words) - len(term) + 1)
        if words[start : start + len(term)] == term
    ]


@settings(deadline=None)
@given(texts, st.sampled_from([("one", "two"), ("one", "three"), ("one", "two", "three")]), st.integers(1, 9))
def test_a_window_holds_if_any_choice_of_occurrences_fits(words: list[str], names: tuple[str, ...], size: int) -> None:
    choices = product(*(occurrences(words, TERMS[name]) for name in names))
    expected = any(max(last for _, last in chosen) - min(first for first, _ in chosen) < size for chosen in choices)
    lists = watchlist(*(group(name, en=TERMS[name]) for name in names), rules=(rule(*names, within=size),))
    match = match_text(lists, " ".join(words))
    assert (match is not None) is expected
    if match:
        assert {evidence.group for evidence in match.evidence} == set(names)


@settings(deadline=None)
@given(texts, st.integers(0, 4), st.booleans())
def test_near_holds_if_any_two_occurrences_stand_apart_and_close(words: list[str], most: int, ordered: bool) -> None:
    expected = any(
        0 <= right[0] - left[1] - 1 <= most or (not ordered and 0 <= left[0] - right[1] - 1 <= most)
        for left, right in product(occurrences(words, ["a", "b c"]), occurrences(words, ["c", "a b"]))
    )
    query = f'(a OR "b c") {"ONEAR" if ordered else "NEAR"}/{most} (c OR "a b")'
    assert asks(query, " ".join(words)) is expected
