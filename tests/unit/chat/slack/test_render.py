"""Messages fit Slack, whatever stands in them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.slack.mrkdwn import clean, safe_url
from bot.chat.slack.render import Payload, render
from bot.domain.cards import build_card
from bot.domain.deliveries import Form
from bot.domain.messages import Block, Button, Gap, Line, Message, Moment, Quote, Span, Text, bold, line, plain_message
from bot.matching.records import Priority
from tests.factories import (
    build_alert_view,
    build_evidence,
    build_feed,
    build_item,
    build_match,
    build_report,
    build_slack_destination,
)
from tests.fakes.slack_blocks import Content, check_blocks
from tests.fakes.slack_text import find_bare_links, find_live, visible_text

GOLDEN = Path(__file__).with_name("csto_card.json")
LINK = "https://rudabe.example/archives/16438"
SUMMARY = (
    "The Secretary-General of the Collective Security Treaty Organization (CSTO) has issued a warning about the "
    "ongoing risk of terrorism and drug trafficking extending from Afghanistan into Central Asia."
)


def build_csto_card() -> Message:
    """The card of the user-experience specification, as far as its parts exist."""
    item = build_item(
        title="CSTO warns of terrorism and drug trafficking spreading from Afghanistan into Central Asia",
        summary=SUMMARY,
        link=LINK,
        published=datetime(2024, 7, 20, 13, 5, tzinfo=UTC),
        first_seen=datetime(2024, 7, 20, 13, 9, tzinfo=UTC),
    )
    start = SUMMARY.index("Collective")
    name = build_evidence("Collective Security Treaty Organization", field="summary", start=start, end=start + 39)
    csto = build_match("csto", title="CSTO", rule_label="CSTO by name", evidence=(build_evidence(), name))
    border = build_match("tajik-afghan-border", title="Tajik-Afghan border", rings=False, priority=Priority.MEDIUM)
    feed = build_feed(outlet="RASC News Agency", grade="F", lang="en")
    first = build_report(item=item, feed=feed, matches=(csto, border))
    tass = build_report(
        item=build_item("item-2", published=datetime(2024, 7, 19, 14, 30, tzinfo=UTC)),
        feed=build_feed("tass-en", outlet="TASS", owner="state"),
        matches=(),
    )
    return build_card(
        build_alert_view(reports=(first, tass)),
        build_slack_destination(timezone="Asia/Dushanbe"),
        frozenset({"csto"}),
    )


def read(payload: Payload) -> Content:
    """What a reader sees; fails where Slack would refuse."""
    assert 0 < len(payload.text) <= 4000
    assert find_live(payload.text) == [] or not payload.blocks
    return check_blocks(list(payload.blocks))


def kinds(payload: Payload) -> list[str]:
    return [block["type"] for block in payload.blocks]


def rich_runs(payload: Payload) -> list[dict[str, Any]]:
    parts = [part for block in payload.blocks if block["type"] == "rich_text" for part in block["elements"]]
    return [run for part in parts for run in part["elements"]]


def test_the_card_of_the_specification_is_this_payload() -> None:
    payload = render(build_csto_card(), Form.RICH)
    assert {"text": payload.text, "blocks": list(payload.blocks)} == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_a_card_has_the_blocks_of_the_specification() -> None:
    payload = render(build_csto_card(), Form.RICH)
    assert kinds(payload) == ["context", "section", "context", "rich_text", "context", "actions"]
    assert payload.text == (
        "HIGH, CSTO: CSTO warns of terrorism and drug trafficking spreading from Afghanistan into Central Asia "
        "(RASC News Agency, 20 Jul 13:05 UTC)"
    )
    assert [(live.kind, live.target) for live in read(payload).live] == [("link", LINK)]


def test_matched_words_are_bold_without_asterisks() -> None:
    runs = rich_runs(render(build_csto_card(), Form.RICH))
    bolds = [run["text"] for run in runs if run.get("style") == {"bold": True}]
    assert bolds == ["Why:", "Collective Security Treaty Organization"]
    assert not any("*" in run["text"] for run in runs)


def test_the_plain_form_keeps_words_and_buttons_and_drops_styles() -> None:
    payload = render(build_csto_card(), Form.PLAIN)
    assert kinds(payload) == ["section", "actions"]
    content = read(payload)
    assert content.live == ()
    assert LINK in content.visible
    assert "Collective Security Treaty Organization" in content.visible


def test_the_minimal_form_is_the_summary_and_the_link() -> None:
    payload = render(build_csto_card(), Form.MINIMAL)
    assert payload.blocks == ()
    assert payload.text.startswith("HIGH, CSTO: CSTO warns")
    assert [live.target for live in find_live(payload.text)] == [LINK]


def test_a_moment_is_shown_in_each_readers_zone() -> None:
    moment = Moment(datetime(2024, 7, 20, 13, 5, tzinfo=UTC), "20 Jul 2024, 18:05 (UTC+5)")
    small = render(Message((line(moment, " · seen at once", style="context"),), "x"), Form.RICH)
    assert small.blocks[0]["elements"][0]["text"] == (
        "<!date^1721480700^{date_short_pretty} {time}|20 Jul 2024, 18:05 (UTC+5)> · seen at once"
    )
    large = render(Message((line("Muted until ", moment),), "x"), Form.RICH)
    assert rich_runs(large)[1] == {
        "type": "date",
        "timestamp": 1721480700,
        "format": "{date_short_pretty} {time}",
        "fallback": "20 Jul 2024, 18:05 (UTC+5)",
    }


def test_a_date_of_unprintable_words_is_left_out() -> None:
    message = Message((line("x ", Moment(datetime(2024, 1, 1, tzinfo=UTC), "\ud800")),), "x")
    assert rich_runs(render(message, Form.RICH)) == [{"type": "text", "text": "x "}]


@pytest.mark.parametrize("year", [1, 1969, 9999])
@pytest.mark.parametrize("style", ["normal", "context"])
def test_a_date_that_slack_cannot_show_stays_text(year: int, style: Any) -> None:
    moment = Moment(datetime(year, 1, 2, tzinfo=UTC), f"2 Jan {year}")
    payload = render(Message((line(moment, style=style),), "x"), Form.RICH)
    assert read(payload).visible == f"2 Jan {year}"
    assert "date" not in json.dumps(payload.blocks)


def test_tags_and_gaps_leave_nothing_behind() -> None:
    message = Message((line("a", style="context"), Gap(), line("#csto", style="tags"), Gap()), "a")
    assert read(render(message, Form.RICH)).visible == "a"


def test_paragraphs_of_a_reply_keep_their_distance() -> None:
    runs = rich_runs(render(plain_message("one\ntwo\n\nthree"), Form.RICH))
    assert "".join(run["text"] for run in runs) == "one\ntwo\n\nthree"


@pytest.mark.parametrize("word", ["*Afghan*", "_x_", "~x~", "`x`", ":warning:", "> quote", "a\nb"])
@pytest.mark.parametrize("style", ["title", "head", "context"])
def test_what_mrkdwn_would_change_is_shown_as_rich_text(word: str, style: Any) -> None:
    payload = render(Message((line(bold(word), style=style),), "x"), Form.RICH)
    assert rich_runs(payload) == [{"type": "text", "text": word, "style": {"bold": True}}]


def test_a_title_with_a_star_keeps_its_link() -> None:
    payload = render(Message((Line((Text("5* hotel", bold=True, url=LINK),), "title"),), "x"), Form.RICH)
    assert rich_runs(payload) == [{"type": "link", "url": LINK, "text": "5* hotel", "style": {"bold": True}}]


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://e.example/a|b>c<d", "https://e.example/a%7Cb%3Ec%3Cd"),
        ("https://e.example/?a=1&b=2", "https://e.example/?a=1&b=2"),
        ("https://e.example/میهن x", "https://e.example/میهن%20x"),
    ],
)
def test_an_address_cannot_end_its_link(url: str, sent: str) -> None:
    payload = render(Message((Line((Text("t", bold=True, url=url),), "title"),), "x"), Form.RICH)
    (live,) = read(payload).live
    assert (live.target.replace("&amp;", "&"), live.label) == (sent, "t")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "tg://x", "https://", "//e.example", "x"])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    message = Message((Line((Text("t", bold=True, url=url),), "title"),), "x", ((Button("Open", url=url),),))
    for form in Form:
        payload = render(message, form)
        assert read(payload).live == ()
        assert "actions" not in kinds(payload)


def test_an_address_in_small_print_is_not_made_a_link() -> None:
    message = Message((line(bold("See"), " https://evil.example now", style="context"),), "x")
    assert read(render(message, Form.RICH)).live == ()


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("size", [500, 2900, 3500])
def test_a_monstrous_address_is_carried_or_left_out(size: int, form: Form) -> None:
    url = "https://e.example/?" + "&" * size
    message = Message((Line((Text("t", bold=True, url=url),), "title"),), "x", ((Button("Open", url=url),),))
    assert "t" in read(render(message, form)).visible or form is Form.MINIMAL


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    payload = render(Message((Quote((Text("слово " * 4000),)),), "x"), Form.RICH)
    words = "".join(run["text"] for run in rich_runs(payload))
    assert len(words) == 11_001
    assert words.endswith("…")
    assert max(len(run["text"]) for run in rich_runs(payload)) <= 3000


def test_more_blocks_than_slack_takes_become_one_of_rich_text() -> None:
    pairs = [(line(f"{number}", style="context"), line(f"line {number}")) for number in range(60)]
    payload = render(Message(tuple(block for pair in pairs for block in pair), "x"), Form.RICH)
    assert kinds(payload) == ["rich_text"]
    assert "line 59" in read(payload).visible


def test_sixty_buttons_stand_in_three_blocks_each_with_its_own_action_ids() -> None:
    rows = tuple((Button(f"Stop {number}", "unwatch", f"list-{number}"),) for number in range(60))
    payload = render(Message((line("x"),), "x", rows), Form.RICH)
    read(payload)
    sizes = [len(block["elements"]) for block in payload.blocks if block["type"] == "actions"]
    assert sizes == [25, 25, 10]
    assert [element["action_id"] for element in payload.blocks[-1]["elements"][:2]] == ["unwatch", "unwatch.2"]


HOSTILE = (
    *("<!channel>", "<!here|x>", "<@U024BE7LH>", "<#C024BE91L>", "<!subteam^S1>", "<https://evil.example|bank>"),
    *("https://evil.example/x", "&lt;!channel&gt;", "&amp;", "*b*", "_i_", "`c`", "~s~", ":smile:", "> q", "|", ">"),
    *("\u202e", "\u2068", "\ud800", "\x00", "\x1b[31m", "\n", "\r\n", "\t", "حمله", "ДИИШ", "e\u0301\u0302", "\u200b"),
    *("<!date^1^{date}|x>", "<mailto:a@b.c>", "x" * 200, "&" * 50, " "),
)
TEXTS = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12), max_size=6).map("".join)
URLS = st.sampled_from(
    ["", LINK, "javascript:x", "https://[bad", "http://e.example:99999/", "https://e.example/|>"]
) | (st.text(max_size=30).map(lambda tail: f"https://e.example/{tail}"))
MOMENTS = st.builds(Moment, st.datetimes(timezones=st.just(UTC)), TEXTS)
SPANS: st.SearchStrategy[tuple[Span, ...]] = st.lists(
    st.builds(Text, TEXTS, st.booleans(), st.booleans(), URLS) | MOMENTS, max_size=5
).map(tuple)
STYLES = st.sampled_from(["normal", "head", "title", "context", "tags"])
BLOCKS: st.SearchStrategy[Block] = st.builds(Line, SPANS, STYLES) | st.builds(Quote, SPANS) | st.just(Gap())
BUTTONS = st.builds(Button, TEXTS, st.sampled_from(["why", "up", ""]), TEXTS, TEXTS, URLS, st.booleans())
MESSAGES = st.builds(
    Message,
    st.lists(BLOCKS, max_size=12).map(tuple),
    TEXTS,
    st.lists(st.lists(BUTTONS, max_size=4).map(tuple), max_size=3).map(tuple),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGES, st.sampled_from(Form))
def test_whatever_a_message_says_slack_takes_it_and_nothing_foreign_comes_alive(message: Message, form: Form) -> None:
    payload = render(message, form)
    json.dumps([payload.text, list(payload.blocks)]).encode()
    spans = [span for block in message.blocks if not isinstance(block, Gap) for span in block.spans]
    ours = {safe_url(span.url) for span in spans if isinstance(span, Text)} - {""}
    alive = [*read(payload).live, *find_live(payload.text)]
    assert {live.kind for live in alive} <= {"link"}
    # mrkdwn holds an address escaped, rich text as it is
    assert all({live.target, live.target.replace("&amp;", "&")} & ours for live in alive)


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=80) | TEXTS.filter(bool), st.sampled_from(["normal", "head", "title", "context"]))
def test_a_reader_sees_exactly_what_the_source_said(title: str, style: Any) -> None:
    payload = render(Message((line(bold(title), style=style),), "x"), Form.RICH)
    shown = read(payload).visible
    if kinds(payload) != ["rich_text"] and shown:
        assert not re.search(r"[*_~`\n]|:[\w+'-]+:|^\s*>", title)
        shown = shown.removeprefix("*").removesuffix("*")
    assert shown.rstrip("\n") == clean(title).rstrip("\n") or not clean(title).strip()


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_summary_is_plain_and_short_whatever_it_says(summary: str) -> None:
    text = render(Message((line("x"),), summary * 40), Form.RICH).text
    assert 0 < len(text) <= 4000
    assert find_live(text) == []
    assert not re.search(r"&(?!amp;|lt;|gt;)", text)


def test_a_summary_that_is_not_too_long_is_kept_whole() -> None:
    summary = "Q&A <b> " * 200
    text = render(Message((line("x"),), summary), Form.RICH).text
    assert visible_text(text) == summary.strip()


def test_no_two_buttons_of_a_block_share_an_action_id() -> None:
    rows = ((Button("a", "why", "1"), Button("b", "why", "2"), Button("c", url=LINK), Button("d", url=LINK)),)
    (actions,) = render(Message((), "x", rows), Form.RICH).blocks
    ids = [element["action_id"] for element in actions["elements"]]
    assert ids == ["why", "why.2", "open", "open.2"]
    assert all(one != other for one, other in pairwise(sorted(ids)))


def test_bare_addresses_in_a_summary_are_left_alone_by_the_call_not_the_text() -> None:
    assert find_bare_links(render(plain_message("see https://e.example"), Form.MINIMAL).text) != []


@pytest.mark.parametrize("form", [Form.RICH, Form.PLAIN])
def test_who_is_there_is_called_below_the_card_and_never_by_its_words(form: Form) -> None:
    card = replace(build_csto_card(), summary="<!here> CSTO")
    assert "<!here>" not in json.dumps([render(card, form).text, *render(card, form).blocks])
    called = render(replace(card, here=True), form)
    check_blocks(list(called.blocks))
    (call,) = [block for block in called.blocks if "<!here>" in json.dumps(block)]
    assert called.blocks[0]["type"] != "actions"
    assert called.blocks.index(call) > 0
    assert render(replace(card, here=True), Form.MINIMAL).text.endswith("\n<!here>")


def test_a_person_is_called_by_their_id() -> None:
    message = Message((line("⏰ Nobody has it. ", Text("Dana", mention="T0TEAM/U024BE7LH")),), "Nobody has it.")
    assert {"type": "user", "user_id": "U024BE7LH"} in rich_runs(render(message, Form.RICH))
    assert "U024BE7LH" not in render(message, Form.PLAIN).text
