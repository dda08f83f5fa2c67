"""What the strict YAML reader gives back for honest files, and where it says a slip of the hand is."""

import pytest

from bot.errors import WatchlistError
from bot.sources.strict_yaml import Mapping, Node, Scalar, Sequence, parse_yaml


def plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def refusal(text: str) -> WatchlistError:
    with pytest.raises(WatchlistError) as caught:
        parse_yaml(text, "lists/ttp.yaml")
    return caught.value


@pytest.mark.parametrize(
    "written", ["no", "on", "off", "yes", "null", "~", "010", "1e3", "12:30:45", "2026-99-99", "0x1F", "=", ".inf"]
)
def test_words_that_yaml_likes_to_convert_stay_what_was_written(written: str) -> None:
    assert plain(parse_yaml(f"key: {written}", "f")) == {"key": written}


def test_a_number_of_five_thousand_digits_is_just_text() -> None:
    assert plain(parse_yaml("key: " + "9" * 5000, "f")) == {"key": "9" * 5000}


def test_lists_mappings_and_folded_texts_are_read() -> None:
    text = "id: ttp\ndescription: >\n  two\n  lines\nterms: [=TTP, army convoy, 'it''s']\n"
    text += "rules:\n  - {id: name, any: [name]}\n"
    assert plain(parse_yaml(text, "f")) == {
        "id": "ttp",
        "description": "two lines\n",
        "terms": ["=TTP", "army convoy", "it's"],
        "rules": [{"id": "name", "any": ["name"]}],
    }


def test_every_node_knows_its_line_and_column() -> None:
    node = parse_yaml("a: 1\nb:\n  - [x, طالبان]\n", "f")
    assert isinstance(node, Mapping)
    key, value = node.entries[1]
    assert (key.line, key.column) == (2, 1)
    assert isinstance(value, Sequence)
    inner = value.items[0]
    assert isinstance(inner, Sequence)
    assert (inner.items[1].line, inner.items[1].column) == (3, 9)


def test_a_quoted_text_is_told_from_a_plain_one() -> None:
    node = parse_yaml("[null, 'null']", "f")
    assert isinstance(node, Sequence)
    assert [item.plain for item in node.items if isinstance(item, Scalar)] == [True, False]


def test_bytes_with_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    assert plain(parse_yaml("\ufeffa: b\r\nc: d\r\n".encode(), "f")) == {"a": "b", "c": "d"}


def test_the_joiner_that_persian_needs_is_not_refused() -> None:
    assert plain(parse_yaml("fa: [تی\u200cتی\u200cپی]", "f")) == {"fa": ["تی\u200cتی\u200cپی"]}


def test_an_error_names_file_line_column_cause_and_cure() -> None:
    error = refusal("id: ttp\ntitle: one\nid: other\n")
    assert (error.path, error.line, error.column) == ("lists/ttp.yaml", 3, 1)
    assert str(error) == (
        "lists/ttp.yaml:3:1: the key “id” stands here a second time (first in line 1)."
        " Delete one of the two, or join their values."
    )


@pytest.mark.parametrize(
    ("text", "line", "cure"),
    [
        ("a:\n\t- b\n", 2, "Indent with spaces"),
        ("title: TTP: attacks\n", 1, "Put quotes around"),
        ("a: [b, c\nd: e\n", 2, "close the bracket"),
        ("a: 'b\nc: d\n", 3, "still open"),
        ("a: [b,", 1, "still open"),
        ("a: b\n c: d\n", 2, "quotes around text that contains a colon"),
        ("a:\n  - b\n c\n", 3, "Line this up"),
        ("a: b\nc\n", 3, "Write `key: value`"),
        ("a: @desk\n", 1, "begins with a special character"),
    ],
)
def test_a_slip_of_the_hand_is_reported_at_its_line_with_a_cure(text: str, line: int, cure: str) -> None:
    error = refusal(text)
    assert error.line == line
    assert cure in error.cure
    assert "not valid YAML" in error.cause or "not valid YAML" in str(error)
