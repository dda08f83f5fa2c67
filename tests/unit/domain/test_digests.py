"""The morning digest and its heartbeat, word for word on every platform."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat.console.render import render_plain
from bot.chat.slack.render import render as render_slack
from bot.chat.telegram.render import render as render_telegram
from bot.domain.alerts import AlertView
from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import Form
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestMark
from bot.domain.digests import ROWS, Surroundings, build_digest, since_words
from bot.domain.hearing import Hearing
from bot.domain.messages import Message, plain_text
from bot.domain.triage import Acknowledgement, Triage
from bot.domain.wording import short_time
from bot.matching.records import Priority
from tests.factories import (
    build_alert,
    build_alert_view,
    build_destination,
    build_feed,
    build_item,
    build_match,
    build_report,
    build_story,
)

SEVEN = datetime(2026, 11, 24, 2, tzinfo=UTC)  # 07:00 in Dushanbe
WATCHED = frozenset({"csto", "drug-trafficking", "sco", "iskp"})
TITLES = {"csto": "CSTO", "drug-trafficking": "Drug trafficking", "sco": "SCO", "iskp": "ISKP"}
DESK = build_destination(timezone="Asia/Dushanbe")
AROUND = Surroundings(
    TITLES,
    problems=(("Kloop", "nothing new for unusually long (since 20 Nov 04:00)"),),
    feeds=43,
    healthy=42,
)


def _story(number: int, title: str, watchlist: str, priority: Priority, *outlets: str) -> AlertView:
    reports = tuple(
        build_report(
            item=build_item(
                f"{number}-{place}",
                title=title,
                summary="",
                link=f"https://example.org/{number}",
                published=SEVEN - timedelta(hours=9 - place),
            ),
            feed=build_feed(outlet.casefold(), outlet=outlet),
            matches=(build_match(watchlist, title=TITLES[watchlist], priority=priority),),
        )
        for place, outlet in enumerate(outlets)
    )
    return build_alert_view(
        alert=build_alert(f"000{number % 10}"), story=build_story(f"{number}-0", headline=title), reports=reports
    )


CONTENTS = DigestContents(
    mark=DigestMark(SEVEN),
    since=SEVEN - timedelta(days=1),
    alerts=(
        _story(4, "RATS council meets in Tashkent", "sco", Priority.LOW, "Gazeta"),
        _story(2, "180 kg of meth found in dried fruit", "drug-trafficking", Priority.MEDIUM, "Khovar", "Kloop"),
        _story(1, "Two guards wounded near Shohin", "csto", Priority.CRITICAL, "Ozodi"),
    ),
    late=(build_report(item=build_item("late", title="Poppy area edges up", link="https://example.org/9",
                                       published=SEVEN - timedelta(days=4))),),
    muted=2,
    stale=3,
    below_clearance=0,
    items_read=1312,
)  # fmt: skip
SILENCE = DigestContents(mark=DigestMark(SEVEN), since=SEVEN - timedelta(days=1), items_read=1312)
WELL = Surroundings(TITLES, feeds=43, healthy=43)

TELEGRAM = """☀️ <b>Morning digest · Tue 24 Nov 2026, 07:00 Dushanbe (UTC+5)</b>
Since yesterday 07:00: 3 stories from 4 reports · 1 critical · 42 of 43 feeds healthy

🔴 <b>CSTO</b> (1)
 1. <a href="https://example.org/1">Two guards wounded near Shohin</a> · 1 outlet
🟡 <b>Drug trafficking</b> (1)
 2. <a href="https://example.org/2">180 kg of meth found in dried fruit</a> · 2 outlets, 2 origins
⚪ <b>SCO</b> (1)
 3. <a href="https://example.org/4">RATS council meets in Tashkent</a> · 1 outlet

<b>Late finds</b> (1)
• <a href="https://example.org/9">Poppy area edges up</a> · Asia Plus · 20 Nov 07:00

Quiet: ISKP (0 matches; feeds for them are healthy)
Held back: 1 repeat, 3 stale items, 2 muted
Feeds: Kloop: nothing new for unusually long (since 20 Nov 04:00)
Reply with a number for the card."""
TERMINAL = """☀️ Morning digest · Tue 24 Nov 2026, 07:00 Dushanbe (UTC+5)
Since yesterday 07:00: 3 stories from 4 reports · 1 critical · 42 of 43 feeds healthy

🔴 CSTO (1)
 1. Two guards wounded near Shohin · 1 outlet
https://example.org/1
🟡 Drug trafficking (1)
 2. 180 kg of meth found in dried fruit · 2 outlets, 2 origins
https://example.org/2
⚪ SCO (1)
 3. RATS council meets in Tashkent · 1 outlet
https://example.org/4

Late finds (1)
• Poppy area edges up · Asia Plus · 20 Nov 07:00
https://example.org/9

