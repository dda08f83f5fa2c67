"""Verbs are loaded when they are typed, and known without it."""

import subprocess
import sys

import click
import pytest

from bot.cli.verbs import VERBS, load_verb

LOADED = """\
import sys
from bot.cli.main import cli
try:
    cli(sys.argv[1:], prog_name="tocsin")
finally:
    print(*(name for name in sys.modules if name.startswith(("bot.", "aiohttp", "pydantic", "rich"))), file=sys.stderr)
"""


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_called_as_its_module(name: str) -> None:
    verb = load_verb(name)
    assert isinstance(verb, click.Command)
    assert verb.name == name
    assert verb.help


def test_the_lines_of_the_help_are_whole_on_a_narrow_terminal() -> None:
    widest = max(map(len, VERBS))
    assert all(len(f"  {'':{widest}}  {line}") < 80 and line.endswith(".") for line in VERBS.values())


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_what_is_asked_of_all_verbs_loads_none(asked: str) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, asked], capture_output=True, text=True, check=True, timeout=30)
    assert "tocsin" in done.stdout
    assert set(done.stderr.split()) == {"bot.cli", "bot.cli.main", "bot.cli.verbs", "bot.errors", "bot.sentences"}
