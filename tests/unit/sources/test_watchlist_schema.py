"""The JSON Schema that editors use says of a watchlist what its reader says, as far as a schema can."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from bot.sources.watchlist_schema import build_schema
from tests.plain_yaml import read_plain
from tests.unit.sources.test_feed_files import FULL, TWO
from tests.unit.sources.test_feed_files import MISTAKES as FEED_MISTAKES
from tests.unit.sources.watchlist_samples import GROUPS, MISTAKES, SMALL, TTP

# What needs more than the shape of a file: names that must exist, words that must mean something, uniqueness.
BEYOND_A_SCHEMA = {
    "number-like term", "one-letter term", "term that vanishes", "term twice", "short prefix", "star inside a word",
    "unknown group", "unknown shared group", "half an alternative", "group in a query", "query that cannot be read",
    "window of one", "window and query", "rule that stops itself", "rule id", "dead rule", "group without terms",
    "group name", "dotted group in a list",
    "id twice", "url twice", "file address", "half an IPv6", "quoted null address",
}  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema.Draft202012Validator(build_schema())


@pytest.mark.parametrize("text", [SMALL, TTP, GROUPS, FULL, TWO])
def test_what_the_reader_takes_the_schema_takes(validator: Any, text: str) -> None:
    assert [error.message for error in validator.iter_errors(read_plain(text))] == []


@pytest.mark.parametrize(
    ("base", "old", "new"),
    [
        pytest.param(base, case.values[0], case.values[1], id=case.id)
        for base, cases in ((SMALL, MISTAKES), (TWO, FEED_MISTAKES))
        for case in cases
        if case.id not in BEYOND_A_SCHEMA
    ],
)
def test_what_the_reader_refuses_for_its_shape_the_schema_refuses(
    validator: Any, base: str, old: str, new: str
) -> None:
    assert not validator.is_valid(read_plain(base.replace(old, new, 1)))
