"""One change written into the text of a list, all else left as it is."""

from dataclasses import replace
from difflib import ndiff
from pathlib import Path

import pytest

from bot.config import SHIPPED_WATCHLISTS
from bot.domain.fixes import Change, exclude_word, leave_out, lower, mention_only, require_place
from bot.matching.watchlist import Watchlist
from bot.services.list_changes import write_change
from bot.sources.watchlist_texts import FolderTexts
from tests.starter_set import LIST_IDS, get_starter_list, load_starter_set


def changes_of(watchlist: Watchlist) -> list[Change]:
    """Every kind of change that this list can have."""
    places = [group for one in load_starter_set().watchlists for group in one.groups if group.name == "geo.tajikistan"]
    made = [
        exclude_word(watchlist, "MITRE"),
        exclude_word(watchlist, "Тактика"),
        require_place(watchlist, places[0]),
        leave_out(watchlist, "ozodi"),
        lower(watchlist),
        mention_only(watchlist),
    ]
    return [change for change in made if change is not None]


def says_the_same(one: Watchlist, other: Watchlist) -> bool:
    return replace(one, groups=()) == replace(other, groups=()) and set(one.groups) == set(other.groups)


@pytest.mark.parametrize("list_id", LIST_IDS)
def test_a_change_of_a_shipped_list_touches_its_own_lines_only(list_id: str) -> None:
    watchlist = get_starter_list(list_id)
    texts = FolderTexts(SHIPPED_WATCHLISTS)
    before = (SHIPPED_WATCHLISTS / f"{watchlist.id}.yaml").read_text(encoding="utf-8")
    for change in changes_of(watchlist):
        after = write_change(before, change)
        assert after, change.kind
        read = texts.read(after, watchlist.id)
        assert read.problems == ()
        assert says_the_same(read.watchlists[0], change.watchlist)
        rows = [row for row in ndiff(before.splitlines(), after.splitlines()) if row[0] in "+-"]
        assert len(rows) <= 2


def test_a_text_written_in_another_way_is_left_to_the_writer(tmp_path: Path) -> None:
    text = "schema: 1\nid: x\ntitle: X\npriority: high\ngroups: {n: {en: [a1]}}\nmatch: {rules: [{id: n, any: [n]}]}\n"
    (watchlist,) = FolderTexts(tmp_path).read(text, "x").watchlists
    assert write_change(text, exclude_word(watchlist, "word")) == ""
