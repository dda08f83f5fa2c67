"""Answers in Dari: no line mixes what runs from left to right into what runs from right to left."""

from collections.abc import Iterator
from unicodedata import bidirectional

import pytest

from bot.domain.directions import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE, has_foreign
from bot.domain.language import install
from bot.sources.catalogues import load_catalogues
from tests.unit.commands.desk import Desk, text_of


@pytest.fixture(autouse=True)
def _dari() -> Iterator[None]:
    install(load_catalogues(), default="fa")
    yield
    install({})


ASKED = [
    "/start", "/help", "/help mute", "/watch", "/watch csto", "/watch csto here", "/watchlists", "/watchlists all",
    "/watchlists csto", "/status", "/feeds", "/settings", "/quiet 22:00-06:30 mon-fri", "/timezone Samarkand",
    "/mute csto 1d", "/mute", "/digest", "/digest now", "/recent", "/precision csto", "/audit", "/handover", "/saved",
    "/whynot https://example.org/1", "/test csto* NEAR/10 border", "/test (csto", "/language", "/nonsense",
]  # fmt: skip


async def test_answers_isolate_every_run_from_left_to_right(desk: Desk) -> None:
    mixed = []
    for asked in ASKED:
        for row in text_of(await desk.write(asked)).splitlines():
            from_right = any(bidirectional(char) in ("R", "AL") for char in row)
            if from_right and has_foreign(row):
                mixed.append((asked, row))
    assert mixed == []


async def test_lines_of_an_answer_stand_word_for_word(desk: Desk) -> None:
    await desk.write("/watch csto here")
    rows = [
        row.replace(FIRST_STRONG_ISOLATE, "<").replace(POP_DIRECTIONAL_ISOLATE, ">")
        for asked in ("/status", "/watchlists")
        for row in text_of(await desk.write(asked)).splitlines()
    ]
    assert "<Tocsin> 0.1.0 · روشن 3 ساعت" in rows
    assert "1. <CSTO: decisions and statements> · بالا · 0 رویداد در 7 روز" in rows
