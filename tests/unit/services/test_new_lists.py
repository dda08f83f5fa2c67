"""A list made by filling in a form rings on its words, near its places, and not on what forbids it."""

from pathlib import Path

import pytest

from bot.matching.matcher import Matcher
from bot.matching.records import Priority
from bot.services.new_lists import WantedList, build_wanted_list, find_faults
from bot.sources.watchlist_texts import FolderTexts
from tests.factories import build_document

TEXTS = FolderTexts(Path("no-such-folder"))


async def rings(wanted: WantedList, title: str) -> bool:
    read = await build_wanted_list(TEXTS, wanted)
    return bool(Matcher.build([read.watchlist]).match(build_document(title=title, summary="", content="")))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("TTP claims attack on guards", True),
        ("ttp of an intrusion: guards", False),
        ("TTP in the news", False),
        ("TTP guards play football", False),
        ("Пограничники и TTP: guard", True),
    ],
)
async def test_words_need_their_context_and_lack_what_is_unwanted(title: str, *, expected: bool) -> None:
    wanted = WantedList("TTP", 'TTP\n"Pakistani Taliban",\n', near="guard*", unwanted="football")
    assert await rings(wanted, title) is expected


async def test_what_was_filled_in_stands_in_the_list() -> None:
    read = await build_wanted_list(TEXTS, WantedList("  My   list ", "панж*\nborder", priority=Priority.HIGH))
    assert (read.watchlist.title, read.watchlist.priority) == ("My list", Priority.HIGH)
    assert [(term.text, term.lang) for term in read.watchlist.groups[0].terms] == [("панж*", "ru"), ("border", "en")]
    assert "title: My list" in read.yaml


def test_faults_name_the_part_and_the_line() -> None:
    faults = find_faults(WantedList(" ", "border\n7\na", near="x" * 3))
    assert set(faults) == {"title", "words"}
    assert faults["words"].startswith("Line 2: ")
    assert "Line 3: " in faults["words"]
    assert find_faults(WantedList("T", "\n \n")) == {"words": "Write at least one word."}
    assert "Use a file" in find_faults(WantedList("T", "word\n" * 201))["words"]
