"""The pictures in the documents are what the platforms are really given."""

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.pictures.cards import PICTURES, draw_picture
from tests.pictures.payloads import Row, Run, read_slack, read_telegram


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: str(path.name))
def test_a_picture_is_drawn_from_the_present_payloads(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == draw_picture(PICTURES[path]), "run `python -m tests.pictures`"


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: str(path.name))
def test_a_picture_is_whole_and_can_be_read_out(path: Path) -> None:
    root = fromstring(path.read_text(encoding="utf-8"))
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text


def test_telegrams_markup_becomes_styled_words() -> None:
    text = '🟠 <b>HIGH &amp; dry</b>\n<a href="https://x.example">News</a>\n<blockquote>words</blockquote>\nend'
    keyboard = {"inline_keyboard": [[{"text": "Open"}, {"text": "Why"}]]}
    assert read_telegram({"text": text, "reply_markup": keyboard}) == [
        Row("text", (Run("🟠 "), Run("HIGH & dry", bold=True))),
        Row("text", (Run("News", link=True),)),
        Row("quote", (Run("words"),)),
        Row("text", (Run("end"),)),
        Row("buttons", (Run("Open"), Run("Why"))),
    ]


def test_slacks_markup_becomes_styled_words() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*<https://x.example|A &lt;b&gt;>* · `7Q2M`"}}
    date = {"type": "mrkdwn", "text": "<!date^1^{time}|12:00> :warning:"}
    blocks = [section, {"type": "context", "elements": [date]}]
    assert read_slack({"blocks": blocks}) == [
        Row("text", (Run("A <b>", bold=True, link=True), Run(" · "), Run("7Q2M", code=True))),
        Row("small", (Run("12:00"), Run(" "), Run("⚠️"))),
    ]
