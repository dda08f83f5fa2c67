"""Every fault of the catalogue has a test that exists, or a sentence that says why not."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]
FAULTS = 68


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file, those of classes too."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, functions) and node.name.startswith("test_")
    )


def test_every_fault_has_its_row() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, FAULTS + 1))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_names_tests_that_exist_or_says_why_there_is_none(row: list[str]) -> None:
    _, fault, shown = row
    assert fault
    named = re.findall(r"(tests/[\w/]+\.py)::(test_\w+)", shown)
    for path, name in named:
        assert (ROOT / path).is_file(), path
        assert name in names_in(path), f"{path} has no {name}"
    said = re.sub(r"tests/\S+", "", shown).strip(" ,")
    assert named or (said.endswith(".") and len(said) > 25)
