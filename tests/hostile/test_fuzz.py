"""Whatever reaches a reader from outside is read or refused with a typed error; whatever is rendered is accepted.

The long run: `pytest tests/hostile/test_fuzz.py --hypothesis-profile=long`.
"""

import io
import json
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from bot.chat.console.render import render_plain, render_rich
from bot.chat.slack.buttons import PRESSES as SLACK_PRESSES
from bot.chat.slack.render import render as render_slack
from bot.chat.slack.updates import Reading
from bot.chat.slack.updates import read_update as read_slack
from bot.chat.telegram.buttons import PRESSES as TELEGRAM_PRESSES
from bot.chat.telegram.render import render as render_telegram
from bot.chat.telegram.updates import read_update as read_telegram
from bot.domain.cards import build_card
from bot.domain.chats import InboundUpdate, Platform
from bot.domain.date_checks import find_contradiction
from bot.domain.deliveries import Form
from bot.domain.fingerprints import build_fingerprint
from bot.domain.messages import Button, Message, plain_text
from bot.errors import QueryError, WatchlistError
from bot.matching.query_parser import parse_query
from bot.matching.query_text import format_query
from bot.services.list_texts import is_watchlist_text, unfenced
from bot.sources.strict_yaml import parse_yaml
from bot.sources.watchlist_files import read_watchlist_text
from tests import factories
from tests.fakes.clock import START
from tests.fakes.slack_blocks import check_blocks
from tests.fakes.telegram_rules import read_text

_PIECES = st.sampled_from(
    [
        *(
            "schema: 1\n",
            "id: a\n",
            "title: ",
            "priority: low\n",
            "groups:\n",
            "match:\n",
            "  rules:\n",
            "    - {id: a, any: [a]}\n",
        ),
        *(
            "- ",
            ": ",
            "[",
            "]",
            "{",
            "}",
            "'",
            '"',
            "|\n",
            "&a ",
            "*a",
            "!!str ",
            "---\n",
            "#",
            "\t",
            "  ",
            "\n",
            "\x00",
            "\u202e",
        ),
        *(
            "AND ",
            " OR ",
            "NOT ",
            "NEAR/3 ",
            "(",
            ")",
            "/a+/",
            "lang:ru ",
            "title:",
            "*",
            "-",
            "$a",
            "2 OF ",
            "«",
            "”",
            "слово",
            "\ud800",
        ),
        *(
            "<b>",
            "</a>",
            "&amp;",
            "<!channel>",
            "<@U1>",
            "@admin",
            "/start",
            "https://e.example/",
            "`",
            "_",
            "~",
            "\x1b[2J",
            "😀",
        ),
        *(
            "a1:",
            "7Q2M",
            ":why",
            ":watch:here",
            "{}",
            "null",
            "0",
            "-1",
            "1e999",
            "\u2066",
            "\u2069",
            "\r\n",
            "a" * 300,
        ),
    ]
)
TEXTS = st.lists(_PIECES | st.text(max_size=8), max_size=30).map("".join)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | _PIECES, inner, max_size=4),
    max_leaves=12,
)
_TELEGRAM_KEYS = st.sampled_from(
    ["message", "callback_query", "my_chat_member", "channel_post", "chat", "from", "data", "text", "id"]
)


@given(TEXTS)
def test_a_query_is_read_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError:
        return
    assert parse_query(format_query(query)) == query


@given(TEXTS | st.binary(max_size=200))
def test_yaml_is_read_or_refused_at_a_place(text: str | bytes) -> None:
    try:
        parse_yaml(text, "fuzz.yaml")
    except WatchlistError as error:
        refused = str(error)
    else:
        return
    assert refused.startswith("fuzz.yaml:")


@given(TEXTS)
def test_a_text_is_a_watchlist_or_has_problems(text: str) -> None:
    is_watchlist_text(text)
    head = "schema: 1\nid: fuzz\ntitle: Fuzz\npriority: low\n"
    for form in (text, head + unfenced(text)):
        catalog = read_watchlist_text(form, "fuzz", Path("no-such-folder"))
        assert bool(catalog.problems) != bool(catalog.watchlists)


@given(TEXTS)
def test_button_data_is_read_back_or_asks_for_nothing(data: str) -> None:
    for presses in (TELEGRAM_PRESSES, SLACK_PRESSES):
        pressed = presses.find(data)
        if pressed is not None:
            again = presses.encode(Button("x", pressed.action, pressed.subject, pressed.argument))
            assert again is None or presses.find(again) == pressed


@given(TEXTS, TEXTS, TEXTS)
def test_only_buttons_that_read_back_the_same_are_written(subject: str, action: str, argument: str) -> None:
    for presses in (TELEGRAM_PRESSES, SLACK_PRESSES):
        data = presses.encode(Button("x", action, subject, argument))
        if data is not None:
            pressed = presses.find(data)
            assert pressed is not None
            assert (pressed.subject, pressed.action, pressed.argument) == (subject, action, argument)


@given(st.dictionaries(_TELEGRAM_KEYS | TEXTS, st.dictionaries(_TELEGRAM_KEYS, JSONS) | JSONS, max_size=5) | JSONS)
def test_an_update_is_read_or_asks_for_nothing(payload: object) -> None:
    text = json.dumps(payload)
    read_telegram(InboundUpdate(Platform.TELEGRAM, "1", text, START), 7, "bot")
    read_slack(InboundUpdate(Platform.SLACK, "1", text, START), Reading())


@given(TEXTS | st.text(st.characters(categories=("Nd", "No", "Nl")), max_size=40), TEXTS)
@example("⓵ soldiers", "on 3² November ①⓪")
@example("9" * 6_000, "1" * 6_000)
def test_a_fingerprint_and_a_date_check_are_made_of_any_text(title: str, body: str) -> None:
    build_fingerprint(title, body, "en")
    find_contradiction(f"{title} {body}", START.date())


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(Form))
@example("x", "⓵", "", Form.RICH)
def test_a_card_of_any_item_is_taken_by_every_platform(title: str, summary: str, outlet: str, form: Form) -> None:
    item = factories.build_item(title=title or "x", summary=summary, author=outlet)
    report = factories.build_report(item=item, feed=factories.build_feed(outlet=outlet or "x"))
    view = factories.build_alert_view(reports=(report,), story=factories.build_story(id=1, headline=title or "x"))
    card = build_card(view, factories.build_destination(), frozenset({"csto"}))
    _check_everywhere(card, form)


def _check_everywhere(message: Message, form: Form) -> None:
    rendered = render_telegram(message, form)
    read_text(rendered.text, rendered.parse_mode or "", [], 4096)
    assert len(rendered.text.encode("utf-16-le", "surrogatepass")) <= 2 * 9_500
    check_blocks(list(render_slack(message, form).blocks))
    terminal = Console(file=io.StringIO(), width=80, color_system=None)
    terminal.print(render_rich(message))
    assert isinstance(terminal.file, io.StringIO)
    shown = render_plain(message) + terminal.file.getvalue()
    assert "\x1b" not in shown
    assert plain_text(message)
