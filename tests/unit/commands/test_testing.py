"""/test and /watch with a query: what would have been caught, before anything is watched."""

import hashlib
from datetime import timedelta

import pytest

from bot.domain.chats import ChatKind
from bot.domain.items import Item
from bot.ports.store import Store
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of, text_of

GROUP = factories.build_destination("-100200", kind=ChatKind.GROUP, title="Field desk")
GUARDS = "Tajik guards close the border at Panj"
PATROL = "A border patrol of Tajik guards and the CSTO finds heroin"


async def archive(store: Store, *items: Item) -> None:
    """These items were read some time."""
    await store.record_polls([factories.build_poll(items=items)], START)


def news(key: str, title: str, days_ago: float = 1, **fields: object) -> Item:
    seen = START - timedelta(days=days_ago)
    return factories.build_item(
        key, title=title, summary="", published=seen, first_seen=seen, **{"link_key": key, **fields}
    )


@pytest.fixture
async def archived(desk: Desk) -> Desk:
    """A desk with a month of items: three on guards at the border (two are one story), one almost, and weather."""
    await archive(
        desk.store,
        news("old", "Weather in Kabul", 29.5),
        news("one", GUARDS, 20),
        news("two", f"{GUARDS} river", 19.9, lang="ru"),
        news("three", PATROL, 3),
        news("near", "Guards at a border in Chile", 2),
    )
    return desk


async def test_a_query_is_tested_in_the_form_people_know(archived: Desk) -> None:
    answer = text_of(await archived.write("/test tajik NEAR/10 border"))
    assert answer.splitlines() == [
        "/test tajik NEAR/10 border",
        "Test · 25 Oct - 24 Nov 2026 (30 days, 5 items, 1 feed)",
        "3 matches -> 2 stories -> 2 alerts (0.1 a day)",
        "Busiest day: 21 Nov, 1 story.  ▁▁▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁█▁▁▁",
        "Languages: en 2, ru 1. Feeds: Asia Plus 3.",
        "Samples (newest, oldest):",
        f"1. {PATROL} (https://asia-plus.example/news/three) · Asia Plus, 21 Nov · border, Tajik",
        f"2. {GUARDS} (https://asia-plus.example/news/one) · Asia Plus, 4 Nov · Tajik, border",
        "Already covered by csto: 1 of 2; drug-trafficking: 1 of 2.",
        "One group short: 1 item, most often without tajik (1).",
        "I look for: headline or text has “tajik” within 10 words of “border”.",
    ]


async def test_a_tested_query_becomes_a_list_of_this_chat_alone(archived: Desk) -> None:
    tested = await archived.write("/watch tajik NEAR/10 border -chile")
    assert buttons_of(tested) == ["Watch", "Rate 2 samples", "Change", "Cancel"]
    assert await archived.store.list_subscriptions(PRIVATE.key) == []
    watching = text_of(await archived.press(button_of(tested, "Watch")))
    assert watching == (
        "Watching tajik NEAR/10 border -chile (medium), as tajik-border-chile. New stories arrive here from now on."
    )
    assert [one.watchlist for one in await archived.store.list_subscriptions(PRIVATE.key)] == ["tajik-border-chile"]
    assert "made here by Nilufar" in text_of(await archived.write("/watchlists"))
    assert "Made here" in text_of(await archived.write("/watch"))
    match = archived.services.catalog.matcher.match(factories.build_document(title=GUARDS))
    assert [one.watchlist for one in match] == ["tajik-border-chile"]

    elsewhere = text_of(await archived.write("/watch", GROUP))
    assert "Made here" not in elsewhere
    answer = text_of(await archived.write("/edit tajik-border-chile", factories.build_destination("77")))
    assert answer.startswith("There is no watchlist called “tajik-border-chile”")


async def test_a_button_that_made_its_list_makes_no_second_one(archived: Desk) -> None:
    tested = await archived.write("/watch tajik NEAR/10 border")
    await archived.press(button_of(tested, "Watch"))
    await archived.clock.advance(1)
    assert await archived.press(button_of(tested, "Watch")) is None
    assert archived.app.notices[-1].startswith("That draft is gone")
    assert len(await archived.store.list_chat_lists()) == 1


async def test_a_query_that_rings_all_day_is_refused(desk: Desk) -> None:
    # Words nobody ever said, so that no two of these are one story.
    letters = str.maketrans("0123456789", "klmnopqrst")
    words = [hashlib.sha256(bytes([n])).hexdigest().translate(letters) for n in range(60)]
    titles = [f"border {word[:9]} {word[9:18]} {word[18:27]}" for word in words]
    await archive(desk.store, *(news(f"n{n}", title, 0.5 + n / 1000) for n, title in enumerate(titles)))
    refused = await desk.write("/watch border OR frontier")
    assert text_of(refused).startswith("That query is too broad: ≈")
    assert text_of(refused).endswith("Add a second word or use -word.")
    samples = await desk.press(button_of(refused, "See samples"))
    assert len(text_of(samples).splitlines()) == 11


async def test_a_short_archive_says_how_much_it_holds(desk: Desk) -> None:
    await archive(desk.store, news("one", GUARDS, 11.5), news("two", "Weather", 0.1))
    answer = text_of(await desk.write("/test tajik border"))
    assert answer.splitlines()[1] == "I hold 12 days of items, so this tests 12 days."
    assert "(12 days, 2 items, 1 feed)" in answer


