"""Reading routes.yaml: what comes out, and that every slip is told with its place and its cure."""

from datetime import time
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from bot.config import SHIPPED_WATCHLISTS
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.quiet import Override, QuietHours
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.matching.records import Priority
from bot.sources.route_checks import find_route_problems
from bot.sources.route_files import LoadedRoutes, load_routes
from bot.sources.watchlist_files import load_watchlists
from bot.sources.watchlist_schema import build_schema
from tests.factories import build_watchlist
from tests.plain_yaml import read_plain

ROUTES = """\
schema: 1
owner: desk
destinations:
  desk:
    telegram: -1001234567890
    topic: 7
    title: Dushanbe desk
    timezone: Asia/Dushanbe
    quiet: 22:00-06:30
    override: confirmed
    digest: 07:00
    clearance: C
  soc: {slack: C024BE91L}
routes:
  - {to: [desk], lists: [csto], tags: [border]}
  - {to: [desk, soc], min_priority: critical}
"""


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema.Draft202012Validator(build_schema())


def load(folder: Path, text: str) -> LoadedRoutes:
    path = folder / "routes.yaml"
    path.write_text(text, encoding="utf-8")
    return load_routes(path, "UTC")


def test_everything_the_file_says_is_in_the_table(tmp_path: Path) -> None:
    loaded = load(tmp_path, ROUTES)
    assert loaded.problems == ()
    desk, soc = loaded.table.targets
    assert desk.destination == Destination(
        Platform.TELEGRAM, "-1001234567890", "7", ChatKind.GROUP, "Dushanbe desk", timezone="Asia/Dushanbe"
    )
    assert desk.quiet == QuietHours(time(22), time(6, 30), Override.CONFIRMED)
    assert (desk.digest, desk.clearance, desk.place.line) == (time(7), "C", 4)
    assert soc.destination == Destination(Platform.SLACK, "C024BE91L", kind=ChatKind.CHANNEL)
    first, second = loaded.table.routes
    assert (first.to, first.lists, first.tags, first.min_priority) == (("desk",), ("csto",), ("border",), Priority.LOW)
    assert (second.to, second.min_priority) == (("desk", "soc"), Priority.CRITICAL)
    assert second.place == Place(str(tmp_path / "routes.yaml"), 16, 5)
    assert loaded.table.owner_destination == desk.destination


MISTAKES = [
    ("owner: desk", "owners: desk", (2, 1), "no key “owners”", "Did you mean “owner”?"),
    ("owner: desk", "owner: dsek", (2, 8), "no destination “dsek”", "Did you mean “desk”?"),
    ("  soc: {slack", "  Soc: {slack", (13, 3), "“Soc”", "small letters"),
    ("telegram: -1001234567890", "telegram: '@desk'", (5, 15), "“@desk”", "-1001234567890"),
    ("telegram: -1001234567890", "slack: 5", (6, 12), "topic does not go with slack", "Delete"),
    ("telegram: -1001234567890\n    topic: 7", "title_: x", (5, 5), "no key “title_”", "“title”"),
    ("{slack: C024BE91L}", "{slack: general}", (13, 16), "“general”", "C024BE91L"),
    ("{slack: C024BE91L}", "{slack: C024BE91L, telegram: 5}", (13, 8), "telegram and slack", "exactly one"),
    ("{slack: C024BE91L}", "{title: SOC}", (13, 8), "names no chat", "exactly one"),
    ("{slack: C024BE91L}", "{telegram: -1001234567890, topic: 7}", (13, 3), "the same chat", "one of the two"),
    ("topic: 7", "topic: general", (6, 12), "“general”", "whole number"),
    ("Asia/Dushanbe", "Dushanbe/Asia", (8, 15), "no time zone", "Asia/Dushanbe"),
    ("22:00-06:30", "22-6", (9, 12), "“22-6”", "22:00-06:30"),
    ("22:00-06:30", "22:00-22:00", (9, 12), "end when they begin", "different"),
    ("quiet: 22:00-06:30\n    ", "", (9, 15), "there are none", "Add quiet"),
    ("override: confirmed", "override: critcal", (10, 15), "“critcal”", "“critical”"),
    ("digest: 07:00", "digest: 07:75", (11, 13), "“07:75” is not a time", "07:00"),
    ("clearance: C", "clearance: G", (12, 16), "“G”", "Known: A"),
    ("to: [desk], lists", "to: [dsk], lists", (15, 11), "no destination “dsk”", "“desk”"),
    ("to: [desk], lists", "to: [], lists", (15, 10), "names no destination", "at least one"),
    ("to: [desk], lists", "lists", (15, 5), "needs the key “to”", "Add"),
    (", min_priority: critical", "", (16, 5), "does not say what it sends", "min_priority: low"),
    ("min_priority: critical", "min_priority: urgent", (16, 37), "“urgent”", "Known"),
    ("lists: [csto]", "lists: []", (15, 25), "lists is empty", "at least one"),
]
# What needs more than the shape of a file: names that must exist, clocks and chats that must differ.
BEYOND_A_SCHEMA = {
    "no destination “dsek”", "no destination “dsk”", "the same chat", "no time zone", "end when they begin",
    "there are none",
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "cause", "cure"), MISTAKES, ids=[one[1][:24] for one in MISTAKES])
def test_a_mistake_is_told_with_its_place_and_its_cure(
    tmp_path: Path, *, old: str, new: str, place: tuple[int, int], cause: str, cure: str
) -> None:
    assert old in ROUTES
    problem = load(tmp_path, ROUTES.replace(old, new, 1)).problems[0]
    assert (problem.line, problem.column) == place, str(problem)
    assert cause in problem.cause
    assert cure in problem.cure


