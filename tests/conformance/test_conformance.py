"""Every command on every platform, against what it showed before; see `tests/conformance/playing.py`.

`python -m tests.conformance [command …]` writes the golden files anew.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.all_commands import COMMANDS
from bot.commands.registry import Command
from bot.domain.language import install
from bot.sources.catalogues import load_catalogues
from tests.conformance.cases import Kind
from tests.conformance.playing import CASES, GOLDEN, play
from tests.conformance.world import Stage

# What their words or the platform cannot get wrong: they take none, or only a button's.
_WITHOUT_ERRORS = frozenset({"audit", "forget", "home", "adjust", "pause", "resume", "status"})
_REFUSING = frozenset({"mute", "unmute", "digest", "settings", "in", "forget", "start", "claim", "unack", "draft"})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    install(load_catalogues())
    yield Stage(tmp_path_factory.mktemp("stage"))
    install({})


@pytest.mark.parametrize("name", CASES)
async def test_people_are_shown_what_they_were_shown_before(name: str, stage: Stage) -> None:
    golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert await play(name, stage) == golden, f"if it should differ: python -m tests.conformance {name}"


def test_every_golden_file_belongs_to_a_command() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES) == {command.name for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_case_of_each_kind_that_it_can_meet(command: Command) -> None:
    shown = {case.kind for case in CASES[command.name]}
    assert _kinds_of(command) <= shown


def _kinds_of(command: Command) -> set[Kind]:
    kinds = {Kind.SUCCESS}
    if command.name not in _WITHOUT_ERRORS:
        kinds.add(Kind.ERROR)
    if command.needs_admin or command.name in _REFUSING:
        kinds.add(Kind.REFUSED)
    if command.listed and not (command.needs_admin or command.name in {"help", "in"}):
        kinds.add(Kind.EMPTY)
    golden = (GOLDEN / f"{command.name}.txt").read_text(encoding="utf-8")
    if re.search(rf"\[› → a1:p\.\d+:{command.name}[:\]]", golden) or "[page]" in command.usage:
        kinds.add(Kind.PAGED)
    return kinds


def test_no_answer_is_a_failure_of_ours() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in Path(GOLDEN).glob("*.txt")}
    assert [name for name, text in texts.items() if "Something went wrong on my side" in text] == []


def test_slack_is_told_commands_as_they_are_typed_there() -> None:
    names = "|".join(name for command in COMMANDS for name in (command.name, *command.aliases))
    bare = re.compile(rf"(?<![\w/.<])/(?:{names})\b")
    wrong = []
    for path in GOLDEN.glob("*.txt"):
        for case in path.read_text(encoding="utf-8").split("======== ")[1:]:
            slack = case.partition("-------- Slack\n")[2].partition("-------- console\n")[0]
            wrong += [(path.stem, line) for line in slack.splitlines() if bare.search(line) and line[0] not in "|["]
    assert wrong == []
