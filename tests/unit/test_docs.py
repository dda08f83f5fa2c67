"""The documents name what exists, and what exists is documented."""

import re
from pathlib import Path

import click
import pytest
import yaml

from bot.cli.verbs import VERBS, load_verb
from bot.commands.all_commands import REGISTRY
from bot.config import SHIPPED_WATCHLISTS, setting_names
from bot.sources.strict_yaml import parse_yaml

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def _section(text: str, heading: str) -> str:
    level = heading.split(maxsplit=1)[0]
    after = text.partition(f"{heading}\n")[2]
    assert after, f"no section {heading}"
    return re.split(rf"\n#{{1,{len(level)}}} ", after)[0]


def test_the_reference_lists_every_setting_and_no_other() -> None:
    names = (line.split("|")[1] for line in _section(REFERENCE, "## Settings").splitlines() if line.startswith("| `"))
    named = {name for cell in names for name in re.findall(r"`([A-Z_]+)`", cell)}
    assert named == set(setting_names())


def test_the_reference_lists_every_verb_and_no_other() -> None:
    named = set(re.findall(r"`tocsin ([a-z]+)`", _section(REFERENCE, "## On the command line")))
    assert named == set(VERBS)


def test_the_reference_lists_every_part_of_a_verb() -> None:
    groups = {name: verb for name in VERBS if isinstance(verb := load_verb(name), click.Group)}
    assert len(groups) > 3
    for name, group in groups.items():
        row = next(line for line in REFERENCE.splitlines() if line.startswith(f"| `tocsin {name}`"))
        assert set(re.findall(r"`([a-z]+)`", row)) == set(group.commands)


def test_the_reference_lists_every_chat_command_and_no_other() -> None:
    rows = [line for line in _section(REFERENCE, "## In the chat").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`/([a-z]+)[` ]", row)}
    assert {command.name for command in REGISTRY.listed} <= named
    assert all(REGISTRY.find(name) for name in named)


def test_the_watchlist_in_the_readme_is_read_by_the_strict_reader() -> None:
    (sample,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    parse_yaml(sample, "README.md")
    assert yaml.safe_load(sample)["id"] == "ttp"


def test_the_documents_link_to_files_that_exist() -> None:
    for document in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"), SHIPPED_WATCHLISTS / "README.md"):
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_architecture_names_files_that_exist() -> None:
    for name in re.findall(r"`((?:bot|storage|watchlists|tests)/[\w./]*)`", ARCHITECTURE):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize(("heading", "tops"), [("## Floors", ("bot", "storage")), ("## Tests", ("tests",))])
def test_the_outlines_name_every_folder_and_no_other(heading: str, tops: tuple[str, ...]) -> None:
    outline = _section(ARCHITECTURE, heading)
    named = {name.rstrip("/") for name in re.findall(r"`((?:bot|storage|tests)/[\w./]*/)`", outline)}
    kept = {path.parent for top in tops for path in (ROOT / top).rglob("*") if path.is_file()}
    folders = {str(path.relative_to(ROOT)) for path in kept if "__pycache__" not in path.parts} - set(tops)
    # A folder that only holds folders is named by them.
    assert {folder for folder in folders if not any(name.startswith(folder) for name in named)} == set()
    assert named <= folders


def test_the_outline_names_every_file_beside_the_folders() -> None:
    beside = {f"bot/{path.name}" for path in (ROOT / "bot").glob("*.py")} - {"bot/__init__.py", "bot/__main__.py"}
    assert beside == set(re.findall(r"`(bot/\w+\.py)`", _section(ARCHITECTURE, "## Floors")))


def test_the_guide_to_telegram_names_commands_and_settings_that_exist() -> None:
    guide = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
    of_botfather = {"newbot", "revoke", "setprivacy", "mybots"}
    commands = set(re.findall(r"`/([a-z]+)[` ]", guide)) - of_botfather
    assert len(commands) > 5
    assert [name for name in commands if REGISTRY.find(name) is None] == []
    settings = set(re.findall(r"\b(?:TELEGRAM|TOCSIN)_[A-Z_]+", guide)) | {"PORT"}
    assert settings <= set(setting_names())


def test_make_offers_the_two_commands_of_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make ([a-z]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