def test_a_channel_among_several_workspaces_is_named_with_its_own(tmp_path: Path) -> None:
    (_, soc) = load(tmp_path, ROUTES.replace("C024BE91L", "T0ONE/C024BE91L")).table.targets
    assert (soc.destination.key, soc.destination.workspace) == ("slack:T0ONE/C024BE91L", "T0ONE")
    assert soc.destination.kind is ChatKind.CHANNEL


def test_a_wrong_entry_does_not_hide_the_good_ones(tmp_path: Path) -> None:
    loaded = load(tmp_path, ROUTES.replace("clearance: C", "clearance: G"))
    assert [target.name for target in loaded.table.targets] == ["soc"]
    assert len(loaded.problems) == 1


def test_lists_tags_and_destinations_that_nothing_has_are_told(tmp_path: Path) -> None:
    loaded = load(tmp_path, ROUTES)
    place = Place("cyber.yaml", 7, 10)
    catalog = WatchlistCatalog(
        (build_watchlist("cst", tags=("borders",)), build_watchlist("cyber", notify=("sok",))),
        places={"cyber": {"notify[0]": place, "": place}},
    )
    told = [str(problem) for problem in find_route_problems(loaded, catalog)]
    assert told == [
        f"{tmp_path}/routes.yaml:15:26: there is no watchlist “csto”. Did you mean “cst”?",
        f"{tmp_path}/routes.yaml:15:40: no watchlist has the tag “border”. Did you mean “borders”?",
        "cyber.yaml:7:10: routes.yaml has no destination “sok”. Did you mean “soc”?",
    ]


def test_a_list_whose_own_file_is_broken_is_not_told_a_second_time(tmp_path: Path) -> None:
    catalog = WatchlistCatalog((), unusable=frozenset({f"{tmp_path}/csto.yaml"}))
    assert find_route_problems(load(tmp_path, ROUTES), catalog) == ()


def test_the_schema_takes_what_the_reader_takes(validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(read_plain(ROUTES))] == []


@pytest.mark.parametrize(("old", "new"), [one[:2] for one in MISTAKES if one[3] not in BEYOND_A_SCHEMA])
def test_the_schema_refuses_what_the_reader_refuses(validator: Any, old: str, new: str) -> None:
    assert not validator.is_valid(read_plain(ROUTES.replace(old, new, 1)))


def test_the_shipped_example_is_valid_and_sends_nothing() -> None:
    loaded = load_routes(SHIPPED_WATCHLISTS / "routes.yaml", "UTC")
    assert loaded == LoadedRoutes()


def test_the_shipped_example_is_right_once_it_is_uncommented(tmp_path: Path) -> None:
    lines = (SHIPPED_WATCHLISTS / "routes.yaml").read_text(encoding="utf-8").splitlines()
    example = [line.removeprefix("#: ").removeprefix("#:") for line in lines if line.startswith("#:")]
    loaded = load(tmp_path, "\n".join(["schema: 1", *example, ""]))
    assert loaded.problems == ()
    assert {name for route in loaded.table.routes for name in route.to} == {one.name for one in loaded.table.targets}
    assert loaded.table.owner
    assert find_route_problems(loaded, load_watchlists(SHIPPED_WATCHLISTS)) == ()
