"""/why, /full, /recent, and the same by button and by an answer to the card."""

from bot.commands.alerts import build_full_text
from bot.domain.messages import Button, Quote, plain_text
from bot.domain.polls import PollRecord
from bot.matching.records import Evidence, Match, Priority
from tests import factories
from tests.unit.commands.desk import PRIVATE, Desk, buttons_of, text_of

OTHER_CHAT = factories.build_destination("2002")
TITLE = "CSTO sends aid; در مرز سازمان پیمان"
SUMMARY = "Ministers met. The CSTO and the CSTO again spoke of the border."


def _match() -> Match:
    evidence = (
        Evidence("title", 0, 4, "CSTO", "CSTO", "named", "Collective Security Treaty Organization", "en"),
        Evidence(
            "title", 23, 35, TITLE[23:35], "سازمان پیمان", "named", "Collective Security Treaty Organization", "fa"
        ),
        Evidence("summary", 19, 23, "CSTO", "CSTO", "named", "Collective Security Treaty Organization", "en"),
    )
    return factories.build_match(
        "csto",
        title="CSTO: decisions and statements",
        rule="named",
        priority=Priority.CRITICAL,
        base_priority=Priority.HIGH,
        escalated_by="attack",
        evidence=evidence,
        excludes_checked=("hospital", "sport"),
    )


def _poll(content: str = "") -> PollRecord:
    poll = factories.build_ringing_poll("item-1", PRIVATE)
    item = factories.build_item("item-1", title=TITLE, summary=SUMMARY, content=content)
    return factories.build_poll(
        items=(item,),
        words=poll.words,
        matches=(factories.build_item_match("item-1", match=_match()),),
        stories=(factories.build_story("item-1", headline=TITLE),),
        alerts=poll.alerts,
        cards=poll.cards,
    )


async def test_why_tells_the_rule_the_words_the_vetoes_the_priority_and_the_times(desk: Desk) -> None:
    await desk.watch("csto")
    alert, card = await desk.ring(_poll())
    answer = await desk.answer("why", card)
    assert text_of(answer).splitlines() == [
        f"Why {alert} · S1",
        "",
        "CSTO: decisions and statements · rule named: CSTO",
        "• CSTO = Collective Security Treaty Organization · headline, word 1 · 2 times",
        "• \u2068سازمان پیمان\u2069 = Collective Security Treaty Organization · headline, word 6",
        "Excludes checked: hospital: no · sport: no",
        "Salience: rings, in the headline",
        "Priority: base high; critical by escalate rule attack",
        "",
        "Source: Asia Plus (asia-plus) · reliability B (usually reliable)",
        "Published: Tue 24 Nov 2026, 06:55 (UTC)",
        "First seen: Tue 24 Nov 2026, 07:00 (UTC), 5 min later",
        "Alert made: Tue 24 Nov 2026, 07:00 (UTC)",
    ]
    assert buttons_of(answer) == ["Edit list", "👎 Not relevant"]


async def test_button_answer_and_command_mean_the_same(desk: Desk) -> None:
    await desk.watch("csto")
    alert, card = await desk.ring(_poll())
    by_command = await desk.write(f"/why {alert.lower()}")
    assert by_command == await desk.press(Button("❓ Why", "why", alert))
    assert by_command == await desk.answer("почему", card)
    assert desk.app.notices == [""]


async def test_a_mistyped_id_is_answered_with_the_nearest(desk: Desk) -> None:
    alert, _ = await desk.ring(_poll())
    wrong = alert[:3] + ("X" if alert[3] != "X" else "Y")
    assert text_of(await desk.write(f"/why {wrong}")) == f"No alert {wrong} in this chat. Did you mean {alert}?"
    assert text_of(await desk.write("/full ????")) == "No alert ???? in this chat. /recent lists the latest."


async def test_an_alert_of_another_chat_is_not_told(desk: Desk) -> None:
    alert, _ = await desk.ring(_poll())
    assert (
        text_of(await desk.write(f"/why {alert}", OTHER_CHAT))
        == f"No alert {alert} in this chat. /recent lists the latest."
    )
    assert await desk.press(Button("❓ Why", "why", alert), OTHER_CHAT) is None
    assert desk.app.notices == ["This alert has expired. The link above still works."]


