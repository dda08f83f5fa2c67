"""The command line as a person types it, with a watchlist and outlets on loopback."""

import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.cli.main import main
from bot.config import setting_names
from tests.integration.publishing import Publisher
from tests.integration.typing_verbs import WATCHLIST, Result, Tocsin


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    (folder / "csto.yaml").write_text(WATCHLIST, encoding="utf-8")
    return folder


@pytest.fixture
def tocsin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, lists: Path
) -> Iterator[Tocsin]:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_WATCHLISTS", str(lists))
    monkeypatch.setenv("TOCSIN_PRIVATE_NETWORKS", "127.0.0.1/32")
    root = logging.getLogger()
    before = (root.handlers, root.level)

    def call(*arguments: str, given: str = "") -> Result:
        monkeypatch.setattr(sys, "argv", ["tocsin", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    yield call
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running
