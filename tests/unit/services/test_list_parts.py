"""Parts of a watchlist's text: cut out and put back."""

from pathlib import Path

import pytest

from bot.config import SHIPPED_WATCHLISTS
from bot.services.list_parts import cut_part, is_part, list_parts, merge_parts

TEXT = """\
# kept
schema: 1
id: border
title: Border

groups:
  # guards come first
  who:
    en: [guards]
  where: {en: [Panj]}
match:
  rules:
    - {id: all, all: [who, where]}
"""


def test_a_part_is_the_id_and_one_key() -> None:
    assert list_parts(TEXT, 1000) == ("title", "groups", "match")
    assert cut_part(TEXT, "border", "match") == ("id: border\nmatch:\n  rules:\n    - {id: all, all: [who, where]}\n")
    assert cut_part(TEXT, "border", "nothing") == ""


def test_groups_that_are_too_long_together_are_parts_of_their_own() -> None:
    assert list_parts(TEXT, 40) == ("title", "groups.who", "groups.where", "match")
    assert cut_part(TEXT, "border", "groups.where") == "id: border\ngroups:\n  where: {en: [Panj]}\n"
    assert cut_part(TEXT, "border", "groups.nothing") == ""


def test_only_the_parts_given_change() -> None:
    merged = merge_parts(TEXT, "id: border\ngroups:\n  where: {en: [Pyanj]}\ntitle: The border\n")
    assert merged == TEXT.replace("[Panj]", "[Pyanj]").replace("title: Border\n\n", "title: The border\n")


def test_a_new_part_comes_last() -> None:
    assert merge_parts(TEXT, "id: border\nstatus: test\n") == f"{TEXT}status: test\n"


def test_a_whole_text_is_no_part() -> None:
    assert not is_part(TEXT)
    assert is_part("id: border\ntitle: The border\n")


@pytest.mark.parametrize("path", sorted(SHIPPED_WATCHLISTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_list_comes_together_again(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    merged = text
    for part in list_parts(text, 3_400):
        merged = merge_parts(merged, cut_part(text, path.stem, part))
    assert merged == text.rstrip() + "\n"
