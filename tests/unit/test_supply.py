"""What is installed is pinned with hashes, and what is deployed runs with as little as it needs."""

import ast
import configparser
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = (ROOT / "requirements.txt", ROOT / ".ci" / "requirements-dev.txt")
DOCKERFILE = (ROOT / "docs" / "deploy" / "Dockerfile").read_text(encoding="utf-8")


# Data that others find by themselves, and a faster way inside psycopg.
NEVER_IMPORTED = {"pymorphy3-dicts-ru", "tzdata", "psycopg-binary"}


def _read_pins(path: Path) -> dict[str, Requirement]:
    """The pinned requirements by normalised name; every one must carry a hash."""
    pinned = {}
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip()):
        if not block.startswith("#"):
            requirement = Requirement(block.split("\\")[0].strip())
            assert re.findall(r"--hash=sha256:[0-9a-f]{64}", block), f"{requirement.name} has no hash"
            pinned[_normal(requirement.name)] = requirement
    return pinned


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_every_dependency_is_pinned_within_its_range_and_no_address_is_named(path: Path) -> None:
    pinned = _read_pins(path)
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["postgres"], *PROJECT["dependency-groups"]["build"]]
    if path.name == "requirements-dev.txt":
        wanted += extras["dev"]
    for requirement in map(Requirement, wanted):
        (pin,) = pinned[_normal(requirement.name)].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), f"`make pins` is due for {requirement}"
    assert "://" not in path.read_text(encoding="utf-8")


def test_what_is_imported_is_asked_for_and_nothing_else_is() -> None:
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["postgres"]]
    asked = set()
    for requirement in map(Requirement, wanted):
        asked |= {_normal(requirement.name), *(_normal(f"{requirement.name}-{extra}") for extra in requirement.extras)}
    homes = packages_distributions()
    imported = {_normal(homes[name][0]) for name in _read_imports() if name in homes}
    assert imported == asked - NEVER_IMPORTED


def _read_imports() -> set[str]:
    """The packages of others that Tocsin imports."""
    own = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    names = {
        name.partition(".")[0]
        for folder in own
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names_of(node)
    }
    return names - own - sys.stdlib_module_names


def _names_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module or ""


def test_tests_run_with_the_versions_that_are_deployed() -> None:
    deployed, tested = map(_read_pins, PINS)
    assert {name: str(pin) for name, pin in deployed.items()}.items() <= {n: str(p) for n, p in tested.items()}.items()


def test_the_image_copies_what_exists_installs_by_hash_and_runs_without_rights() -> None:
    copied = [
        line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    assert all((ROOT / name).exists() for names in copied for name in names)
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= {
        n for names in copied for n in names
    }
    assert "--require-hashes" in DOCKERFILE
    (user,) = re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)
    assert int(user) > 0
    (check,) = re.findall(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    compile(json.loads(check)[2], "health check", "exec")
    assert json.loads(re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.MULTILINE)[0]) == ["tocsin"]


def test_the_unit_gives_the_service_no_rights_and_time_to_drain() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep the case
    unit.read(ROOT / "docs" / "deploy" / "tocsin.service", encoding="utf-8")
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert int(service["TimeoutStopSec"]) > 10
    assert service["RestartPreventExitStatus"] == "2"
