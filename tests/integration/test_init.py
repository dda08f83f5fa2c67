"""A working directory, as a stranger makes it."""

import io
import os
import stat
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.init import Answers, _read_timezone, build_env, make_directory
from bot.cli.main import cli
from bot.config import SHIPPED_WATCHLISTS, load_settings, setting_names


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_directory_is_ready_to_run(empty: Path) -> None:
    result = CliRunner().invoke(cli, ["init", "desk", "--yes"])
    assert result.exit_code == 0
    assert "cd desk" in result.output
    assert "tocsin run" in result.output
    os.chdir(empty / "desk")
    settings = load_settings()
    assert settings.watchlists == Path("watchlists")
    assert settings.telegram_bot_token is None
    assert {path.name for path in settings.watchlists.glob("*.yaml")} == {
        path.name for path in SHIPPED_WATCHLISTS.glob("*.yaml")
    }
    assert not list(settings.watchlists.glob("*.py"))


def test_tokens_are_kept_where_only_their_owner_reads(empty: Path) -> None:
    make_directory(empty, Answers("Asia/Dushanbe", telegram="42:ABC", contact="desk@example.org"))
    settings = load_settings()
    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == "42:ABC"
    assert settings.timezone == "Asia/Dushanbe"
    assert settings.contact == "desk@example.org"
    for path, mode in ((empty / ".env", 0o600), (empty / "data", 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_settings_that_are_there_are_left_alone(empty: Path) -> None:
    (empty / ".env").write_text("TOCSIN_TIMEZONE=UTC\n")
    result = CliRunner().invoke(cli, ["init", "--yes"])
    assert result.exception is not None
    assert "is there already" in str(result.exception)
    assert (empty / ".env").read_text() == "TOCSIN_TIMEZONE=UTC\n"
    assert not (empty / "watchlists").exists()


def test_watchlists_that_are_there_are_left_alone(empty: Path) -> None:
    (empty / "watchlists").mkdir()
    assert make_directory(empty, Answers()) == [empty / "data", empty / ".env"]
    assert not list((empty / "watchlists").iterdir())


def test_a_city_names_its_time_zone() -> None:
    assert _read_timezone("dushanbe") == "Asia/Dushanbe"
    assert _read_timezone("new york") == "America/New_York"
    assert _read_timezone("utc") == "UTC"
    with pytest.raises(click.BadParameter, match="Atlantis"):
        _read_timezone("Atlantis")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(
        lambda text: "${" not in text
    )
)
def test_whatever_is_answered_is_read_back_as_it_was(answer: str) -> None:
    read = dotenv_values(stream=io.StringIO(build_env(Answers(contact=answer))), interpolate=True)
    assert read["TOCSIN_CONTACT"] == answer


def test_tocsin_alone_says_what_to_do_next(empty: Path) -> None:
    stranger = CliRunner().invoke(cli, [])
    assert stranger.exit_code == 0
    assert "tocsin demo" in stranger.output
    assert "tocsin init" in stranger.output
    make_directory(empty, Answers())
    assert "tocsin doctor" in CliRunner().invoke(cli, []).output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_what_completes_verbs(shell: str) -> None:
    printed = CliRunner().invoke(cli, ["completion", shell])
    assert printed.exit_code == 0
    assert "_TOCSIN_COMPLETE" in printed.output
    completed = CliRunner().invoke(
        cli,
        [],
        prog_name="tocsin",
        env={"_TOCSIN_COMPLETE": "bash_complete", "COMP_WORDS": "tocsin do", "COMP_CWORD": "1"},
    )
    assert completed.exit_code == 0


def test_verbs_are_completed() -> None:
    asked = {"_TOCSIN_COMPLETE": "bash_complete", "COMP_WORDS": "tocsin do", "COMP_CWORD": "1"}
    assert "plain,doctor" in CliRunner().invoke(cli, [], prog_name="tocsin", env=asked).output
