"""What commands answer can be shown on every platform, by the platforms' own rules, with every button working."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.console.clean import clean_text
from bot.chat.console.render import render_plain
from bot.chat.slack import render as slack
from bot.chat.telegram import render as telegram
from bot.chat.telegram.fitting import clean as telegram_clean
from bot.commands.explanations import build_explanation
from bot.domain.deliveries import Form
from bot.domain.messages import Message, Quote, Text
from bot.domain.watchlists import WatchlistCatalog
from bot.services.catalog import Catalog
from bot.services.explaining import explain
from tests import factories
from tests.fakes.slack_blocks import check_blocks
from tests.fakes.telegram_rules import check_keyboard, read_text
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of

HOSTILE = "<b>@admin</b> *bold* <!channel> & /start https://evil.example \u202e" + "ё" * 300


def _check(message: Message) -> None:
    rendered = telegram.render(message)
    read_text(rendered.text, rendered.parse_mode or "", [], 4096)
    rows = check_keyboard(rendered.keyboard.to_dict()) if rendered.keyboard else []
    working = [button["text"] for row in rows for button in row if "callback_data" in button]
    assert working == [button.text for row in message.buttons for button in row if button.action]
    payload = slack.render(message, Form.RICH)
    check_blocks(list(payload.blocks))
    assert payload.text
    assert render_plain(message)


@pytest.mark.parametrize("headline", [factories.HEADLINE, HOSTILE, "", "حمله در مرز"])
async def test_every_answer_can_be_shown_everywhere(desk: Desk, headline: str) -> None:
    await desk.watch("csto")
    alerts = []
    for number in range(25):
        key = f"item-{number}"
        poll = factories.build_ringing_poll(key, PRIVATE)
        item = factories.build_item(key, title=headline, summary=HOSTILE * 20, link="" if number % 2 else HOSTILE)
        story = factories.build_story(key, headline=headline)
        poll = factories.build_poll(
            items=(item,),
            words=poll.words,
            matches=poll.matches,
            stories=(story,),
            alerts=poll.alerts,
            cards=poll.cards,
        )
        alert, _ = await desk.ring(poll)
        alerts.append(alert)
    lines = [
        *("help", "help all", "help why", "start", "status", "watch", "watch csto", "watch ttp here", "watchlists"),
        *("recent 20", f"why {alerts[-1]}", f"full {alerts[-1]}", f"dn {alerts[-1]}", f"up {alerts[-1]}"),
        *("search csto", "search border", "search nothing", "feeds", "feeds kk", "unwatch", "unwatch csto", "xyzzy"),
    ]
    for text in lines:
        answer = await desk.write(f"/{text}")
        assert answer is not None, text
        _check(answer)


async def test_the_longest_explanation_fits(desk: Desk) -> None:
    evidence = tuple(
        factories.build_evidence(f"word {number} {'x' * 300}", label="y" * 300, term=f"term {number} {'z' * 300}")
        for number in range(50)
    )
    matches = tuple(
        factories.build_match(
            f"list-{number}", evidence=evidence, excludes_checked=tuple(f"veto {n}" for n in range(50))
        )
        for number in range(30)
    )
    view = factories.build_alert_view(reports=(factories.build_report(matches=matches),))
    explanation = await explain(desk.store, Catalog(WatchlistCatalog()), view, PRIVATE)
    message = build_explanation(explanation, PRIVATE)
    _check(message)
    assert sum(len(span.text) for block in message.blocks if block.kind != "gap" for span in block.spans) < 4_000


@pytest.mark.parametrize("headline", ["CSTO troops at a border", f"border {HOSTILE}", "border حمله در مرز"])
async def test_tests_edits_and_traces_can_be_shown_everywhere(desk: Desk, headline: str) -> None:
    items = tuple(
        factories.build_item(
            f"n{n}", link_key=f"n{n}", title=f"{n} {headline}", summary=HOSTILE, link="" if n % 2 else HOSTILE
        )
        for n in range(25)
    )
    await desk.store.record_polls([factories.build_poll(items=items)], desk.clock.now())
    tested = await desk.write("/watch border AND NOT nowhere")
    assert tested is not None
    _check(tested)
    for label in ("Change", "Near misses", "Rate 1 samples", "Rate 10 samples", "Rate it", "Watch"):
        if label in buttons_of(tested):
            answer = await desk.press(button_of(tested, label))
            assert answer is not None, label
            _check(answer)
    lines = [
        *("test csto", "test csto near", "edit border-nowhere", "edit border-nowhere versions", "edit csto"),
        *("edit csto match", "whynot https://asia-plus.example/x", f"whynot {HOSTILE}", "watchlists", "watch"),
        "edit id: border-nowhere\npriority: high",
        "edit id: border-nowhere\npriority: <b>loud</b>",
        "edit id: csto\ntitle: <b>@admin</b>",
    ]
    for text in lines:
        await desk.clock.advance(60)
        answer = await desk.write(f"/{text}")
        assert answer is not None, text
        _check(answer)


@given(text=st.text(max_size=200))
def test_text_to_be_copied_is_shown_letter_by_letter(text: str) -> None:
    text = f"x{text}"  # something to see: of an invisible text there is nothing to copy
    shown = Message((Quote((Text(text),), code=True),), "Copy it.")
    parsed = read_text(telegram.render(shown).text, "HTML", [], 4096)
    assert parsed.text.strip() == telegram_clean(text).strip()
    assert render_plain(shown).strip() == clean_text(text).strip()
    check_blocks(list(slack.render(shown, Form.RICH).blocks))
