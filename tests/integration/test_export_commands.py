"""`tocsin export` and `tocsin stats` over a database in which chats were told of alerts."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from bot.cli.main import cli
from bot.config import setting_names
from bot.domain.deliveries import LEASE, Receipt
from bot.errors import NotFound, SettingsError
from storage import open_store
from tests.factories import build_destination, build_feed, build_item, build_ringing_poll
from tests.integration.typing_verbs import WATCHLIST

DESK, OTHER = build_destination(), build_destination("2002")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory whose database holds three alerts, one of them told to two chats."""
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_WATCHLISTS", str(tmp_path / "watchlists"))
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "csto.yaml").write_text(WATCHLIST, encoding="utf-8")
    (tmp_path / "data").mkdir()
    asyncio.run(_fill(tmp_path / "data"))
    return tmp_path


async def _fill(folder: Path) -> None:

    store = await open_store(f"sqlite:///{folder}/tocsin.db")
    await store.migrate()
    now = datetime.now(UTC) - timedelta(minutes=10)
    await store.sync_feeds([build_feed()], now)
    for key, chats in (("one", (DESK, OTHER)), ("two", (DESK,)), ("three", (DESK,))):
        item = build_item(key, title=f"=CSTO {key}", published=now - timedelta(minutes=5), first_seen=now)
        await store.record_polls([replace(build_ringing_poll(key, *chats), items=(item,))], now)
        for delivery in await store.claim_deliveries(DESK.platform, now, 10, LEASE, frozenset()):
            await store.record_sent(delivery.id, Receipt("m"), now + timedelta(seconds=3))
    await store.close()


def tocsin(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_every_alert_is_written_once_and_starts_no_formula(home: Path) -> None:
    assert tocsin("export", "csv", "alerts.csv").output == "Wrote alerts.csv: 3 alerts, 3 stories, UTC times.\n"
    table = (home / "alerts.csv").read_text(encoding="utf-8-sig")
    assert [table.count(f",'=CSTO {key},") for key in ("one", "two", "three")] == [1, 1, 1]


def test_without_a_file_it_goes_to_standard_output() -> None:
    lines = [json.loads(line) for line in tocsin("export", "jsonl", "--list", "csto").stdout_bytes.splitlines()]
    assert [line["title"] for line in lines] == ["=CSTO one", "=CSTO two", "=CSTO three"]


def test_stix_without_a_subject_is_refused() -> None:
    error = tocsin("export", "stix").exception
    assert isinstance(error, SettingsError)
    assert "STIX needs a list with a named actor or location." in str(error)


def test_a_list_and_the_feeds_come_as_files(home: Path) -> None:
    assert tocsin("export", "yaml", "--list", "csto", "csto.yaml").output == "Wrote csto.yaml: CSTO.\n"
    assert "id: csto" in (home / "csto.yaml").read_text()
    assert tocsin("export", "opml", "feeds.opml").output == "Wrote feeds.opml: 1 feed.\n"
    assert isinstance(tocsin("export", "yaml").exception, SettingsError)


def test_figures_count_what_every_chat_was_told(home: Path) -> None:
    figures = json.loads(tocsin("stats", "--json").stdout)["figures"]
    assert (figures["alerts"], figures["stories"], figures["by_list"]) == (4, 3, {"CSTO": 4})
    assert figures["feeds"][0]["sent_after"] == {"median": 3.0, "p90": 3.0, "count": 4}
    assert len(figures["by_day"]) == 30
    printed = tocsin("stats", "--plot", "stats.png").output
    assert "4 alerts: 4 high" in printed
    assert printed.endswith("Wrote stats.png.\n")
    with Image.open(BytesIO((home / "stats.png").read_bytes())) as picture:
        assert picture.width == 1080


def test_nothing_is_drawn_of_nothing(home: Path) -> None:
    (home / "data" / "tocsin.db").unlink()
    assert isinstance(tocsin("stats", "--plot", "x.png").exception, NotFound)
