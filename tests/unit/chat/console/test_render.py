"""Cards and replies as text."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.chat.console.render import render_plain, render_rich
from bot.domain.cards import build_card
from bot.domain.messages import Button, Gap, Line, Message, Moment, Quote, Text, bold, line, plain_message
from tests.factories import build_alert_view, build_destination
from tests.fakes.clock import START

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_LINK = "https://outlet.example/articles/16438"
_BUTTONS = (
    (Button("Open", url=_LINK), Button("Why", "why", "7Q2M"), Button("Full text", "full", "7Q2M")),
    (Button("Useful", "up", "7Q2M"), Button("Not relevant", "dn", "7Q2M")),
)


def _card(title: str = "Warning from the bloc", quote: str = "words of a source") -> Message:
    return Message(
        (
            line("🟠 ", bold("HIGH · CSTO"), " · ", Text("7Q2M", code=True), style="head"),
            Line((Text(title, bold=True, url=_LINK),), "title"),
            Line((Moment(START, "Tue 24 Nov 2026, 07:00 (UTC)"), Text(" · seen at once")), "context"),
            Gap(),
            Quote((Text(quote[:5], bold=True), Text(quote[5:]))),
            Gap(),
            Line((Text("#csto "),), "tags"),
        ),
        "A sentence.",
        _BUTTONS,
    )


def _on_terminal(message: Message, width: int = 60) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="256", width=width, legacy_windows=False)
    console.print(render_rich(message), crop=False)
    return out.getvalue()


def test_a_card_in_a_pipe_is_bare_text_with_its_address_once() -> None:
    assert render_plain(_card()) == "\n".join(
        (
            "🟠 HIGH · CSTO · 7Q2M",
            "Warning from the bloc",
            "Tue 24 Nov 2026, 07:00 (UTC) · seen at once",
            "",
            "> words of a source",
            _LINK,
            "why 7Q2M · full 7Q2M · + 7Q2M (useful) · - 7Q2M (not relevant)",
        )
    )


def test_both_styles_say_the_same() -> None:
    bare = [row.strip() for row in _ESCAPE.sub("", _on_terminal(_card(), 90)).splitlines()]
    assert [row.replace("│ ", "> ") for row in bare] == render_plain(_card()).splitlines()


def test_a_terminal_shows_the_priority_in_colour_and_the_matched_terms_bold() -> None:
    shown = _on_terminal(_card())
    assert re.search(r"\x1b\[1;38;5;208m" + "HIGH · CSTO", shown)
    assert re.search(r"\x1b\[1mwords", shown)


def test_every_row_of_a_wrapped_quote_has_the_bar() -> None:
    shown = _ESCAPE.sub("", _on_terminal(_card(quote="word " * 60), width=40))
    rows = [row for row in shown.splitlines() if "word" in row and "bloc" not in row]
    assert len(rows) > 5
    assert all(row.startswith("│ ") and len(row.rstrip()) <= 40 for row in rows)


def test_a_long_address_stays_in_one_piece() -> None:
    link = "https://outlet.example/" + "long-" * 30
    message = Message((Line((Text("Title", url=link),), "title"),), "Title.")
    assert link in _ESCAPE.sub("", _on_terminal(message, width=40)).splitlines()


def test_of_several_addresses_each_stands_below_its_line() -> None:
    links = [f"https://outlet.example/{number}" for number in (1, 2)]
    message = Message(tuple(Line((Text("Row", url=link),)) for link in links), "Rows.")
    assert render_plain(message).splitlines() == ["Row", links[0], "Row", links[1]]


def test_an_address_that_the_text_tells_is_not_told_again() -> None:
    message = Message((line("Open: ", Text(_LINK, url=_LINK)),), "Open.", ((Button("Open", url=_LINK),),))
    assert render_plain(message) == f"Open: {_LINK}"


def test_right_to_left_isolates_are_kept() -> None:
    assert "\u2068حمله\u2069" in render_plain(_card(title="\u2068حمله\u2069"))
    assert "\u2068حمله\u2069" in _on_terminal(_card(title="\u2068حمله\u2069"))


def test_square_brackets_of_a_feed_are_text_and_no_markup() -> None:
    assert "[bold red]x[/] :fire:" in _ESCAPE.sub("", _on_terminal(_card(title="[bold red]x[/] :fire:")))


def test_a_reply_of_several_lines_keeps_them() -> None:
    assert render_plain(plain_message("one\n\ntwo")) == "one\n\ntwo"


def test_an_expanded_text_keeps_its_paragraphs_behind_the_bar() -> None:
    assert render_plain(Message((Quote((Text("one\ntwo"),)),), "x")) == "> one\n> two"


def test_the_card_of_an_alert_can_be_read() -> None:
    view = build_alert_view()
    rows = render_plain(build_card(view, build_destination(), frozenset({"csto"}))).splitlines()
    assert rows[0] == "🟠 HIGH · CSTO · 7KD4"
    assert rows[1] == view.reports[0].item.title
    assert rows.count(view.reports[0].item.link) == 1
    assert not any("#csto" in row for row in rows)


@given(st.text(alphabet=st.characters(codec=None), max_size=60), st.integers(min_value=12, max_value=120))
def test_hostile_text_sends_no_escape_of_its_own(text: str, width: int) -> None:
    message = Message(
        (Line((Text(text, url=f"https://x.example/{text}"),), "title"), Quote((Text(text),))),
        text,
        ((Button(text, "why", text, text),),),
    )
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", render_plain(message))
    assert "\x1b" not in _ESCAPE.sub("", _on_terminal(message, width))