async def test_why_without_an_alert_tells_how_to_name_one(desk: Desk) -> None:
    expected = "Which alert? Answer its card with why, or write /why and its id, such as 7Q2M."
    assert text_of(await desk.write("/why")) == expected
    other = "Which alert? That message is not an alert card; answer the card itself."
    assert text_of(await desk.answer("why", "77")) == other


async def test_full_shows_the_text_of_the_feed_with_matched_words_bold(desk: Desk) -> None:
    await desk.watch("csto")
    alert, _ = await desk.ring(_poll())
    answer = await desk.write(f"/full {alert}")
    assert text_of(answer).splitlines() == [
        f"Full text · {alert} · Asia Plus",
        f"\u2068{TITLE}\u2069 (https://asia-plus.example/news/item-1)",
        f"> {SUMMARY}",
        "The feed carries a summary only. Open: https://asia-plus.example/news/item-1 (https://asia-plus.example/news/item-1)",
    ]
    assert answer is not None
    quote = next(block for block in answer.blocks if isinstance(block, Quote))
    assert quote.expandable
    assert [span.text for span in quote.spans if span.kind == "text" and span.bold] == ["CSTO"]


async def test_full_shows_the_content_alone_where_the_feed_carries_it(desk: Desk) -> None:
    alert, _ = await desk.ring(_poll(content="The whole article."))
    answer = text_of(await desk.write(f"/full {alert}"))
    assert "> The whole article." in answer
    assert "summary only" not in answer


def test_a_full_text_fits_into_one_message_however_long_it_is() -> None:
    item = factories.build_item(content="слово 😀 " * 5_000)
    view = factories.build_alert_view(reports=(factories.build_report(item=item, matches=()),))
    message = build_full_text(view, view.reports[0])
    assert 3_400 < len(plain_text(message).encode("utf-16-le")) // 2 < 3_800
    assert plain_text(message).endswith("…")


def test_a_text_without_link_and_words_says_so() -> None:
    item = factories.build_item(summary="", link="")
    view = factories.build_alert_view(reports=(factories.build_report(item=item, matches=()),))
    answer = plain_text(build_full_text(view, view.reports[0]))
    assert answer.endswith("The feed carries no text for this item. It gives no link either.")


async def test_recent_has_one_line_per_story_newest_first(desk: Desk) -> None:
    await desk.watch("csto")
    first, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.clock.advance(60)
    second, _ = await desk.ring(factories.build_ringing_poll("item-2", PRIVATE))
    lines = text_of(await desk.write("/recent")).splitlines()
    assert lines[0] == "The last 2 stories"
    assert lines[1] == (
        f"🟠 HIGH · CSTO · {second} · 24 Nov 06:55 · {factories.HEADLINE} (https://asia-plus.example/news/item-2)"
    )
    assert first in lines[2]
    only = text_of(await desk.write("/recent 1")).splitlines()
    assert only[0] == "The last story"
    assert second in only[1]


async def test_recent_can_be_asked_for_one_list(desk: Desk) -> None:
    await desk.watch("csto", "ttp")
    alert, _ = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    assert alert in text_of(await desk.write("/recent csto 5"))
    assert text_of(await desk.write("/recent 5 ttp")).startswith("No alerts on Tehrik-i-Taliban Pakistan since 17 Nov")


async def test_silence_says_how_much_was_read(desk: Desk) -> None:
    await desk.store.record_polls([factories.build_poll(items=(factories.build_item(),))], desk.clock.now())
    answer = text_of(await desk.write("/recent"))
    assert answer == "No alerts since 17 Nov 07:00. The bot read 1 new item from 1 feed."


async def test_recent_refuses_what_is_no_number_of_stories(desk: Desk) -> None:
    for argument in ("0", "3 5"):
        answer = text_of(await desk.write(f"/recent {argument}"))
        assert answer == f"I do not know how many “{argument}” is. Example: /recent 10 csto"
    assert "no watchlist called “nonsense”" in text_of(await desk.write("/recent nonsense"))
