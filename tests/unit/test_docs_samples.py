"""What stands in code blocks of the documents works: verbs and options exist, watchlists pass their own examples."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli.check import check_path
from bot.cli.main import cli
from bot.cli.verbs import load_verb
from bot.commands.all_commands import REGISTRY
from bot.config import SHIPPED_WATCHLISTS, setting_names
from bot.sources.strict_yaml import parse_yaml

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob(".github/*.md")),
    SHIPPED_WATCHLISTS / "README.md",
]


def _read_blocks(language: str) -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for found in re.finditer(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{document.relative_to(ROOT)}:{line}", found[1]


def _read_commands() -> Iterator[tuple[str, str]]:
    """Every call of tocsin in a shell block, and in a code span that has options."""
    for place, block in _read_blocks("sh"):
        for row in block.splitlines():
            if found := re.search(r"^(?:[\w./]*/)?tocsin( [^#|&>]*|$)", row):
                yield place, found[1]
    for document in DOCUMENTS:
        for call in re.findall(r"`tocsin ([^`…|]+)`", document.read_text(encoding="utf-8")):
            yield document.name, call


@pytest.mark.parametrize(("place", "call"), sorted(set(_read_commands())))
def test_every_verb_and_option_exists(place: str, call: str) -> None:
    command: click.Command = cli
    words = shlex.split(call)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        name = words.pop(0)
        assert name in command.commands, f"{place}: there is no `tocsin {call}`"
        command = load_verb(name) if command is cli else command.commands[name]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    known |= {"--help", "--version", "--debug"}
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in known, f"{place}: `tocsin {call}` has no {word}"


@pytest.mark.parametrize(("place", "block"), list(_read_blocks("sh")))
def test_every_setting_in_a_shell_block_exists(place: str, block: str) -> None:
    named = re.findall(r"\b(TOCSIN_[A-Z_]+|TELEGRAM_[A-Z_]+|SLACK_[A-Z_]+)\b", block)
    assert set(named) <= set(setting_names()), place


@pytest.mark.parametrize(("place", "block"), list(_read_blocks("yaml")))
def test_every_yaml_block_is_read_and_every_watchlist_in_one_passes_its_examples(
    place: str, block: str, tmp_path: Path
) -> None:
    parse_yaml(block, place)
    if not re.search(r"^id: ", block, re.MULTILINE):
        return
    (tmp_path / "sample.yaml").write_text(block, encoding="utf-8")
    (tmp_path / "groups.yaml").write_bytes((SHIPPED_WATCHLISTS / "groups.yaml").read_bytes())
    report = check_path(tmp_path)
    assert [str(problem) for problem in report.problems] == [], place
    assert [str(failure) for failure in report.failures] == [], place
    assert report.examples > 0, place


@pytest.mark.parametrize(("place", "block"), list(_read_blocks("")))
def test_every_chat_command_in_a_block_exists(place: str, block: str) -> None:
    for name in re.findall(r"^/([a-z]+)", block, re.MULTILINE):
        assert REGISTRY.find(name), f"{place}: there is no /{name}"
