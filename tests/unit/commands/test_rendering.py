"""What commands answer can be shown on every platform, by the platforms' own rules, with every button working."""

import pytest

from bot.chat.console.render import render_plain
from bot.chat.slack import render as slack
from bot.chat.telegram import render as telegram
from bot.commands.explanations import build_explanation
from bot.domain.deliveries import Form
from bot.domain.messages import Message
from bot.domain.watchlists import WatchlistCatalog
from bot.services.catalog import Catalog
from bot.services.explaining import explain
from tests import factories
from tests.fakes.slack_blocks import check_blocks
from tests.fakes.telegram_rules import check_keyboard, read_text
from tests.unit.commands.desk import PRIVATE, Desk

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
