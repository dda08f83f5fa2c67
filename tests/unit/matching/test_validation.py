"""Mistakes only the matcher can see are found, named by their part of the file, with a cure."""

import pytest

from bot.matching.validation import find_problems
from bot.matching.watchlist import Condition, Exclude, Rule
from tests.unit.matching.lists import condition, group, rule, watchlist


@pytest.mark.parametrize(
    ("term", "cause"),
    [
        ("...", "no letter or digit"),
        ("***", "no letter or digit"),
        ("42", "only a number"),
        ("x", "one letter"),
        ("оп*", "too short for a prefix"),
        ("*stan", "not at the end of a word"),
        ("ta*ik", "not at the end of a word"),
        ("север *", "too short for a prefix"),
    ],
)
def test_a_term_that_finds_nothing_or_everything_is_a_problem(term: str, cause: str) -> None:
    (problem,) = find_problems(watchlist(group("name", en=["fine", term])))
    assert problem.part == f"groups.name.en: {term}"
    assert cause in problem.cause
    assert problem.cure


@pytest.mark.parametrize(
    "term", ["TTP", "=TTP", "=ЖККУ*", "опи*", "9/11", "BOD 22-01", "Рубеж 20*", "国", "0day", "3D"]
)
def test_a_sound_term_is_no_problem(term: str) -> None:
    assert find_problems(watchlist(group("name", en=[term]))) == ()


@pytest.mark.parametrize("query", [r"/\w+/", "/[a-z]+/i", "/[а-я]{4,}/", "alpha OR /.+/", r"title:/\S+/", "/[آ-ی]+/"])
def test_a_pattern_that_finds_something_everywhere_is_a_problem(query: str) -> None:
    (problem,) = find_problems(watchlist(rules=(Rule("r", Condition(query=query)),)))
    assert "would match everywhere" in problem.cause


@pytest.mark.parametrize(
    "query", ["/[A-Z]{2,}/", r"/attack\w*/i", r"general ONEAR/1 /[A-Z]\w+/", r"alpha /\w+/", "/[a-z]ZX/"]
)
def test_a_pattern_with_a_meaning_is_no_problem(query: str) -> None:
    assert find_problems(watchlist(rules=(Rule("r", Condition(query=query)),))) == ()


def test_an_unknown_group_is_named_with_the_nearest_one() -> None:
    lists = watchlist(
        group("context", en=["word"]),
        rules=(rule("context"), rule("contxt")),
        excludes=(Exclude("e", condition("nothing"), ("nowhere",)),),
    )
    problems = find_problems(lists)
    assert [(problem.part, problem.cause) for problem in problems] == [
        ("match.rules[1]", "there is no word group “contxt”."),
        ("match.exclude[0]", "there is no word group “nothing”."),
        ("match.exclude[0]", "there is no word group “nowhere”."),
    ]
    assert problems[0].cure == "Did you mean context?"


def test_an_unreadable_query_is_a_problem_with_the_parsers_words() -> None:
    (problem,) = find_problems(watchlist(group("g", en=["word"]), rules=(rule(query="a NEAR/ b"),)))
    assert problem.part == "match.rules[0]"
    assert "give a number" in problem.cause
    assert "NEAR/10" in problem.cure


def test_a_query_without_any_word_would_always_fire() -> None:
    (problem,) = find_problems(watchlist(group("g", en=["word"]), rules=(rule(query="lang:ru"),)))
    assert "would always fire" in problem.cause


@pytest.mark.parametrize(
    "query",
    ["title:text:border", "title:border NEAR text:tajik", "tajik -tajik", "border (title:text:a OR (tajik -tajik))"],
)
def test_a_query_that_no_text_can_meet_never_fires(query: str) -> None:
    (problem,) = find_problems(watchlist(rules=(rule(query=query),)))
    assert "never fires" in problem.cause


@pytest.mark.parametrize("query", ["a", "7", '"10"', "tajik* OR a", "lang:ru 7", "7 -border", "title:7", "7 NEAR 8"])
def test_a_query_that_a_letter_or_number_alone_can_fire_is_a_problem(query: str) -> None:
    (problem,) = find_problems(watchlist(rules=(rule(query=query),)))
    assert "would match everywhere" in problem.cause


@pytest.mark.parametrize(
    "query",
    ["10 killed", "9/11", "国", "title:border NEAR (text:tajik OR tajik)", "tajik -title:tajik", "2 OF (tajik, border)",
     "title:border text:tajik", "border -7", "lang:ru tajik", "$g NEAR/3 7"],
)  # fmt: skip
def test_a_sound_query_is_no_problem(query: str) -> None:
    assert find_problems(watchlist(group("g", en=["word"]), rules=(rule(query=query),))) == ()


def test_a_rule_without_a_condition_would_always_fire() -> None:
    (problem,) = find_problems(watchlist(group("g", en=["word"]), rules=(rule(),)))
    assert "would always fire" in problem.cause


def test_a_rule_that_stops_itself_never_fires() -> None:
    lists = watchlist(group("g", en=["word"]), rules=(rule("g", none_of=("g",)),))
    assert ["never fires" in problem.cause for problem in find_problems(lists)] == [True]


def test_a_rule_whose_words_are_all_vetoed_never_fires() -> None:
    veto = Exclude("always", condition("g|h"))
    lists = watchlist(group("g", en=["word"]), group("h", en=["other"]), rules=(rule("g"),), excludes=(veto,))
    assert ["stops it whenever it fires" in problem.cause for problem in find_problems(lists)] == [True]


def test_a_veto_that_can_be_lifted_or_looks_elsewhere_is_no_problem() -> None:
    groups = (group("g", en=["word"]), group("h", en=["other"]))
    for veto in (
        Exclude("lifted", condition("g"), ("h",)),
        Exclude("narrow", condition("g", title_only=True)),
        Exclude("both", condition("g", "h")),
    ):
        assert find_problems(watchlist(*groups, rules=(rule("g"),), excludes=(veto,))) == ()


def test_a_group_without_terms_can_never_be_met() -> None:
    assert ["has no terms" in problem.cause for problem in find_problems(watchlist(group("g")))] == [True]
