"""Running the examples inside watchlists: what fails, and whether it says where and why."""

from dataclasses import replace

from bot.domain.watchlists import Place, WatchlistCatalog
from bot.matching.matcher import Matcher
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Example, Exclude, Group, Rule, SourceFilter, Status, Term, Watchlist
from bot.services.checking import ExampleFailure, check_examples

TTP = Watchlist(
    id="ttp",
    title="Pakistani Taliban",
    description="",
    priority=Priority.HIGH,
    groups=(
        Group("acronym", "TTP", (Term("=TTP", "en"),)),
        Group("context", "militants", (Term("militants", "en"),)),
        Group("cyber", "", (Term("malware", "en"),)),
    ),
    rules=(Rule("near", Condition((("acronym",), ("context",)), within=5)),),
    excludes=(Exclude("cyber-ttps", Condition((("cyber",),))),),
)
MATCHING = Example("en", "TTP militants attack a post")


def check(watchlist: Watchlist) -> tuple[ExampleFailure, ...]:
    places = {"": Place("ttp.yaml", 1, 1), "examples.positive[1]": Place("ttp.yaml", 30, 7)}
    catalog = WatchlistCatalog((watchlist,), places={"ttp": places})
    return check_examples(catalog, Matcher.build(catalog.watchlists))


def test_examples_that_do_what_they_must_are_no_failures() -> None:
    silent = Example("en", "Ten TTPs of malware authors")
    assert check(replace(TTP, positive=(MATCHING,), negative=(silent,))) == ()


def test_a_silent_positive_names_its_place_and_the_missing_group() -> None:
    (failure,) = check(replace(TTP, positive=(MATCHING, Example("en", "TTP says it agrees"))))
    assert (failure.positive, failure.place) == (True, Place("ttp.yaml", 30, 7))
    assert "“near” lacks context" in failure.cause
    assert "“TTP”" in failure.cause
    assert str(failure).startswith("ttp.yaml:30:7: “TTP says it agrees” must match but does not: ")


def test_a_positive_whose_words_stand_too_far_apart_says_so() -> None:
    far = Example("en", "TTP, said the minister yesterday in the capital, is a band of militants")
    (failure,) = check(replace(TTP, positive=(far,)))
    assert "within 5 words" in failure.cause


def test_a_vetoed_positive_names_the_exclude_and_its_word() -> None:
    (failure,) = check(replace(TTP, positive=(Example("en", "TTP militants use malware"),)))
    assert "“cyber-ttps”" in failure.cause
    assert "“malware”" in failure.cause


def test_a_positive_without_any_term_says_so() -> None:
    (failure,) = check(replace(TTP, positive=(Example("en", "Rain in Quetta"),)))
    assert failure.cause == "no term of the list occurs in it."


def test_a_positive_that_only_mentions_the_subject_fails() -> None:
    late = Example("en", "Weather", "word " * 60 + "TTP militants")
    (failure,) = check(replace(TTP, positive=(late,)))
    assert "only after the first words" in failure.cause


def test_a_matching_negative_names_the_rule_and_the_words_that_fired() -> None:
    (failure,) = check(replace(TTP, negative=(MATCHING,)))
    assert not failure.positive
    assert failure.cause == "rule “near” fired on “TTP”, “militants”."
    assert "must not match but does" in str(failure)


def test_examples_count_as_texts_from_a_feed_the_list_listens_to() -> None:
    picky = replace(TTP, sources=SourceFilter(only=("dawn",), min_grade="A"), positive=(MATCHING,))
    assert check(picky) == ()


def test_a_list_that_only_records_is_checked_but_one_that_is_off_is_not() -> None:
    wrong = replace(TTP, negative=(MATCHING,))
    assert len(check(replace(wrong, status=Status.TEST))) == 1
    assert check(replace(wrong, status=Status.OFF)) == ()
