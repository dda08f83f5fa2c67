"""`tocsin check`, one test per kind of mistake: exit 1, file:line:column, what is wrong and what would be right."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli.check import check
from bot.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]
GOOD = """\
schema: 1
id: csto
title: CSTO
priority: high
tags: [regional]
groups:
  name: {en: [=CSTO]}
  place: {en: [Minsk]}
  noise: {en: [museum]}
match:
  rules:
    - {id: name, all: [name, place], within: 9}
  exclude:
    - {id: show, any: [noise]}
  escalate:
    - {id: loud, any: [place], to: critical}
examples:
  positive: [{lang: en, title: "CSTO meets in Minsk"}]
  negative: [{lang: en, title: "Rain over Minsk"}]
"""
ROUTES = """\
schema: 1
destinations:
  desk: {telegram: 77}
routes:
  - {to: [desk], lists: [csto], tags: [regional]}
"""

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path) -> Check:
    """Writes a good folder with these texts in the place of some files, and checks it: exit code, output, errors."""

    def call(**files: str) -> tuple[int, str, str]:
        for name, text in ({"csto": GOOD, "routes": ROUTES} | files).items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        result = CliRunner().invoke(check, [str(tmp_path)])
        return result.exit_code, result.stdout, result.stderr

    return call


def test_a_good_folder_passes_with_a_summary(run: Check) -> None:
    assert run() == (0, "1 watchlist, 2 examples, 0 feeds, 1 route: all good.\n", "")


MISTAKES = [
    pytest.param("priority: high", "priorty: high", "4:1", "no key “priorty”", "“priority”?", id="unknown key"),
    pytest.param("all: [name, place]", "all: [nmae, place]", "12:24", "no group “nmae”", "“name”?", id="unknown group"),
    pytest.param("[=CSTO]", "[=CSTO, '!CSTO']", "7:22", "the “!” in “!CSTO”", "under `not:`", id="not sign in a term"),
    pytest.param("[=CSTO]", "[=CSTO, +CSTO]", "7:22", "the “+” in “+CSTO”", "under `all:`", id="plus sign in a term"),
    pytest.param("within: 9}", "within: 1}", "12:7", "cannot hold 2 groups", "within: 2", id="narrow window"),
    pytest.param("[=CSTO]", "[=CSTO, 201]", "7:22", "only a number", "as well", id="number-like term"),
    pytest.param("[=CSTO]", "[=CSTO, я]", "7:22", "is one letter", "longer", id="one-letter term"),
    pytest.param("[=CSTO]", "[=CSTO, '…']", "7:22", "no letter or digit", "Write a word", id="term that folds away"),
    pytest.param(
        "any: [noise]}\n",
        "any: [name]}\n",
        "12:7",
        "the exclude “show” stops it whenever",
        "out of one",
        id="never fires",
    ),
    pytest.param(
        "within: 9}", "within: 9, not: [place]}", "12:7", "so it never fires", "Remove one", id="stops itself"
    ),
    pytest.param(
        "all: [name, place], within: 9",
        "query: -museum",
        "12:25",
        "only says what must not",
        "Example",
        id="always fires",
    ),
    pytest.param(
        "any: [noise]}\n", "any: [noise], unless: [noise]}\n", "14:7", "never stops", "Remove", id="idle exclude"
    ),
    pytest.param("to: critical", "to: medium", "16:7", "high already", "higher priority", id="idle escalation"),
    pytest.param(
        "any: [noise]}\n",
        "any: [place], in: title}\n",
        "14:7",
        "stops every positive example",
        "unless",
        id="overeager exclude",
    ),
    pytest.param(
        "Rain over Minsk", "CSTO rain over Minsk", "19:14", "must not match but does", "", id="failing example"
    ),
    pytest.param(
        "tags: [regional]", "tags: [regional]\nnotify: [dsk]", "6:10", "no destination “dsk”", "“desk”?", id="notify"
    ),
    pytest.param("id: csto", "id: csto\nid: ttp", "3:1", "stands here a second time", "Delete", id="duplicate key"),
    pytest.param(
        "within: 9}",
        "within: 9}\n    - {id: name, any: [name]}",
        "13:7",
        "id “name” is used twice",
        "own id",
        id="rule id",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "cause", "cure"), MISTAKES)
def test_a_mistake_in_a_list_is_told(run: Check, *, old: str, new: str, place: str, cause: str, cure: str) -> None:
    assert old in GOOD
    code, out, err = run(csto=GOOD.replace(old, new, 1))
    assert code == 1
    assert out.rstrip().endswith((" problem.", " problems."))
    told = [line for line in err.splitlines() if f"csto.yaml:{place}: " in line]
    assert any(cause in line and cure in line for line in told), err


def test_two_lists_with_one_id_are_told(run: Check) -> None:
    code, _, err = run(other=GOOD)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "other.yaml:2:5: the id “csto” is taken by" in err
    assert "Choose another id." in err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("lists: [csto]", "lists: [cst]", "routes.yaml:5:26: there is no watchlist “cst”. Did you mean “csto”?"),
        ("tags: [regional]", "tags: [region]", "routes.yaml:5:40: no watchlist has the tag “region”. Did you mean"),
        ("to: [desk]", "to: [dsk]", "routes.yaml:5:11: there is no destination “dsk”. Did you mean “desk”?"),
        ("telegram: 77", "telgram: 77", "routes.yaml:3:10: a destination has no key “telgram”. Did you mean"),
    ],
)
def test_a_mistake_in_routes_is_told(run: Check, old: str, new: str, told: str) -> None:
    code, _, err = run(routes=ROUTES.replace(old, new, 1))
    assert code == 1
    assert told in err


def test_a_file_with_the_wrong_ending_is_told(run: Check, tmp_path: Path) -> None:
    (tmp_path / "iskp.yml").write_text(GOOD, encoding="utf-8")
    code, _, err = run()
    assert code == 1
    assert "iskp.yml" in err
    assert ".yaml" in err


def test_the_hook_for_pre_commit_runs_the_check() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, verb = hook["entry"].split()
    assert program == "tocsin"
    assert verb in VERBS
    assert hook["pass_filenames"] is False


def test_a_window_too_small_for_a_phrase_is_told(run: Check) -> None:
    text = GOOD.replace("en: [Minsk]", "en: [Minsk or Vitebsk]").replace("within: 9", "within: 2")
    code, _, err = run(csto=text.replace("in Minsk", "in Minsk or Vitebsk"))
    assert code == 1
    assert "csto.yaml:12:7: no term of “place” fits into a window of 2 words, so it never fires." in err


def test_as_json_the_cause_stands_beside_its_place_and_not_behind_it_again(tmp_path: Path) -> None:
    wrong = GOOD.replace("priority: high", "priority: loud")
    failing = GOOD.replace("id: csto", "id: rain").replace("Rain over Minsk", "CSTO rain over Minsk")
    for name, text in (("csto", wrong), ("rain", failing)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    report = json.loads(CliRunner().invoke(check, [str(tmp_path), "--json"]).stdout)
    (problem,), (failure,) = report["problems"], report["failures"]
    assert (problem["line"], problem["column"], problem["cause"]) == (4, 11, "priority cannot be “loud”.")
    assert (Path(failure["path"]).name, failure["line"], failure["column"]) == ("rain.yaml", 19, 14)
    assert failure["cause"].startswith("“CSTO rain over Minsk” must not match but does: rule “name” fired on ")
