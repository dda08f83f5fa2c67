"""Reading a directory of watchlists: what comes out, and that every slip is told with its place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.watchlists import Place
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Example, Group, SourceFilter, Status, Term
from bot.sources.watchlist_files import load_watchlists
from tests.unit.sources.watchlist_samples import GROUPS, MISTAKES, SMALL, TTP, load


def test_everything_a_file_says_is_in_its_watchlist(tmp_path: Path) -> None:
    catalog = load(tmp_path, groups=GROUPS, ttp=TTP)
    assert catalog.problems == ()
    (watchlist,) = catalog.watchlists
    assert (watchlist.id, watchlist.title) == ("ttp", "Pakistani Taliban")
    assert watchlist.description == "What counts and what does not."
    assert (watchlist.priority, watchlist.status) == (Priority.HIGH, Status.TEST)
    assert (watchlist.tags, watchlist.languages, watchlist.notify) == (("actor",), ("en", "no"), ("desk",))
    assert watchlist.sources == SourceFilter(("dawn",), ("tass",), "C")
    assert watchlist.max_age_hours == 48
    assert dict(watchlist.stix) == {"type": "threat-actor", "name": "TTP", "aliases": "Pakistani Taliban"}
    assert watchlist.positive == (Example("en", "Pakistani Taliban end truce", "It held for a week."),)
    assert watchlist.negative == (Example("en", "Ten TTPs to hunt", "", "cyber sense"),)


def test_rules_excludes_and_escalations_become_conditions(tmp_path: Path) -> None:
    (watchlist,) = load(tmp_path, groups=GROUPS, ttp=TTP).watchlists
    name, near, free = watchlist.rules
    assert (name.condition, name.label) == (Condition((("name",),)), "by name")
    assert near.condition == Condition((("acronym",), ("name", "geo.afghanistan")), within=60)
    assert (near.none_of, near.priority) == (("act.attack",), Priority.LOW)
    assert free.condition == Condition(query='title:"army convoy" AND $acronym')
    (exclude,) = watchlist.excludes
    assert exclude.condition == Condition((("act.attack",),), title_only=True)
    assert exclude.unless == ("name",)
    (escalation,) = watchlist.escalations
    assert (escalation.condition.within, escalation.to) == (20, Priority.CRITICAL)


def test_the_groups_of_a_list_are_its_own_and_the_shared_ones_it_uses(tmp_path: Path) -> None:
    (watchlist,) = load(tmp_path, groups=GROUPS, ttp=TTP).watchlists
    groups = {group.name: group for group in watchlist.groups}
    assert set(groups) == {"name", "acronym", "geo.afghanistan", "act.attack"}
    assert groups["geo.afghanistan"] == Group(
        "geo.afghanistan", "Afghanistan", (Term("Afghan*", "en"), Term("Kabul", "en"), Term("افغان*", "fa"))
    )


def test_places_point_at_lists_rules_groups_terms_and_examples(tmp_path: Path) -> None:
    catalog = load(tmp_path, groups=GROUPS, ttp=TTP)
    path, shared = str(tmp_path / "ttp.yaml"), str(tmp_path / "groups.yaml")
    assert catalog.find_place("ttp") == Place(path, 1, 1)
    assert catalog.find_place("ttp", "match.rules[1]") == Place(path, 25, 7)
    assert catalog.find_place("ttp", "groups.acronym") == Place(path, 21, 3)
    assert catalog.find_place("ttp", "groups.acronym.en: =TTP") == Place(path, 21, 18)
    assert catalog.find_place("ttp", "groups.geo.afghanistan") == Place(shared, 3, 3)
    assert catalog.find_place("ttp", "examples.negative[0]") == Place(path, 37, 7)
    assert catalog.find_place("ttp", "no such part") == Place(path, 1, 1)


def test_lists_come_in_the_order_of_their_file_names(tmp_path: Path) -> None:
    catalog = load(tmp_path, b=SMALL, a=SMALL.replace("id: small", "id: other"))
    assert [watchlist.id for watchlist in catalog.watchlists] == ["other", "small"]


def test_feeds_and_routes_and_other_files_are_no_watchlists(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text("{}")
    catalog = load(tmp_path, a=SMALL, feeds="feeds: [", routes="routes: [")
    assert (len(catalog.watchlists), catalog.problems) == (1, ())


@pytest.mark.parametrize(("old", "new", "place", "cause", "cure"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_cure(
    tmp_path: Path, *, old: str, new: str, place: tuple[int, int], cause: str, cure: str
) -> None:
    assert old in SMALL
    catalog = load(tmp_path, small=SMALL.replace(old, new, 1))
    assert catalog.watchlists == ()
    problem = catalog.problems[0]
    assert (problem.line, problem.column) == place, str(problem)
    assert cause in problem.cause
    assert any(part in problem.cure for part in cure.split("|") if part)
    assert str(problem).startswith(f"{tmp_path / 'small.yaml'}:{place[0]}:{place[1]}: ")
    assert len(str(problem)) < 500


def test_all_mistakes_of_a_file_are_told_in_one_run(tmp_path: Path) -> None:
    text = SMALL.replace("title: Small", "titel: Small").replace("priority: low", "priority: loud")
    problems = load(tmp_path, small=text.replace("any: [name]", "any: [nome]")).problems
    assert [problem.line for problem in problems] == [3, 1, 9, 4]


def test_a_broken_file_hides_no_other(tmp_path: Path) -> None:
    catalog = load(tmp_path, bad="id: [", ttp=TTP, groups=GROUPS, worse="\x00", wrong="- just a list")
    assert [watchlist.id for watchlist in catalog.watchlists] == ["ttp"]
    assert {Path(problem.path).name for problem in catalog.problems} == {"bad.yaml", "worse.yaml", "wrong.yaml"}


def test_the_second_file_with_an_id_is_refused_and_names_the_first(tmp_path: Path) -> None:
    catalog = load(tmp_path, a=SMALL, b=SMALL.replace("title: Small", "title: Second"))
    assert [watchlist.title for watchlist in catalog.watchlists] == ["Small"]
    (problem,) = catalog.problems
    assert (Path(problem.path).name, problem.line, problem.column) == ("b.yaml", 2, 5)
    assert "a.yaml" in problem.cause


def test_a_missing_directory_is_one_clear_problem(tmp_path: Path) -> None:
    (problem,) = load_watchlists(tmp_path / "nowhere").problems
    assert "no such directory" in problem.cause
    assert "TOCSIN_WATCHLISTS" in problem.cure


def test_an_empty_directory_is_one_clear_problem(tmp_path: Path) -> None:
    (problem,) = load_watchlists(tmp_path).problems
    assert "no watchlist" in problem.cause


def test_a_file_with_the_wrong_ending_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    (tmp_path / "ttp.yml").write_text(SMALL)
    (problem,) = load(tmp_path, small=SMALL).problems
    assert Path(problem.path).name == "ttp.yml"
    assert "ends in .yaml" in problem.cure


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    catalog = load(tmp_path, small=SMALL)
    assert len(catalog.watchlists) == 1
    assert "cannot be read" in catalog.problems[0].cause


def test_unreadable_shared_groups_are_told_once_and_stop_only_the_lists_that_need_them(tmp_path: Path) -> None:
    catalog = load(tmp_path, groups=GROUPS.replace("[attack, raid]", "[attack"), ttp=TTP, small=SMALL)
    assert [watchlist.id for watchlist in catalog.watchlists] == ["small"]
    syntax, waiting = catalog.problems
    assert Path(syntax.path).name == "groups.yaml"
    assert syntax.line > 0
    assert "ttp.yaml" in waiting.cause
    assert "small.yaml" not in waiting.cause


def test_one_broken_shared_group_stops_only_the_lists_that_use_it(tmp_path: Path) -> None:
    groups = GROUPS + "  geo.broken: {en: []}\n"
    assert len(load(tmp_path, groups=groups, ttp=TTP).watchlists) == 1
    catalog = load(tmp_path, small=SMALL.replace("[name]", "[geo.broken]"))
    assert [watchlist.id for watchlist in catalog.watchlists] == ["ttp"]
    assert "small.yaml" in catalog.problems[-1].cause


def test_a_shared_group_without_a_dot_is_refused(tmp_path: Path) -> None:
    problems = load(tmp_path, groups="schema: 1\ngroups:\n  attack: {en: [raid]}\n", small=SMALL).problems
    assert [(problem.line, problem.column) for problem in problems] == [(3, 3)]
    assert "geo.tajikistan" in problems[0].cure


def test_a_senseless_term_in_a_shared_group_is_told_once_in_groups_yaml(tmp_path: Path) -> None:
    second = TTP.replace("id: ttp", "id: second")
    catalog = load(tmp_path, groups=GROUPS.replace("raid]", "raid, 201]"), ttp=TTP, second=second)
    (problem,) = catalog.problems
    assert (Path(problem.path).name, problem.line, problem.column) == ("groups.yaml", 8, 24)


def test_a_day_that_no_calendar_has_is_a_problem(tmp_path: Path) -> None:
    text = SMALL.replace("priority: low", "priority: low\nreview: {checked: 2026-02-31}")
    (problem,) = load(tmp_path, small=text).problems
    assert "2026-02-31" in problem.cause


def test_values_that_yaml_converts_elsewhere_are_read_as_written(tmp_path: Path) -> None:
    text = SMALL.replace("[jirga]", "[no, yes, on, 'null', 12:30, 0x1F, 1e3x]").replace("title: Small", "title: off")
    (watchlist,) = load(tmp_path, small=text).watchlists
    assert watchlist.title == "off"
    assert [term.text for term in watchlist.groups[0].terms] == ["no", "yes", "on", "null", "12:30", "0x1F", "1e3x"]
    (leading,) = load(tmp_path, small=SMALL.replace("priority: low", "priority: low\nmax_age_hours: 010")).watchlists
    assert leading.max_age_hours == 10


HOSTILE = [
    pytest.param("a: &a [x]\nb: *a\n", "anchor", id="anchor"),
    pytest.param("a: !!python/object/apply:os.system [id]\n", "tag", id="tag"),
    pytest.param("<<: {id: x}\n", "merge key", id="merge key"),
    pytest.param(SMALL + "id: again\n", "second time", id="duplicate key"),
    pytest.param("[" * 100_000, "nested", id="deep nesting"),
    pytest.param("x" * 5_000_000, "KB", id="five megabytes"),
    pytest.param(SMALL.replace("Small", "Sm\u202eall"), "U+202E", id="bidi override"),
    pytest.param(SMALL.replace("Small", "Sm\x00all"), "NUL", id="NUL"),
    pytest.param(SMALL.replace("Small", "Привет").encode("cp1251"), "UTF-8", id="not UTF-8"),
    pytest.param(SMALL + "---\n" + SMALL, "second document", id="two documents"),
]


@pytest.mark.parametrize(("content", "words"), HOSTILE)
def test_a_hostile_file_is_one_problem_and_leaves_the_others_alone(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    catalog = load(tmp_path, hostile=content, small=SMALL.replace("id: small", "id: good"))
    assert [watchlist.id for watchlist in catalog.watchlists] == ["good"]
    (problem,) = catalog.problems
    assert words in str(problem)
    assert Path(problem.path).name == "hostile.yaml"


_WORDS = [
    "id",
    "schema",
    "match",
    "rules",
    "any",
    "all",
    "name",
    "1",
    "{",
    "}",
    "[",
    "]",
    ":",
    " ",
    "\n",
    "- ",
    "|",
    "'",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(_WORDS), max_size=40).map("".join)))
def test_no_bytes_raise_and_none_go_unreported(tmp_path: Path, content: bytes | str) -> None:
    catalog = load(tmp_path, any=content)
    assert catalog.watchlists == ()
    assert catalog.problems


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("query: tajik NEAR/ border", (9, 31)),
        ("query: 'it''s NEAR/ border'", (9, 32)),
        ('query: "say \\"a b\\" NEAR/ \\u0441"', (9, 38)),
        ("query: tajik OR\n        border OR\n        guard NEAR/", (12, 15)),
        ("query: >-\n        tajik OR\n\n        border NEAR/", (13, 16)),
        ("query: |\n        tajik OR\n        (border", (12, 16)),
    ],
)
def test_a_mistake_in_a_query_is_shown_inside_it(tmp_path: Path, written: str, place: tuple[int, int]) -> None:
    rule = f"id: free\n      {written}" if "\n" in written else f"{{id: free, {written}}}"
    small = SMALL.replace("{id: name, any: [name]}", rule)
    assert small != SMALL
    problem = load(tmp_path, small=small).problems[0]
    assert (problem.line, problem.column) == place, (str(problem), small)
