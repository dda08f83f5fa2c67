"""Whatever is wrong with what was typed or with its surroundings is one line with a cure, and the right exit code."""

import logging
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import stats
from bot.logs import configure_logs
from tests.integration.typing_verbs import Tocsin


def call_apart(arguments: str, folder: Path) -> "subprocess.Popen[str]":
    """`tocsin` as a process of its own, whose output nobody has read yet."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments.split()],
        cwd=folder,
        env={**os.environ, "TOCSIN_WATCHLISTS": str(folder / "watchlists"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("search (((", "I stopped at “the end”: I expected a word. Example: tajik* NEAR/10 border"),
        (
            "whynot nonsense",
            "What should I look for? Give an address, an alert's id or a story: tocsin whynot https://…",
        ),
        ("backtest nowhere.yaml", "There is no file nowhere.yaml. Give a YAML file, a watchlist's id or a query."),
        ("backtest border --days 0", "I cannot test 0 days. Test between 1 and 366 days."),
        ("feeds add nonsense", "“nonsense” is not a web address. Example: https://example.org/rss.xml"),
        ("export yaml", "Which watchlist? Example: tocsin export yaml --list csto"),
    ],
)
def test_a_wrong_argument_is_one_line_with_its_cure(tocsin: Tocsin, typed: str, said: str) -> None:
    result = tocsin(*typed.split())
    assert (result.code, result.out, result.err) == (2, "", f"tocsin: {said}\n")


@pytest.mark.parametrize(
    ("typed", "cure"),
    [
        ("watchlists show nosuch", "`tocsin watchlists list` shows all of them."),
        ("export csv", "Look further back: tocsin export csv --days 366"),
        ("export opml", "`tocsin feeds add` adds one."),
    ],
)
def test_what_is_not_there_is_cured_by_a_verb_and_not_by_a_chat_command(tocsin: Tocsin, typed: str, cure: str) -> None:
    result = tocsin(*typed.split())
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert result.err.endswith(f"{cure}\n")


def test_a_folder_and_the_database_of_another_program_are_refused(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}")
    assert tocsin("stats").err == f"tocsin: The database {tmp_path} is a folder. Name a file in it with DATABASE_URL.\n"
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{other}")
    result = tocsin("stats")
    assert (result.code, result.err) == (
        1,
        f"tocsin: The database {other} belongs to another program. Point DATABASE_URL elsewhere.\n",
    )


def test_settings_that_cannot_be_read_are_one_line(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe\n")
    result = tocsin("stats")
    assert result.code == 2
    assert result.err == ("tocsin: .env cannot be read: it is no UTF-8 text. Check its owner and its permissions.\n")


def test_a_mistake_of_ours_is_one_line_and_a_traceback_with_debug_only(
    tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_level: str) -> None:
        raise LookupError("no\nsuch thing")

    monkeypatch.setattr(stats, "prepare", fail)
    result = tocsin("stats")
    assert (result.code, result.err) == (
        1,
        "tocsin: LookupError: no such thing. This is our mistake; `tocsin --debug …` shows where it happened.\n",
    )
    with pytest.raises(LookupError):
        tocsin("--debug", "stats")


def test_ctrl_c_ends_a_verb_quietly_with_130(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_level: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stats, "prepare", interrupt)
    result = tocsin("stats")
    assert (result.code, result.out, result.err) == (130, "", "\n")


def test_a_reader_that_goes_away_is_no_error(lists: Path) -> None:
    process = call_apart("watchlists show csto", lists.parent)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=50) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


def test_warnings_of_a_verb_are_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = (root.handlers, root.level)
    configure_logs("warning", plain=True)
    logging.getLogger("library").warning("it creaks")
    root.handlers, root.level = before
    assert capsys.readouterr().err == "tocsin: it creaks\n"