async def test_days_can_be_chosen(archived: Desk) -> None:
    assert "(4 days, 2 items, 1 feed)" in text_of(await archived.write("/test tajik border 4d"))
    assert text_of(await archived.write("/test tajik border 999d")).startswith("I cannot test 999 days.")


async def test_what_stood_in_a_feed_at_its_first_reading_counts_for_the_day_it_was_published(desk: Desk) -> None:
    item = factories.build_item("one", title=GUARDS, baseline=True, published=START - timedelta(days=9))
    await archive(desk.store, item)
    answer = text_of(await desk.write("/test tajik border"))
    assert "Busiest day: 15 Nov, 1 story." in answer
    assert "1 match -> 1 story -> 1 alert" in answer
    assert "1 of these items stood in their feeds when I read them for the first time" in answer


async def test_a_list_is_tested_with_its_near_misses(archived: Desk) -> None:
    answer = await archived.write("/test csto")
    assert "1 match -> 1 story -> 1 alert" in text_of(answer)
    assert buttons_of(answer) == []


async def test_near_misses_show_what_was_lacking(archived: Desk) -> None:
    tested = await archived.write("/test tajik NEAR/10 border")
    near = text_of(await archived.press(button_of(tested, "Near misses")))
    assert near.splitlines()[0] == "One group short of firing"
    assert "Guards at a border in Chile" in near
    assert near.endswith("· lacks tajik")


async def test_samples_are_rated(archived: Desk) -> None:
    tested = await archived.write("/test tajik NEAR/10 border")
    rating = await archived.press(button_of(tested, "Rate 2 samples"))
    assert buttons_of(rating) == ["1 👍", "1 👎", "2 👍", "2 👎"]
    assert await archived.press(button_of(rating, "1 👍")) is None
    assert archived.app.notices[-1] == "Sample 1: useful. 1 of 2."
    assert text_of(await archived.press(button_of(rating, "2 👎"))) == "1 of 2 useful (likely between 9% and 91%)."


async def test_a_cancelled_draft_is_gone(archived: Desk) -> None:
    tested = await archived.write("/test tajik NEAR/10 border")
    assert "/test tajik NEAR/10 border" in text_of(await archived.press(button_of(tested, "Change")))
    await archived.press(button_of(tested, "Cancel"))
    assert archived.app.notices[-1] == "Nothing was changed."
    await archived.press(button_of(tested, "Watch"))
    assert await archived.store.list_chat_lists() == []


async def test_a_slip_in_a_query_is_shown_at_its_place(desk: Desk) -> None:
    answer = text_of(await desk.write("/watch tajik* NEAR/ border"))
    assert answer.startswith("I stopped at “NEAR/”")
    assert "NEAR/10" in answer


async def test_a_query_without_a_word_of_its_own_is_refused_in_words(desk: Desk) -> None:
    assert text_of(await desk.write("/watch lang:ru owner:state")) == (
        "That query cannot be used: it names no word that must occur, so it would always fire. Add a word or a group."
    )
    answer = text_of(await desk.write("/test $geo.nowhere"))
    assert answer.startswith("That query cannot be used: there is no group “geo.nowhere”.")


async def test_a_test_that_takes_too_long_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await archive(desk.store, *(news(f"n{n}", GUARDS, 1 + n / 100) for n in range(600)))
    monkeypatch.setattr("bot.services.list_editing.LONGEST_TEST", 0.0)
    answer = text_of(await desk.write("/test tajik border"))
    assert answer.startswith("The test of 30 days took longer than 0 s, and I gave up. Test fewer days")


async def test_a_query_that_looks_like_a_lists_name_says_so(archived: Desk) -> None:
    answer = text_of(await archived.write("/watch drug traficking"))
    assert answer.endswith("There is also a list called drug-trafficking: /watch drug-trafficking")


async def test_own_lists_cover_too_and_those_of_other_chats_do_not(archived: Desk) -> None:
    await archived.press(button_of(await archived.write("/watch tajik NEAR/10 border"), "Watch"))
    assert "tajik-border: 2 of 2" in text_of(await archived.write("/test guards border -chile"))
    assert "tajik-border" not in text_of(await archived.write("/test guards border -chile", GROUP))


async def test_a_slip_in_a_lists_name_is_no_query(desk: Desk) -> None:
    assert text_of(await desk.write("/test cst")) == "There is no watchlist called “cst”. Close: csto."


async def test_members_of_a_group_test_but_do_not_watch(archived: Desk) -> None:
    tested = await archived.write("/test tajik NEAR/10 border", GROUP)
    assert await archived.press(button_of(tested, "Watch"), GROUP) is None
    assert archived.app.notices[-1].startswith("Only admins")
    archived.app.admins.add(factories.build_person().key)
    added = await archived.press(button_of(tested, "Watch"), GROUP)
    assert text_of(added).startswith("Nilufar added tajik NEAR/10 border to this group (medium)")


async def test_small_operators_are_read_as_words_and_a_hint_says_so(archived: Desk) -> None:
    for command in ("/test tajik or border", "/watch tajik or border"):
        assert "“or” is read as a word; write OR." in text_of(await archived.write(command)).splitlines()
    assert "is read as a word" not in text_of(await archived.write('/test tajik "or" OR border'))
