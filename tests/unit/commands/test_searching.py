"""/search."""

from bot.domain.messages import Gap, Quote, Text
from tests import factories
from tests.unit.commands.desk import Desk, button_of, buttons_of, text_of


async def _archive(desk: Desk, *texts: tuple[str, str]) -> None:
    items = [
        factories.build_item(f"item-{number}", title=title, summary=summary)
        for number, (title, summary) in enumerate(texts, 1)
    ]
    words = tuple(
        (item.key, f"{item.title} {item.summary}".casefold().replace(",", "").replace(".", "")) for item in items
    )
    await desk.store.record_polls([factories.build_poll(items=tuple(items), words=words)], desk.clock.now())


async def test_what_is_found_has_its_words_bold(desk: Desk) -> None:
    await _archive(desk, ("Border guards wounded", ""), ("Quiet day", "A border post was closed."), ("Football", ""))
    answer = await desk.write("/search border")
    assert answer is not None
    lines = text_of(answer).splitlines()
    assert lines[0] == "2 items"
    bold = [
        span.text
        for block in answer.blocks[1:]
        if not isinstance(block, Gap)
        for span in block.spans
        if isinstance(span, Text) and span.bold
    ]
    assert sorted(bold) == ["Border", "border"]
    assert any(isinstance(block, Quote) for block in answer.blocks)
    assert "• Border guards wounded (https://asia-plus.example/news/item-1) · Asia Plus · 24 Nov 06:55" in lines


async def test_a_passage_comes_from_wherever_the_word_stands(desk: Desk) -> None:
    item = factories.build_item(
        title="Grain deal", summary="Ministers signed.", content="Far below, al-Qaeda is named."
    )
    poll = factories.build_poll(items=(item,), words=((item.key, "grain deal ministers signed al qaeda is named"),))
    await desk.store.record_polls([poll], desk.clock.now())
    assert text_of(await desk.write("/search al-qaeda")).endswith("\n> Far below, al-Qaeda is named.")


async def test_five_are_shown_a_page(desk: Desk) -> None:
    await _archive(desk, *((f"Border news {number}", "") for number in range(12)))
    first = await desk.write("/search border")
    assert text_of(first).count("Border news") == 5
    assert buttons_of(first) == ["1/3", "›", "Make a watchlist"]
    third = await desk.press(button_of(await desk.press(button_of(first, "›")), "›"))
    assert text_of(third).count("Border news") == 2
    assert buttons_of(third) == ["‹", "3/3", "Make a watchlist"]
    assert text_of(await desk.write("/search p.9 border")).startswith("The list changed. Showing the newest.\n12 items")


async def test_a_query_too_long_for_a_button_says_how_to_see_more(desk: Desk) -> None:
    long = "border " + " ".join(f"word{number}" for number in range(12))
    await _archive(desk, *((long, "") for _ in range(7)))
    answer = await desk.write(f"/search {long}")
    assert buttons_of(answer) == []
    assert text_of(answer).endswith("These are the newest 5. A shorter query can be paged.")


async def test_nothing_found_tries_open_endings(desk: Desk) -> None:
    await _archive(desk, ("Borders are closed", ""))
    answer = await desk.write("/search border")
    assert text_of(answer) == "Nothing in 1 day. border* finds 1."
    assert "Borders" in text_of(await desk.press(button_of(answer, "Search border*")))


async def test_where_nothing_is_found_the_days_are_told_and_what_was_tried(desk: Desk) -> None:
    assert text_of(await desk.write("/search border")) == "Nothing is read yet."
    await _archive(desk, ("Football", ""))
    assert text_of(await desk.write("/search tadzhiksko-afganskaya")) == (
        "Nothing in 1 day. Tried also: таджикск* афганск* (your query is Latin script)."
    )
    assert text_of(await desk.write("/search граница")) == (
        "Nothing in 1 day. Fewer words or an open ending such as border* find more."
    )


async def test_a_search_in_latin_letters_finds_cyrillic_words(desk: Desk) -> None:
    await _archive(desk, ("Таджикско афганская граница закрыта", ""))
    answer = await desk.write("/search tadzhiksko-afganskuyu granitsu")
    assert text_of(answer) == "Nothing in 1 day. таджикск* афганск* границ* finds 1."
    found = await desk.press(button_of(answer, "Search таджикск* афганск* границ*"))
    assert "Таджикско" in text_of(found)


async def test_what_was_searched_becomes_a_list(desk: Desk) -> None:
    await _archive(desk, ("CSTO at the border", ""))
    for query, title in (("csto border", "/test csto border"), ("csto", '/test "csto"')):
        made = await desk.press(button_of(await desk.write(f"/search {query}"), "Make a watchlist"))
        assert text_of(made).startswith(title)


async def test_search_needs_words(desk: Desk) -> None:
    expected = 'Search for what? Example: /search border "Afghan soil" smuggl*'
    assert text_of(await desk.write("/search")) == expected


async def test_a_query_that_cannot_be_read_names_the_place(desk: Desk) -> None:
    answer = text_of(await desk.write("/search border NEAR/ guard"))
    assert answer.startswith("I stopped at “NEAR/”:")
    assert "Example:" in answer
