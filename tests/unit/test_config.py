"""Settings: defaults, and one clear line for what is wrong."""

from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr

from bot.config import SHIPPED_WATCHLISTS, Settings, load_settings, setting_names
from bot.errors import SettingsError


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, "SLACK_SIGNING_SECRET is set, but PORT is not"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET is not set"),
        ({"TOCSIN_OWNER": "dana"}, "TOCSIN_OWNER cannot be “dana”: write telegram: or slack: and the person's id"),
        ({"SLACK_CLIENT_SECRET": "s"}, "SLACK_CLIENT_ID is not set"),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1"},
            "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set",
        ),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1"},
            "SLACK_CLIENT_ID is set, but PORT is not",
        ),
    ],
)
def test_a_half_of_slack_stops_the_start(given: dict[str, str], reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=reason):
        load_settings()


def test_with_nothing_set_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.store_url == "sqlite:///data/tocsin.db"
    assert settings.watchlists == SHIPPED_WATCHLISTS
    assert not settings.wants_slack


def test_a_file_called_dot_env_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("TOCSIN_TIMEZONE=Asia/Dushanbe\nTOCSIN_LOG_LEVEL=DEBUG\n", encoding="utf-8")
    monkeypatch.setenv("TOCSIN_LOG_LEVEL", "warning")
    settings = load_settings()
    assert (settings.timezone, settings.log_level) == ("Asia/Dushanbe", "warning")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOCSIN_DATA_DRI", "x", "Did you mean TOCSIN_DATA_DIR?"),
        ("TOCSIN_TIMEZONE", "Dushanbe", "like Asia/Dushanbe"),
        ("TOCSIN_PRIVATE_NETWORKS", "10.0.0.0/99", "Write networks like"),
        ("TOCSIN_POLLS_PER_HOUR", "many", "“many”"),
        ("TOCSIN_FETCH_CONCURRENCY", "0", "TOCSIN_FETCH_CONCURRENCY"),
        ("TELEGRAM_API_URL", "localhost:8081", "http://"),
        ("SLACK_BOT_TOKEN", "xoxb-1", "SLACK_APP_TOKEN is not set"),
        ("TELEGRAM_WEBHOOK_URL", "http://tocsin.example.org/telegram", "https address with a path"),
        ("TELEGRAM_WEBHOOK_URL", "https://tocsin.example.org", "https address with a path"),
        ("TELEGRAM_WEBHOOK_URL", "https://tocsin.example.org:8080/telegram", "443, 80, 88 and 8443"),
        ("TELEGRAM_WEBHOOK_URL", "https://tocsin.example.org/telegram", "PORT is not"),
        ("TELEGRAM_WEBHOOK_SECRET", "too short", "it needs 16 to 256"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_the_cure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_an_unknown_setting_in_dot_env_is_refused_too() -> None:
    Path(".env").write_text("TOCSIN_COLOUR=red\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="TOCSIN_COLOUR is not a setting"):
        load_settings()


def test_every_secret_that_is_set_is_known_to_the_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {str(field.validation_alias): field.annotation for field in Settings.model_fields.values()}
    names = [name for name, kind in kinds.items() if SecretStr in get_args(kind)]
    assert len(names) > 5
    for name in names:
        monkeypatch.setenv(name, f"{name.lower()}-0123456789")
    secrets = {secret.get_secret_value() for secret in Settings().secrets}
    assert secrets == {f"{name.lower()}-0123456789" for name in names}


def test_a_wrong_secret_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "canary")
    with pytest.raises(SettingsError, match="TOCSIN_SECRET_KEY cannot be what it is: it needs 16") as caught:
        load_settings()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", ["TELEGRAM_API_URL", "TOCSIN_PRIVATE_NETWORKS", "TOCSIN_LOG_LEVEL"])
def test_a_password_in_a_wrong_setting_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "postgres://canary-user:canary-pass@db.example/tocsin")
    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()
    assert "canary" not in str(caught.value)


def test_tokens_never_show_in_a_printed_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:canary")
    assert "canary" not in repr(load_settings())
