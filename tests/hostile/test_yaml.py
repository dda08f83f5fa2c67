"""Every hostile form of YAML is refused with its place, within bounded time and memory."""

import time
import tracemalloc

import pytest

from bot.errors import WatchlistError
from bot.sources.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_NODES, parse_yaml

K256 = MAX_BYTES
ALIAS_BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)

REFUSED = [
    pytest.param(ALIAS_BOMB, 1, "anchor", id="alias bomb"),
    pytest.param("a: *b\n", 1, "alias", id="alias without anchor"),
    pytest.param("&a [*a]\n", 1, "anchor", id="list that contains itself"),
    pytest.param("a: !!python/object/apply:os.system ['id']\n", 1, "tag", id="python tag"),
    pytest.param("a: !!str b\n", 1, "tag", id="standard tag"),
    pytest.param("a: ! b\n", 1, "tag", id="non-specific tag"),
    pytest.param("- !foo\n", 1, "tag", id="tag on nothing"),
    pytest.param("a:\n  <<: {b: c}\n", 2, "merge key", id="merge key"),
    pytest.param("a: b\n---\nc: d\n", 2, "second document", id="two documents"),
    pytest.param("%YAML 1.1\n---\na: b\n", 1, "directive", id="version directive"),
    pytest.param("%TAG ! tag:x,2000:\n---\na: b\n", 1, "directive", id="tag directive"),
    pytest.param("%YAML " + "9" * 5000 + ".1\n---\na: b\n", 1, "not valid YAML", id="huge version"),
    pytest.param("a: b\nb: c\na: d\n", 3, "second time", id="duplicate key"),
    pytest.param('a: {"b": 1, b: 2}\n', 1, "second time", id="duplicate key in other quotes"),
    pytest.param("? [a, b]\n: c\n", 1, "key must be a word", id="list as key"),
    pytest.param("[" * 100_000, 1, "nested", id="100 KB of ["),
    pytest.param("{" * 100_000, 1, "nested", id="100 KB of {"),
    pytest.param("- " * 100_000, 1, "nested", id="100 KB of dashes"),
    pytest.param("? " * 100_000, 1, "nested", id="100 KB of question marks"),
    pytest.param("".join(" " * i + "a:\n" for i in range(700)), 8, "nested", id="staircase"),
    pytest.param("[" + "a," * 120_000 + "]", 1, "values", id="too many values"),
    pytest.param("".join(f"k{i}:\n" for i in range(30_000)), 10_000, "values", id="too many keys"),
    pytest.param("a: b\nc: d\x00e\n", 2, "U+0000 (NUL)", id="NUL"),
    pytest.param('a: "\\0"\n', 1, "U+0000 (NUL)", id="escaped NUL"),
    pytest.param("a: \x1b[31m\n", 1, "U+001B (ESCAPE)", id="terminal escape"),
    pytest.param("a: b\u202ec\n", 1, "U+202E (RIGHT-TO-LEFT OVERRIDE)", id="bidi override"),
    pytest.param('a: "\\u202e"\n', 1, "U+202E (RIGHT-TO-LEFT OVERRIDE)", id="escaped bidi override"),
    pytest.param("a: \u2066b\u2069\n", 1, "U+2066", id="bidi isolate"),
    pytest.param("a: \ud800\n", 1, "U+D800 (half a surrogate pair)", id="lone surrogate"),
    pytest.param('a: "\\ud800"\n', 1, "U+D800", id="escaped lone surrogate"),
    pytest.param('a: "\\UFFFFFFFF"\n', 1, "not valid YAML", id="escape beyond Unicode"),
    pytest.param("x" * 5_000_000, 1, "longer than 256 KB", id="5 MB"),
    pytest.param("# sixteen bytes \n" * 300_000, K256 // 17 + 1, "longer than 256 KB", id="5 MB of lines"),
    pytest.param("a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n", 2, "git left a conflict", id="merge conflict"),
    pytest.param("<<<<<<< a\n" * 25_000 + ">>>>>>> b", 1, "git left a conflict", id="nothing but conflicts"),
    pytest.param("", 0, "empty", id="empty file"),
    pytest.param("# only a comment\n", 0, "empty", id="only a comment"),
    pytest.param("\t" * (K256 - 1), 1, "not valid YAML", id="only tabs"),
    pytest.param("a:" * 120_000, 1, "not valid YAML", id="colons without spaces"),
    pytest.param("|9999\n", 1, "not valid YAML", id="block header out of range"),
    pytest.param("...\n" * 60_000, 1, "not valid YAML", id="document ends"),
]


@pytest.mark.parametrize(("text", "line", "words"), REFUSED)
def test_a_hostile_file_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    started = time.process_time()
    with pytest.raises(WatchlistError) as caught:
        parse_yaml(text, "hostile.yaml")
    assert time.process_time() - started < 3
    assert words in str(caught.value)
    assert caught.value.line == line
    assert caught.value.cure
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("data", [b"a: b\nc: \xff\xfe\n", "a: b\nc: привет\n".encode("cp1251")])
def test_bytes_that_are_not_utf8_are_refused_at_their_line(data: bytes) -> None:
    with pytest.raises(WatchlistError, match="not UTF-8") as caught:
        parse_yaml(data, "hostile.yaml")
    assert (caught.value.line, caught.value.column) == (2, 4)


def test_a_utf16_file_is_refused_as_not_utf8() -> None:
    with pytest.raises(WatchlistError, match="not UTF-8"):
        parse_yaml("a: b\n".encode("utf-16"), "hostile.yaml")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * (K256 - 1), id="one word"),
        pytest.param("a: |\n" + " a\n" * (K256 // 3 - 2), id="block"),
        pytest.param('"' + "\\\n" * (K256 // 2 - 4) + '"', id="escaped line ends"),
        pytest.param("a" + "\n" * (K256 - 5) + "b", id="line ends"),
        pytest.param("a\n" + " a\n" * (K256 // 3 - 2), id="plain lines"),
        pytest.param("\n".join(f"- {i}" for i in range(MAX_NODES - 1)), id="as many values as allowed"),
        pytest.param("[" * MAX_DEPTH + "]" * MAX_DEPTH, id="as deep as allowed"),
    ],
)
def test_a_large_but_permitted_file_is_read_within_bounded_time(text: str) -> None:
    started = time.process_time()
    parse_yaml(text, "large.yaml")
    assert time.process_time() - started < 3


def test_refusing_five_megabytes_costs_no_more_memory_than_the_file() -> None:
    data = b"x" * 5_000_000
    tracemalloc.start()
    with pytest.raises(WatchlistError):
        parse_yaml(data, "large.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_an_alias_bomb_costs_next_to_no_memory() -> None:
    tracemalloc.start()
    with pytest.raises(WatchlistError):
        parse_yaml(ALIAS_BOMB, "bomb.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
