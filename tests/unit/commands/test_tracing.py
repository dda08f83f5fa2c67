"""/whynot: each step an item took, and what stopped it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.chats import ChatKind
from bot.domain.items import Item, link_key
from bot.domain.policy import BASELINE, UNWATCHED
from bot.matching.watchlist import Condition, Exclude, Group, Rule, Term
from bot.ports.store import Store
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import PRIVATE, Desk, button_of, text_of

LINK = "https://asia-plus.example/news/item-1"
GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk")


def item_of(title: str, **fields: object) -> Item:
    return factories.build_item("item-1", title=title, summary="", link=LINK, link_key="", **fields)


async def test_an_item_that_rang_is_followed_to_the_chat(desk: Desk) -> None:
    await desk.watch("csto")
    await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    rows = text_of(await desk.write(f"/whynot {LINK}")).splitlines()
    assert rows[0].startswith("CSTO troops deploy")
    assert rows[1:4] == [
        "1. Fetched: from Asia Plus (asia-plus), 24 Nov 07:00, published 24 Nov 06:55",
        "2. Parsed: headline and 9 words of text, English",
        "3. New",
    ]
    assert rows[4:6] == [
        "4. Matched: 1 list",
        "   • csto: rule named, found “CSTO”, high, rings -> alert",
    ]
    assert rows[6].startswith("5. Grouped: story S1, 1 report, alert ")
    assert rows[7].startswith("6. Sent: here, sent ")


async def test_the_alert_id_and_the_story_name_the_same_item(desk: Desk) -> None:
    await desk.watch("csto")
    poll = factories.build_ringing_poll("item-1", PRIVATE)
    item = replace(poll.items[0], link_key=link_key("asia-plus", LINK))
    alert, _ = await desk.ring(replace(poll, items=(item,)))
    by_address = text_of(await desk.write(f"/whynot {LINK}"))
    for name in (alert, alert.lower(), "S1", f"{LINK}#comments", f"{LINK}?utm_source=x"):
        assert text_of(await desk.write(f"/whynot {name}")) == by_address, name


async def test_a_repeat_is_said_to_have_rung_nobody_by_itself(desk: Desk) -> None:
    await desk.watch("csto")
    first = factories.build_ringing_poll("item-1", PRIVATE)
    await desk.ring(first)
    repeat = factories.build_poll(
        items=(factories.build_item("item-2", link="https://tass.example/2"),),
        matches=(factories.build_item_match("item-2", story_key="item-1"),),
        stories=first.stories,
    )
    await desk.store.record_polls([repeat], START)
    rows = text_of(await desk.write("/whynot https://tass.example/2")).splitlines()
    assert rows[-2] == "6. Sent: this report rang nobody by itself; it was grouped into S1, first card 24 Nov 07:00"
    assert rows[-1].startswith("   • here, sent ")
    assert "by itself" not in text_of(await desk.write(f"/whynot {LINK}"))


async def test_another_chat_does_not_learn_who_was_told(desk: Desk) -> None:
    await desk.watch("csto")
    await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    told = text_of(await desk.write(f"/whynot {LINK}", GROUP))
    assert told.splitlines()[-1] == "6. Sent: not here: this chat watched none of its lists"
    assert PRIVATE.key not in told


async def test_a_list_made_elsewhere_is_not_named(desk: Desk) -> None:
    await desk.press(button_of(await desk.write("/watch troops border"), "Watch"))
    await desk.store.record_polls([factories.build_poll(items=(factories.build_item("item-1"),))], START)
    assert "troops-border" in text_of(await desk.write(f"/whynot {LINK}"))
    assert "troops-border" not in text_of(await desk.write(f"/whynot {LINK}", GROUP))


async def test_silence_has_a_reason(desk: Desk) -> None:
    match = factories.build_item_match("item-1", outcome=UNWATCHED)
    item = item_of("CSTO meets", baseline=True)
    poll = factories.build_poll(items=(item,), matches=(match,), stories=(factories.build_story("item-1"),))
    await desk.store.record_polls([poll], START)
    rows = text_of(await desk.write(f"/whynot {LINK}")).splitlines()
    assert rows[3] == f"3. First reading of its feed: {BASELINE}"
    assert rows[-1] == f"6. Sent: no. {UNWATCHED}"


async def test_a_match_that_only_the_lists_of_today_find_is_said_to_be_new(desk: Desk) -> None:
    await desk.store.record_polls([factories.build_poll(items=(item_of("CSTO meets"),))], START)
    rows = text_of(await desk.write(f"/whynot {LINK}")).splitlines()
    assert rows[4:] == [
        "4. Matched: no list",
        "   • csto: matches now (rule named, found “CSTO”), but did not when it was read",
        "5. Grouped: not at all, because nothing matched",
        "6. Sent: no, no list matched",
    ]


async def test_a_missing_group_and_a_veto_are_named(store: Store) -> None:
    groups = tuple(
        Group(name, "", (Term(word, "en"),))
        for name, word in (("who", "guards"), ("where", "Panj"), ("sport", "football"))
    )
    rule = Rule("attack", Condition(all_of=(("who",), ("where",))))
    veto = Exclude("sports", Condition(all_of=(("sport",),)))
    await store.sync_feeds([factories.build_feed()], START)
    desk = Desk(store, factories.build_watchlist("border", groups=groups, rules=(rule,), excludes=(veto,)))
    near, vetoed = item_of("Guards sleep"), item_of("Guards at Panj play football")
    await store.record_polls([factories.build_poll(items=(near,))], START)
    assert "   • border: rule attack lacks where; found “Guards”" in text_of(await desk.write(f"/whynot {LINK}"))
    other = replace(vetoed, key="item-2", link=f"{LINK}2")
    await store.record_polls([factories.build_poll(items=(other,))], START)
    assert "rule attack fires, but “sports” vetoed it because of “football”" in text_of(
        await desk.write(f"/whynot {LINK}2")
    )


async def test_an_unknown_address_is_answered_with_the_feeds_of_its_site(desk: Desk) -> None:
    state = factories.build_feed_state(
        last_poll=START - timedelta(minutes=7), problem="blocked", problem_text="403: the site refuses bots."
    )
    await desk.store.record_polls([factories.build_poll(state=state)], START)
    rows = text_of(await desk.write("/whynot https://www.asia-plus.example/news/99")).splitlines()
    assert rows == [
        "I never read that item, or it is no longer in the archive (asia-plus.example).",
        "Feeds of that site:",
        "• Asia Plus (asia-plus): fails, last tried 7 min ago: 403: the site refuses bots.",
    ]
    nowhere = text_of(await desk.write("/whynot https://elsewhere.example/1"))
    assert "No feed of that site is known. /addfeed <address> adds one." in nowhere


@pytest.mark.parametrize("text", ["", "what happened", "https://", "http://[::1", "S" * 500])
async def test_what_names_nothing_is_answered_in_words(desk: Desk, text: str) -> None:
    assert text_of(await desk.write(f"/whynot {text}"))
