"""The query language: what is read, what is refused and where, and the way back to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.language import retold
from bot.errors import QueryError
from bot.matching.query import (
    FIELDS,
    And,
    AtLeast,
    GroupName,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Regex,
    Scoped,
    Word,
    is_acronym,
)
from bot.matching.query_checks import find_small_operators
from bot.matching.query_parser import parse_query
from bot.matching.query_text import format_query
from bot.matching.query_words import explain_query

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a | b OR c", Or((A, B, C))),
        ("a -b", And((A, Not(B)))),
        ("a AND NOT b", And((A, Not(B)))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("a NEAR b", Near(A, B, 10)),
        ("a NEAR/3 b ONEAR/0 c", Near(Near(A, B, 3), C, 0, ordered=True)),
        ("-a NEAR b c", And((Not(Near(A, B)), C))),
        ("title:a", Scoped("title", A)),
        ("title:(a b)", Scoped("title", And((A, B)))),
        ("TITLE:a", Scoped("title", A)),
        ("a lang:(ru OR fa)", And((A, Scoped("lang", Or((Word("ru"), Word("fa"))))))),
        ("2 OF (a, b OR c, a)", AtLeast(2, (A, Or((B, C)), A))),
        ("2 a", And((Word("2"), A))),
        ('"army convoy"', Phrase("army convoy")),
        ("«афганская граница»", Phrase("афганская граница")),
        ("“a b”", Phrase("a b")),
        ("tajik*", Word("tajik", prefix=True)),
        ("=Osh", Word("Osh", exact=True)),
        ("=ЖККУ*", Word("ЖККУ", prefix=True, exact=True)),
        ("TTP", Word("TTP", exact=True)),
        ("ОДКБ", Word("ОДКБ", exact=True)),
        ("TALIBAN", Word("TALIBAN")),
        ("TTP*", Word("TTP", prefix=True)),
        ("al-Qaeda", Word("al-Qaeda")),
        ("$geo.tajikistan", GroupName("geo.tajikistan")),
        (r"/атак\w+/i", Regex(r"атак\w+", ignore_case=True)),
        (r"/a\/b/", Regex(r"a\/b")),
        ("and or not near", And((Word("and"), Word("or"), Word("not"), Word("near")))),
    ],
)
def test_a_query_is_read(text: str, tree: Query) -> None:
    assert parse_query(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "stopped_at", "reason", "example"),
    [
        ("tajik* NEAR/ border", 7, "NEAR/", "give a number", "tajik* NEAR/10 border"),
        ("a b OR c", 4, "OR", "can mean `(a AND b) OR c` or `a AND (b OR c)`", "(a AND b) OR c"),
        ("a OR b AND c", 7, "AND", "can mean `a OR (b AND c)` or `(a OR b) AND c`", "a OR (b AND c)"),
        ("x (a b OR c)", 7, "OR", "can mean", "(a AND b) OR c"),
        ("-a", 0, "-a", "only says what must not occur", "tajik* NEAR/10 border -a"),
        ("a OR -b", 0, "a OR -b", "only says what must not occur", "tajik* NEAR/10 border"),
        ("(a", 2, "the end", "opened at character 1 is never closed", "(a)"),
        ("a)", 1, ")", "never opened", "a"),
        ("()", 1, ")", "empty", "(a OR b)"),
        ('say "this', 4, '"this', "never closed", 'say "this"'),
        ("a /b", 2, "/b", "never closed", "a /b/"),
        ("foo:bar", 0, "foo:", "no field “foo”", '"foo bar"'),
        ("OR a", 0, "OR", "expected a word before it", '"OR" a'),
        ("a AND", 5, "the end", "expected a word", "a AND border"),
        ("", 0, "the end", "empty", "tajik* NEAR/10 border"),
        ("a - - b", 4, "-", "two NOTs", "a - b"),
        ("(a b) NEAR c", 6, "NEAR", "only words", '(a OR "b c") NEAR/10 d'),
        ("a NEAR/101 b", 2, "NEAR/101", "at most 100", "a NEAR/100 b"),
        ("3 OF (a, b)", 0, "3", "2 parts", "2 OF (a, b)"),
        ("2 OF (a b)", 0, "2", "1 part", "2 OF (a, b, c)"),
        ("a NEAR/x b", 2, "NEAR/x", "give a number", "a NEAR/10 b"),
        ("a NEAR/-1 b", 2, "NEAR/-1", "give a number", "a NEAR/10 b"),
        ("a NEAR/5,b", 8, ",", "expected a word", "tajik* NEAR/10 border"),
        ("a NEAR/1234567890 b", 2, "NEAR/1234567890", "at most 100", "a NEAR/100 b"),
        ("a near/5 b", 2, "near/5", "in capitals", "a NEAR/5 b"),
        ("a title:", 2, "title:", "right behind it", "a title:tajik*"),
        ("lang: ru tajik*", 0, "lang:", "without a space", "lang:ru tajik*"),
        ("url:https://x.org/y a", 4, "https://x.org/y", "needs quotes", 'url:"https://x.org/y" a'),
        ("0 OF (a, b)", 0, "0", "2 parts", "1 OF (a, b)"),
        ("a ***", 2, "***", "no letter", "tajik* NEAR/10 border"),
        ("ta*ik", 0, "ta*ik", "may only end", "taik*"),
        ("ab*", 0, "ab*", "at least 3 letters", "tajik* NEAR/10 border"),
        ("$Bad", 0, "$Bad", "group's name", "$geo.tajikistan"),
        ("lang:(ru fa)", 0, "lang:", "takes a value", "lang:(a OR b)"),
        ("a OR b c", 7, "c", "can mean", "a OR (b AND c)"),
        ("aa !bb", 3, "!bb", "NOT or -", "aa -bb"),
        ("+aa bb", 0, "+aa", "leave the + out", "aa bb"),
        ("a, b", 1, ",", "expected AND", "a b"),
        ("/a*/", 0, "/a*/", "matches even where there is nothing", "/атак[а-я]+/i"),
        ("x /(?=y)/", 2, "/(?=y)/", "RE2 cannot read it", "/атак[а-я]+/i"),
    ],
)
def test_a_mistake_is_shown_with_its_place_and_a_cure(
    text: str, position: int, stopped_at: str, reason: str, example: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    error = caught.value
    assert (error.position, error.stopped_at) == (position, stopped_at)
    assert reason in error.reason
    assert error.example == example


def test_most_corrected_examples_can_be_read_themselves() -> None:
    for text in ("tajik* NEAR/ border", "a b OR c", "(a", "a)", 'say "this', "foo:bar", "OR a", "a AND", "a, b"):
        with pytest.raises(QueryError) as caught:
            parse_query(text)
        parse_query(caught.value.example)


letters = st.text(alphabet="abcxyzабвтаجکABCXY", min_size=3, max_size=7).filter(
    lambda text: text not in {"AND", "OR", "NOT", "OF", "NEAR", "ONEAR"}
)
words = st.builds(lambda text, prefix, exact: Word(text, prefix, exact or (not prefix and is_acronym(text))),
                  letters, st.booleans(), st.booleans())  # fmt: skip
located = st.one_of(
    words,
    st.builds(lambda one, two: Phrase(f"{one} {two}"), letters, letters),
    st.builds(GroupName, st.sampled_from(["geo.x", "name"])),
    st.builds(Regex, st.sampled_from(["ab+", r"a\/b", "[а-я]+x"]), st.booleans()),
)


def _grow(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    near = st.builds(Near, located, located, st.integers(0, 100), st.booleans())
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Not, inner),
        st.builds(Near, st.one_of(located, near), st.one_of(located, near), st.integers(0, 100), st.booleans()),
        st.builds(Scoped, st.sampled_from(["title", "text"]), inner),
        st.builds(Scoped, st.just("lang"), words),
        several.flatmap(lambda parts: st.builds(AtLeast, st.integers(1, len(parts)), st.just(parts))),
    )


queries = st.recursive(located, _grow, max_leaves=12).map(lambda query: And((Word("anchor"), query)))


@given(queries)
def test_what_is_written_is_read_back_as_the_same_tree(query: Query) -> None:
    assert parse_query(format_query(query)) == query


@given(queries)
def test_every_query_can_be_said_in_plain_words(query: Query) -> None:
    assert "anchor" in explain_query(query)


@given(st.text(alphabet='ab*=()"«»“”/|-$,: 10OFNEARDT.й\n\ud800', max_size=60))
def test_no_text_raises_anything_but_a_query_error(text: str) -> None:
    outcome = read(text)
    if isinstance(outcome, QueryError):
        assert 0 <= outcome.position <= len(text)
        assert outcome.example
    else:
        assert parse_query(format_query(outcome)) == outcome


def read(text: str) -> Query | QueryError:
    try:
        return parse_query(text)
    except QueryError as error:
        return error


@pytest.mark.parametrize(
    ("text", "words_said"),
    [
        (
            "$geo.tajikistan NEAR/10 border -football",
            "headline or text has a form of “Tajikistan” within 10 words of “border”, and no “football”",
        ),
        ("title:TTP", "headline has “TTP” written so"),
        ("a (b OR c) lang:ru", "headline or text has “a” and (“b” or “c”), and lang is ru"),
        ("a ONEAR/1 tajik*", "headline or text has “a” and then a word that begins with “tajik” at most 1 word later"),
        ("a NEAR/0 b", "headline or text has “a” right beside “b”"),
        ("a ONEAR/0 b", "headline or text has “a” and right after it “b”"),
        ("2 OF (a, b, c)", "headline or text has at least 2 of “a”, “b” and “c”"),
    ],
)
def test_a_query_is_explained_in_plain_words(text: str, words_said: str) -> None:
    assert explain_query(parse_query(text), {"geo.tajikistan": "Tajikistan"}) == words_said


@pytest.mark.parametrize("between", [" ", " OR ", " -"])
def test_a_query_of_many_words_is_explained_in_every_language(between: str) -> None:
    words = [f"a{number}" for number in range(300)]
    said = explain_query(parse_query(between.join(words)))
    assert all(f"“{word}”" in said for word in words)
    assert retold(said) == said


@pytest.mark.parametrize(
    ("quoted", "bracketed"),
    [
        ('"Tajik* NEAR/10 border" -football', "(Tajik* NEAR/10 border) -football"),
        ("«таджик* NEAR/5 граница» OR ОДКБ", "(таджик* NEAR/5 граница) OR ОДКБ"),
        ('title:"a ONEAR/3 (b OR c)"', "title:(a ONEAR/3 (b OR c))"),
        ("“a NEAR/3 «b c»” d", '(a NEAR/3 "b c") d'),
    ],
)
def test_quotes_round_a_near_are_brackets(quoted: str, bracketed: str) -> None:
    assert parse_query(quoted) == parse_query(bracketed)


def test_small_letters_in_quotes_are_words() -> None:
    assert parse_query('"near/10 border"') == Phrase("near/10 border")


def test_every_field_of_the_grammar_can_be_read() -> None:
    for field in FIELDS:
        assert parse_query(f"{field}:value a") == And((Scoped(field, Word("value")), A))


@given(st.text(alphabet='ab ()"-*=/:|,$2 ANDORTNEAROF', max_size=30))
def test_the_example_of_an_error_is_itself_a_good_query(text: str) -> None:
    try:
        parse_query(text)
    except QueryError as error:
        parse_query(error.example)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tajik or border", ("or",)),
        ("tajik And title:not NEAR/3 or", ("And", "not", "or")),
        ("2 OF (a, b and c, d -not)", ("and", "not")),
        ('"tajik or border" OR $or', ()),
        ("tajik orr* =border", ()),
    ],
)
def test_operators_in_small_letters_are_words_that_a_hint_can_name(text: str, found: tuple[str, ...]) -> None:
    assert find_small_operators(parse_query(text)) == found
