"""Lines from right to left: what runs from left to right stays in its place, and turns no line round."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from unicodedata import bidirectional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.console.render import render_plain
from bot.chat.slack.render import render as render_slack
from bot.chat.telegram.render import render as render_telegram
from bot.domain.cards import build_card
from bot.domain.deliveries import Form
from bot.domain.digests import build_digest
from bot.domain.directions import (
    FIRST_STRONG_ISOLATE,
    POP_DIRECTIONAL_ISOLATE,
    has_foreign,
    isolate_runs,
    runs_from_right,
)
from bot.domain.language import install, speaking, tr
from bot.domain.messages import Message, Quote, Text, bold, line
from bot.sources.catalogues import load_catalogues
from tests.factories import build_alert_view
from tests.unit.domain.test_digests import AROUND, CONTENTS, DESK, SILENCE, WATCHED


@pytest.fixture(autouse=True)
def _dari() -> Iterator[None]:
    install(load_catalogues())
    with speaking("fa"):
        yield
    install({})


def seen(text: str) -> str:
    """A text with its isolates made visible."""
    return text.replace(FIRST_STRONG_ISOLATE, "<").replace(POP_DIRECTIONAL_ISOLATE, ">")


def rows(message: Message) -> list[str]:
    return ["".join(span.text for span in getattr(block, "spans", ())) for block in message.blocks]


def is_mixed(text: str) -> bool:
    """Whether a line that has letters from right to left lets others stand outside of isolates."""
    return any(bidirectional(char) in ("R", "AL") for char in text) and has_foreign(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/edit {id} match یا /watch csto.", "</edit {id} match> یا </watch csto>."),
        ("بعدی: {time}. اکنون: /digest 07:00 mon-fri", "بعدی: {time}. اکنون: </digest 07:00 mon-fri>"),
        ("رویداد S{number} نیست (/retry).", "رویداد <S{number}> نیست (</retry>)."),
        ("دست‌کم `within: {least}` بنویسید", "دست‌کم <`within: {least}`> بنویسید"),
        ("ساعت 07:00 Dushanbe (UTC+5) است", "ساعت <07:00 Dushanbe (UTC+5)> است"),
        ("• Asia Plus · 20 نوامبر 07:00", "• <Asia Plus> · 20 نوامبر 07:00"),
        ("1. ОДКБ: заявления · بالا", "1. <ОДКБ: заявления> · بالا"),
        ("{at:%H:%M} و {{none}}", "{at:%H:%M} و {{<none>}}"),
    ],
)
def test_runs_from_left_to_right_are_isolated_as_a_whole(text: str, expected: str) -> None:
    assert seen(isolate_runs(text)) == expected


@given(st.text(alphabet="abcЖé ۀبپ،.:/`(){}·0129-\u200c"))
def test_isolating_changes_no_letter_and_no_place_to_fill_in(text: str) -> None:
    isolated = isolate_runs(text)
    assert isolated.translate({ord(FIRST_STRONG_ISOLATE): None, ord(POP_DIRECTIONAL_ISOLATE): None}) == text
    assert isolated.count(FIRST_STRONG_ISOLATE) == isolated.count(POP_DIRECTIONAL_ISOLATE)


def test_no_text_of_the_catalogue_is_left_in_two_directions() -> None:
    catalogue = load_catalogues()["fa"]._catalog  # type: ignore[attr-defined]  # gettext has no public way to list
    bare = [re.sub(r"\{[^{}]*\}", "", isolate_runs(text)) for text in catalogue.values() if text]
    mixed = [text for text in bare if is_mixed(text)]
    assert mixed == []


def test_what_is_filled_in_is_isolated_once() -> None:
    assert seen(tr("{list} is as it was before.", list="CSTO")) == "<CSTO> دوباره مانند پیش است."
    name = f"{FIRST_STRONG_ISOLATE}CSTO{POP_DIRECTIONAL_ISOLATE}"
    assert seen(tr("{list} is as it was before.", list=name)) == "<CSTO> دوباره مانند پیش است."
    with speaking("ru"):
        assert FIRST_STRONG_ISOLATE not in tr("{list} is as it was before.", list="CSTO")


def test_a_message_isolates_what_runs_against_its_lines() -> None:
    message = Message(
        (
            line("1. ", bold("CSTO: decisions"), " · بالا"),
            line(Text("/watch", code=True), " را بنویسید"),
            line("CSTO: decisions"),
            Quote((Text("title: مرز Shohin"),), code=True),
        ),
        "",
    )
    assert [seen(row) for row in rows(message)] == [
        "1. <CSTO: decisions> · بالا",
        "</watch> را بنویسید",
        "CSTO: decisions",
        "title: مرز Shohin",
    ]
    assert replace(message, silent=True).blocks == message.blocks


def test_a_card_and_a_digest_keep_foreign_runs_in_their_place() -> None:
    view = build_alert_view()
    messages = [
        build_card(view, DESK, frozenset({"csto"})),
        build_card(CONTENTS.alerts[1], DESK, frozenset({"drug-trafficking"})),
        *build_digest(CONTENTS, DESK, WATCHED, AROUND),
        *build_digest(SILENCE, DESK, WATCHED, AROUND),
    ]
    assert not [row for message in messages for row in rows(message) if is_mixed(row)]


def test_a_card_is_shown_alike_on_every_platform() -> None:
    card = build_card(build_alert_view(), DESK, frozenset({"csto"}))
    head, source = "بالا · <CSTO> · <7KD4>", "<Asia Plus> · اعتبار <B> (معمولاً معتبر) · انگلیسی"
    telegram, console = seen(render_telegram(card).text), seen(render_plain(card))
    slack = seen(json.dumps(render_slack(card, Form.RICH).blocks, ensure_ascii=False))
    for shown in (telegram.replace("<b>", "").replace("</b>", ""), console, slack):
        assert source in shown
    assert head in console
    assert "چرا: " in console


@pytest.mark.parametrize(("text", "expected"), [("⚠️ Panj", False), ("✅ Панҷ", False), ("پنج", True), ("ﷲ", True)])
def test_a_sign_that_makes_an_emoji_is_no_letter_from_right_to_left(text: str, *, expected: bool) -> None:
    assert runs_from_right(text) is expected
