"""Texts and lists made to break the matcher: bounded time, a clear error where refused, nothing else raised.

Time limits are some ten times what a busy two-core machine needs, so that only a change of order fails them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.matching.cleaning import clean_title
from bot.matching.matcher import Matcher
from bot.matching.query_parser import DEEPEST, parse_query
from bot.matching.records import TEXT_FIELDS, Document, Priority
from bot.matching.regexes import LONGEST_PATTERN
from bot.matching.tokens import folded_words
from bot.matching.validation import find_problems
from bot.matching.watchlist import Condition, Exclude, Group, Rule, Term, Watchlist
from tests.unit.matching.lists import asks, condition, document, group, match_text, rule, watchlist

MEGABYTE = 1_000_000


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if the block takes more processor time: what else the machine does is not its fault."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


EVERYTHING = watchlist(
    group("word", en=["alpha", "beta*", "=GAMMA", "alpha beta gamma"], ru=["граница"], fa=["مرز"]),
    group("other", en=["delta"]),
    rules=(
        rule("word", "other", within=30, id="window"),
        rule(id="near", query="alpha NEAR/100 beta* NEAR/100 delta NEAR/100 alpha"),
        rule(id="regex", query=r"/a[^x]*b|a/ OR /(\w+\s)+delta/i"),
        rule("word", id="word"),
    ),
    excludes=(Exclude("veto", condition("other"), ("word",)),),
)

MONSTERS = {
    "one word of a megabyte": "a" * MEGABYTE,
    "a megabyte of hits": "alpha beta " * (MEGABYTE // 11),
    "a megabyte of near windows": "alpha " * (MEGABYTE // 12) + "delta " * (MEGABYTE // 12),
    "a hundred thousand combining marks": "a" + "\u0301\u0323" * 50_000 + " alpha",
    "marks without a letter": "\u0301" * 100_000,
    "lone surrogates": "\ud800alpha\udfff \udc00" * 10_000,
    "mixed directions": "\u202ealpha\u202c \u2067مرز\u2069 \u200f" * 20_000,
    "invisible characters": "al\u200b\u00adpha\u200d " * 50_000,
    "brackets that never close": "(признано " * 100_000,
    "a disclaimer without end": "(организация запрещена" + "организация" * 90_000,
    "asterisks": "* запрещена " * 80_000,
    "bars and dashes": "a | b - c | " * 80_000,
    "apostrophes": "a'" * 500_000,
    "control characters": "\x00\x01\x1f alpha \x85" * 80_000,
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈" * 50_000,
    "han without spaces": "中国" * 300_000,
    "underscores": "_" * MEGABYTE,
}


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.build([EVERYTHING])


@pytest.mark.parametrize("name", MONSTERS)
def test_a_monstrous_title_takes_bounded_time_and_evidence_stays_true(matcher: Matcher, name: str) -> None:
    text = MONSTERS[name]
    with within(20):
        (*matches,) = matcher.match(Document("d", text, boilerplate=("alpha page",)))
    for match in matches:
        assert 0 < len(match.evidence) <= 100
        for evidence in match.evidence:
            assert text[evidence.start : evidence.end] == evidence.text != ""


def test_the_memo_does_not_grow_without_bound(matcher: Matcher) -> None:
    for batch in range(13):
        matcher.match(document("", " ".join(f"w{batch}x{number}" for number in range(10_000))))
    assert matcher.remembered <= 100_000


def test_an_or_of_ten_thousand_terms_is_one_group() -> None:
    query = " OR ".join(f"word{number}" for number in range(10_000))
    with within(10):
        lists = watchlist(rules=(rule(query=query),))
        assert find_problems(lists) == ()
        match = match_text(lists, "here is word9999")
    assert match is not None
    assert [evidence.term for evidence in match.evidence] == ["word9999"]


def test_deep_brackets_are_refused_with_their_place() -> None:
    assert asks("(" * DEEPEST + "a" + ")" * DEEPEST, "a")
    for text in ("(" * 1_000 + "a" + ")" * 1_000, "title:" * 1_000 + "a", "1 OF (" * 1_000 + "a" + ")" * 1_000):
        with within(2), pytest.raises(QueryError, match=f"at most {DEEPEST} deep"):
            parse_query(text)


def test_a_long_chain_of_nears_and_a_query_without_end_are_refused() -> None:
    with within(5), pytest.raises(QueryError, match="NEARs"):
        parse_query(" NEAR ".join(["a"] * 10_000))
    with within(5), pytest.raises(QueryError, match="limit"):
        parse_query("a " * MEGABYTE)


@pytest.mark.parametrize("pattern", ["(a*)*b", "(a+)+$", "(a|aa)+b", r"(\w+\s?)*x", "(.*)*y", "a.{0,500}b.{0,400}c"])
def test_a_catastrophic_pattern_takes_linear_time(pattern: str) -> None:
    with within(10):
        match_text(watchlist(rules=(rule(query=f"/{pattern}/"),)), "a" * 300_000)


@pytest.mark.parametrize(
    "pattern",
    ["a" * (LONGEST_PATTERN + 1), "(?=a)b", r"(a)\1", "(", "[", "a{1000}{1000}", "((a{100}){100}){100}", "a*", "",
     "a||b", r"x\bfoo", "\\", "(?P<n>a", "\ud800"],
)  # fmt: skip
def test_a_pattern_that_cannot_be_kept_is_a_typed_error(pattern: str) -> None:
    with within(5), pytest.raises(QueryError):
        parse_query(f"word /{pattern}/")


def test_a_hundred_patterns_cost_one_pass() -> None:
    rules = tuple(rule(id=f"r{number}", query=f"/слово{number}[а-я]*/") for number in range(100))
    with within(10):
        match = match_text(watchlist(rules=rules), "текст " * 20_000 + "слово42ами")
    assert match is not None
    assert match.rule == "r42"


def test_ten_thousand_phrases_with_the_same_beginning_stay_cheap() -> None:
    lists = watchlist(group("g", en=[f"bank of the x{number}" for number in range(10_000)]))
    matcher = Matcher.build([lists])
    with within(2):
        assert matcher.match(document("bank of the " * 2_000)) == ()
    assert len(matcher.match(document("the bank of the x77"))) == 1


def test_a_site_name_pattern_is_linear() -> None:
    with within(5):
        clean_title(" - a" * 200_000)
        clean_title(" | " * 200_000)


term_texts = st.text(alphabet=st.characters(), min_size=0, max_size=12) | st.text(
    alphabet="ab*=' -\u200cг|/й", max_size=9
)
terms = st.builds(Term, term_texts, st.sampled_from(["en", "ru", "fa", "uz", "kk", "ky", "ur", "tg", "ps", "xx"]))


@settings(deadline=None)
@given(
    st.lists(terms, min_size=1, max_size=4),
    st.text(alphabet=st.characters(), max_size=80),
    st.text(alphabet="ab*=' -\u200cгй.\n", max_size=60),
)
def test_no_term_and_no_text_raises_and_offsets_always_slice(written: list[Term], title: str, summary: str) -> None:
    lists = Watchlist("w", "w", "", Priority.LOW, (Group("g", "", tuple(written)),), (Rule("r", Condition((("g",),))),))
    find_problems(lists)
    matcher = Matcher.build([lists])
    text = Document("d", title, summary, " ".join(term.text for term in written))
    for match in matcher.match(text):
        for evidence in match.evidence:
            field = {name: getattr(text, name) for name in TEXT_FIELDS}[evidence.field]
            assert field[evidence.start : evidence.end] == evidence.text
            assert folded_words(evidence.text)
    matcher.explain(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "x"]), max_size=12), st.sampled_from("abgd"))
def test_adding_an_exclude_never_adds_a_match(words: list[str], vetoed: str) -> None:
    groups = [group(name[0], en=[name]) for name in ("alpha", "beta", "gamma", "delta")]
    rules = (rule("a", "b", within=4), rule("g", none_of=("d",)))
    plain = watchlist(*groups, rules=rules)
    stricter = watchlist(*groups, rules=rules, excludes=(Exclude("e", condition(vetoed)),))
    text = " ".join(words)
    assert match_text(stricter, text) is None or match_text(plain, text) is not None
