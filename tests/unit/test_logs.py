"""Secrets never reach a log line."""

import json
import logging

import pytest
import structlog
from pydantic import SecretStr

from bot.logs import Redactor, configure_logs, log_warnings_only

TOKEN = "7000000001:AAHcanarycanarycanarycanarycanary"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://api.telegram.org/bot{TOKEN}/getMe",
        f"the token {TOKEN} was refused",
        "xoxb-123456789012-canarycanary",
        "xapp-1-A0TOCSIN-canarycanary",
        "https://user:canary@feeds.example/rss",
        "https://feeds.example/rss?x=1&token=canary",
    ],
)
def test_anything_shaped_like_a_secret_is_taken_out(text: str) -> None:
    assert "canary" not in Redactor().clean(text)


def test_a_known_secret_is_taken_out_whatever_its_shape() -> None:
    assert Redactor([SecretStr("swordfish")]).clean("it is swordfish!") == "it is [secret]!"


def test_ordinary_text_is_left_alone() -> None:
    text = "feed asia-plus: 12:30:45 https://asia-plus.example/a?x=1 answered 404"
    assert Redactor().clean(text) == text


def test_secrets_are_taken_out_of_our_logs_library_logs_and_tracebacks(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = (root.handlers, root.level)
    try:
        configure_logs("debug", [SecretStr("swordfish")])
        structlog.get_logger("ours").info("sent", url="https://x.example/?key=swordfish")
        logging.getLogger("theirs").warning("got %s", "swordfish")
        try:
            int("swordfish")
        except ValueError:
            structlog.get_logger("ours").exception("broke")
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
    written = capsys.readouterr().err
    assert "swordfish" not in written
    events = [json.loads(line)["event"] for line in written.splitlines()]
    assert events == ["sent", "got [secret]", "broke"]


def test_beside_a_prompt_only_warnings_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = (root.handlers, root.level)
    try:
        configure_logs("info")
        log_warnings_only()
        structlog.get_logger("ours").info("delivery_sent")
        structlog.get_logger("ours").warning("database_refuses")
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["database_refuses"]
