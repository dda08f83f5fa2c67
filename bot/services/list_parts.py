"""Cuts the YAML of a watchlist into parts that fit a chat message, and puts changed parts back. Pure text.

A part is the list's id and one key of the file, or one word group: what somebody sends back may hold any of them, and
replaces those. Whether the result is right is for the reader to say.
"""

import re
from collections.abc import Callable

GROUPS = "groups"
_HEAD = ("schema", "id")
_KEY = re.compile(r"^([A-Za-z_]+):")
_INNER_KEY = re.compile(r"^( +)([A-Za-z_][\w.]*):")

Sections = dict[str, list[str]]


def list_parts(text: str, longest: int) -> tuple[str, ...]:
    """The names of the parts that can be edited: keys, and `groups.name` where all groups together are too long."""
    parts: list[str] = []
    for key, rows in _sections(text).items():
        if key == GROUPS and len("\n".join(rows)) > longest:
            parts += [f"{GROUPS}.{name}" for name in _groups(rows) if name]
        elif key and key not in _HEAD:
            parts.append(key)
    return tuple(parts)


def cut_part(text: str, list_id: str, part: str) -> str:
    """One part as it is sent; empty if there is none of that name."""
    key, _, name = part.partition(".")
    rows = _sections(text).get(key, [])
    if name:
        rows = [f"{GROUPS}:", *_groups(rows).get(name, [])]
        rows = rows if len(rows) > 1 else []
    return "\n".join([f"id: {list_id}", *rows]).rstrip() + "\n" if rows else ""


def is_part(text: str) -> bool:
    """Whether a text holds only some parts of a list: the version of the format is left out."""
    return "schema" not in _sections(text)


def merge_parts(text: str, parts: str) -> str:
    """The text with its parts replaced by those of the same name, and new ones at its end."""
    known, given = _sections(text), _sections(parts)
    for key, rows in given.items():
        if key in ("", *_HEAD):
            continue
        if key == GROUPS and GROUPS in known:
            merged = _groups(known[GROUPS]) | {name: inner for name, inner in _groups(rows).items() if name}
            rows = [row for inner in merged.values() for row in inner]  # noqa: PLW2901  the groups not given stay
        known[key] = rows
    return "\n".join(row for rows in known.values() for row in rows).rstrip() + "\n"


def _sections(text: str) -> Sections:
    """The rows under each key; what stands before the first key is under the empty one."""
    return _cut(text.splitlines(), lambda row: found[1] if (found := _KEY.match(row)) else "")


def _groups(rows: list[str]) -> Sections:
    """The rows of each word group of a `groups:` part; its own first row is under the empty name."""
    first = next((found for row in rows if (found := _INNER_KEY.match(row))), None)
    indent = first[1] if first else " "

    def name_of(row: str) -> str:
        found = _INNER_KEY.match(row)
        return found[2] if found and found[1] == indent else ""

    return _cut(rows, name_of)


def _cut(rows: list[str], name_of: Callable[[str], str]) -> Sections:
    sections: Sections = {"": []}
    name = ""
    for row in rows:
        found = name_of(row)
        name = found or name
        sections.setdefault(name, []).append(row)
    return sections
