"""Files made by the worker process: what comes out is a picture that chats take, and this process stays small."""

import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from bot.domain.exports import StixExport, build_stix_story
from bot.domain.plots import DailyPlot, Plot, TimelinePlot, TimelinePoint, TrendPanel, TrendPlot
from bot.errors import FileError
from bot.files.worker_maker import WorkerFileMaker
from bot.matching.records import Priority
from bot.sources.opml import write_opml
from tests.factories import at, build_alert_view, build_feed

DAYS = tuple(date(2026, 9, 28) + timedelta(days=place) for place in range(56))
TREND = TrendPlot(
    "Stories a day", DAYS, 7, (TrendPanel("CSTO", (0, 3) * 28, 1.5, 0, 3), TrendPanel("$x_", (0,) * 56, 0, 0, 0))
)
DAILY = DailyPlot("Alerts", DAYS[:7], ((Priority.CRITICAL, (0, 0, 1, 0, 0, 0, 0)), (Priority.HIGH, (2,) * 7)))
ZONE = ZoneInfo("Asia/Dushanbe")
TIMELINE = TimelinePlot(
    "S18: <b>حمله</b>",
    (TimelinePoint("TASS", at(0).astimezone(ZONE), False), TimelinePoint("RASC", at(9).astimezone(ZONE), True)),
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


@pytest.mark.parametrize("plot", [TREND, DAILY, TIMELINE], ids=["trend", "daily", "timeline"])
async def test_a_plot_becomes_a_picture_as_wide_as_a_phone(plot: Plot, cache: Path) -> None:
    drawn = await WorkerFileMaker(cache, write_opml).draw(plot)
    with Image.open(BytesIO(drawn)) as picture:
        assert picture.format == "PNG"
        assert picture.width == 1080
        assert 400 < picture.height < 2 * 1080
        corner = picture.convert("RGB").getpixel((2, 2))
    assert corner == (0xF2, 0xF1, 0xED)
    assert len(drawn) < 300_000


async def test_a_bundle_is_written_by_the_worker(cache: Path) -> None:
    story = build_stix_story(build_alert_view(), {"csto"})
    export = StixExport((("csto", (("type", "threat-actor"), ("name", "TTP"))),), (story,))
    assert b'"type": "bundle"' in await WorkerFileMaker(cache, write_opml).write_stix(export)


async def test_what_cannot_be_made_is_said_to_be() -> None:
    story = build_stix_story(build_alert_view(), {"csto"})
    impossible = StixExport((("csto", (("type", "location"), ("name", "Nowhere"))),), (story,))
    with pytest.raises(FileError, match="could not be made"):
        await WorkerFileMaker(Path("unused"), write_opml).write_stix(impossible)


def test_feeds_are_written_as_opml() -> None:
    made = WorkerFileMaker(Path("unused"), write_opml).write_opml([build_feed()])
    assert made.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert b'xmlUrl="' in made


def test_the_service_loads_neither_library() -> None:
    code = "import sys, bot.bootstrap; print({'matplotlib', 'numpy', 'stix2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
