"""Which payloads of the golden files make which picture."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.golden.replay import HERE as GOLDEN
from tests.pictures.drawing import SLACK, TELEGRAM, draw
from tests.pictures.payloads import Row, read_slack, read_telegram

_PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
_WIDTH = 480

# A picture shows the messages of these sections, one below the other, as each platform was given them.
PICTURES: dict[Path, tuple[str, ...]] = {
    _PICTURES / "card.svg": ("07:26 edit of message 1",),
    _PICTURES / "update.svg": ("07:26 message 4, under 1, silent",),
}


def draw_picture(sections: Sequence[str]) -> str:
    """The messages of these sections of the golden files, Telegram and Slack side by side, as SVG."""
    telegram = [_read_telegram(section) for section in sections]
    slack = [_read_slack(section) for section in sections]
    alt = f"Telegram and Slack, the same message: {slack[0]['text']}"
    panels = [
        (TELEGRAM, _join([read_telegram(payload) for payload in telegram])),
        (SLACK, _join([read_slack(payload) for payload in slack])),
    ]
    return draw(panels, _WIDTH, alt)


def _join(messages: Sequence[Sequence[Row]]) -> list[Row]:
    return [row for message in messages for row in (*message, Row("gap"))]


def _read_section(platform: str, heading: str) -> str:
    text = (GOLDEN / f"{platform}.txt").read_text(encoding="utf-8")
    found = text.partition(f"===== {heading}\n")[2]
    assert found, f"{platform}.txt has no section “{heading}”"
    return found.partition("\n===== ")[0].strip()


def _read_telegram(heading: str) -> dict[str, Any]:
    lines = _read_section("telegram", heading).splitlines()
    start = next(number for number, line in enumerate(lines) if line in ("{", "null"))
    return {"text": "\n".join(lines[:start]), "reply_markup": json.loads("\n".join(lines[start:])) or {}}


def _read_slack(heading: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(_read_section("slack", heading))
    return payload
