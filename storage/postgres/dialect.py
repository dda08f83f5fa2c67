"""Says in PostgreSQL's words what the units of work say in the SQL that both databases understand (`storage.sql`)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

_MEMBER = re.compile(r"\b(NOT\s+)?IN\s*\(\s*SELECT\s+value\s+FROM\s+json_each\(:(\w+)\)\s*\)", re.IGNORECASE)
# What is collected for each row of a list.
_ARRAY = re.compile(r"\bjson_group_array\((\w+)\)", re.IGNORECASE)
_LIST = re.compile(r"\bjson_each\(:(\w+)\)", re.IGNORECASE)
# Not the second colon of a cast, and nothing inside a word.
_NAME = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement for psycopg. `lists` names the parameters that were given as JSON and are sent as arrays."""

    sql: str
    lists: frozenset[str]


@cache
def translate(sql: str) -> Statement:
    """The same statement for psycopg."""
    lists = frozenset(_LIST.findall(sql))
    said = sql.replace("%", "%%")
    said = _MEMBER.sub(lambda found: f"{'<> ALL' if found[1] else '= ANY'}(:{found[2]})", said)
    said = _LIST.sub(r"unnest(CAST(:\1 AS text[])) AS json_each(value)", said)
    said = _ARRAY.sub(r"CAST(coalesce(json_agg(\1), '[]') AS text)", said)
    return Statement(_NAME.sub(r"%(\1)s", said), lists)


def adapt(values: Mapping[str, Any], lists: frozenset[str]) -> dict[str, Any]:
    """The values of a statement as PostgreSQL takes them."""
    return {name: storable(json.loads(value)) if name in lists else storable(value) for name, value in values.items()}


def without_surrogates(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, with a question mark for each half of a surrogate pair, which UTF-8 cannot hold."""
    return {name: _map_text(value, _replace_surrogates) for name, value in values.items()}


def _replace_surrogates(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def storable(value: Any) -> Any:  # noqa: ANN401  # whatever a column may hold
    """A value without NUL, which no text of PostgreSQL can hold."""
    return _map_text(value, lambda text: text.replace("\x00", "\ufffd") if "\x00" in text else text)


def _map_text(value: Any, change: Any) -> Any:  # noqa: ANN401  # whatever a column may hold
    if isinstance(value, str):
        return change(value)
    return [_map_text(one, change) for one in value] if isinstance(value, list) else value
