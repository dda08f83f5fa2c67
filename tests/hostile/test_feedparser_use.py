"""feedparser opens files and URLs when it is given a string, so nothing in the product may give it one."""

import ast
from pathlib import Path

import bot
from bot.sources import documents

BOT = Path(str(bot.__file__)).parent


def calls_of_feedparser(path: Path) -> list[ast.Call]:
    """Every call of something inside feedparser in one file."""
    return [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("feedparser.")
    ]


def test_one_file_uses_feedparser() -> None:
    users = {path for path in BOT.rglob("*.py") if "feedparser" in _imported(path)}

    assert users == {Path(documents.__file__)}


def test_feedparser_is_given_bytes_in_a_buffer_with_its_own_cleaning_off() -> None:
    (call,) = calls_of_feedparser(Path(documents.__file__))

    assert ast.unparse(call.func) == "feedparser.parse"
    assert [ast.unparse(argument).split("(")[0] for argument in call.args] == ["io.BytesIO"]
    options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    assert options["sanitize_html"] == "False"
    assert options["resolve_relative_uris"] == "False"


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