Quiet: ISKP (0 matches; feeds for them are healthy)
Held back: 1 repeat, 3 stale items, 2 muted
Feeds: Kloop: nothing new for unusually long (since 20 Nov 04:00)
For the card of a story: /digest 1"""
HEARTBEAT = """☀️ <b>Morning digest · Tue 24 Nov 2026, 07:00 Dushanbe (UTC+5)</b>
No matches since yesterday 07:00. The bot read 1,312 new items from 43 feeds; 43 are healthy."""


def _build(
    contents: DigestContents = CONTENTS, around: Surroundings = AROUND, destination: Destination = DESK, **fields: Any
) -> Message:
    (message,) = build_digest(replace(contents, **fields), destination, WATCHED, around)
    return message


def test_telegram_shows_the_whole_digest() -> None:
    assert render_telegram(_build()).text == TELEGRAM


def test_who_has_a_story_is_told() -> None:
    taken = Acknowledgement("0001", "telegram:7", "Dana", SEVEN - timedelta(hours=8, minutes=46))
    (view,) = (one for one in CONTENTS.alerts if one.alert.id == "0001")
    text = plain_text(_build(alerts=(replace(view, triage=Triage(taken)),)))
    assert " 1. Two guards wounded near Shohin (https://example.org/1) · 1 outlet · acked by Dana 22:14" in text


def test_telegram_shows_the_heartbeat_of_a_silent_day() -> None:
    assert render_telegram(_build(SILENCE, WELL)).text == HEARTBEAT


def test_a_terminal_shows_the_whole_digest() -> None:
    assert render_plain(_build(destination=replace(DESK, platform=Platform.CONSOLE))).rstrip() == TERMINAL


def test_slack_shows_the_whole_digest() -> None:
    message = _build(destination=replace(DESK, platform=Platform.SLACK))
    payload = str(render_slack(message, Form.RICH))
    for words in ("Two guards wounded near Shohin", "https://example.org/1", "/tocsin digest 1", "Late finds"):
        assert words in payload


def test_slack_and_the_terminal_show_the_heartbeat_of_a_silent_day() -> None:
    head, silence = "Morning digest · Tue 24 Nov 2026, 07:00 Dushanbe (UTC+5)", HEARTBEAT.splitlines()[1]
    payload = render_slack(_build(SILENCE, WELL), Form.RICH)
    title = {"type": "mrkdwn", "text": f"☀️ *{head}*", "verbatim": True}
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": silence}]}
    assert payload.text == f"{head}. {silence}"
    assert list(payload.blocks) == [
        {"type": "context", "elements": [title]},
        {"type": "rich_text", "elements": [section]},
    ]
    assert render_plain(_build(SILENCE, WELL)).rstrip() == f"☀️ {head}\n{silence}"


def test_what_a_screen_reader_is_told_is_a_sentence() -> None:
    assert _build().summary == (
        "Morning digest · Tue 24 Nov 2026, 07:00 Dushanbe (UTC+5). "
        "Since yesterday 07:00: 3 stories from 4 reports · 1 critical · 42 of 43 feeds healthy"
    )


def test_silence_still_tells_of_sick_feeds_and_of_what_was_held_back() -> None:
    text = plain_text(_build(SILENCE, AROUND, muted=2))
    assert "No matches since yesterday 07:00" in text
    assert "Held back: 2 muted\nFeeds: Kloop: nothing new" in text
    assert "number" not in text


def test_a_list_that_hears_nothing_or_less_in_a_language_is_named() -> None:
    feed = build_feed()
    hearing = {
        "iskp": (Hearing("fa", (), (feed,), None), Hearing("tg", (), (feed,), CONTENTS.since)),
        "csto": (Hearing("en", (feed,), (), None), Hearing("ru", (feed, feed, feed), (feed,), None)),
    }
    text = plain_text(_build(around=replace(AROUND, hearing=hearing)))
    last = short_time(CONTENTS.since, ZoneInfo(DESK.timezone))
    assert f"Quiet: ISKP (0 matches)\nNo healthy feed: ISKP (Dari/Persian, Tajik, last item {last})\n" in text
    assert "\nFewer feeds: CSTO (Russian 3 of 4)\n" in text


def test_a_long_digest_goes_on_in_another_message_and_leaves_out_nothing() -> None:
    stories = tuple(
        _story(number, f"Story {number}.", "csto", Priority.HIGH, "Ozodi") for number in range(2 * ROWS + 1)
    )
    first, second, third = build_digest(replace(CONTENTS, alerts=stories), DESK, WATCHED, AROUND)
    assert f" {ROWS + 1}. Story {ROWS}." in plain_text(second)
    assert "continued" in plain_text(third)
    everything = "".join(map(plain_text, (first, second, third)))
    assert all(f"Story {number}." in everything for number in range(2 * ROWS + 1))
    assert "Held back" in plain_text(third)
    assert "Held back" not in plain_text(first)
    assert "Story 0." in render_telegram(first).text
    assert f"Story {ROWS - 1}." in render_telegram(first).text


def test_a_story_of_a_list_that_was_unwatched_is_left_out() -> None:
    (message,) = build_digest(CONTENTS, DESK, frozenset({"sco"}), AROUND)
    assert "1 story from 1 report" in plain_text(message)


def test_since_is_said_as_people_say_it() -> None:
    dushanbe = ZoneInfo(DESK.timezone)
    assert since_words(SEVEN - timedelta(hours=2), SEVEN, dushanbe) == "05:00"
    assert since_words(SEVEN - timedelta(days=3), SEVEN, dushanbe) == "21 Nov 07:00"
