"""Writes one change of a watchlist into its YAML text, so that comments and everything else stay as they are.

Pure text. What comes out is read again by whoever uses it; a text that was written in another way is written anew.
"""

import json
import re

from bot.domain.fixes import Change, FixKind
from bot.matching.watchlist import Exclude

_MATCH = re.compile(r"^match:[ \t]*(?:#.*)?$", re.MULTILINE)
_EXCLUDES = re.compile(r"^(?P<indent> +)exclude:[ \t]*(?:#.*)?\n(?P<item>(?:[ \t]*#.*\n)*(?P<dash> *)- )", re.MULTILINE)
_INNER_KEY = re.compile(r"^( +)\w+:", re.MULTILINE)
_NEXT_KEY = re.compile(r"^[A-Za-z_]", re.MULTILINE)
_TOP = r"^{key}:[ \t]*(?P<value>[^#\n]*?)(?P<rest>[ \t]*(?:#.*)?)$"


def write_change(text: str, change: Change) -> str:
    """The text with the change; empty where the text is not written in a way that is known here."""
    match change.kind:
        case FixKind.PRIORITY:
            return _set_key(text, "priority", change.watchlist.priority.word)
        case FixKind.MENTIONS:
            return _set_key(text, "mentions", change.value)
        case FixKind.SOURCE:
            sources = change.watchlist.sources
            is_new = not re.search(r"^sources:", text, re.MULTILINE)
            return _set_key(text, "sources", f"{{except: [{', '.join(sources.except_)}]}}") if is_new else ""
        case _:
            return _add_exclude(text, change.watchlist.excludes[0])


def _set_key(text: str, key: str, value: str) -> str:
    """A key of the file with another value; a new one stands before `match`."""
    known = re.search(_TOP.format(key=key), text, re.MULTILINE)
    if known:
        return f"{text[: known.start('value')]}{value}{text[known.end('value') :]}"
    place = _MATCH.search(text)
    return f"{text[: place.start()]}{key}: {value}\n{text[place.start() :]}" if place else ""


def _add_exclude(text: str, exclude: Exclude) -> str:
    place = _MATCH.search(text)
    if place is None:
        return ""
    after = _NEXT_KEY.search(text, place.end())
    end = after.start() if after else len(text)
    part = text[place.end() : end]
    row = _exclude_row(exclude)
    known = _EXCLUDES.search(part)
    if known:
        at = known.start("item")
        part = f"{part[:at]}{known['dash']}- {row}\n{part[at:]}"
    else:
        inner = _INNER_KEY.search(part)
        if inner is None or re.search(r"^ +exclude:", part, re.MULTILINE):
            return ""
        indent = inner[1]
        part = f"{part.rstrip()}\n{indent}exclude:\n{indent}  - {row}\n"
    return text[: place.end()] + part + text[end:]


def _exclude_row(exclude: Exclude) -> str:
    """One veto in YAML's flow style; a JSON string is a YAML string."""
    condition = exclude.condition
    if condition.query:
        return f"{{id: {exclude.id}, query: {json.dumps(condition.query, ensure_ascii=False)}}}"
    names = ", ".join(condition.all_of[0])
    unless = f", unless: [{', '.join(exclude.unless)}]" if exclude.unless else ""
    return f"{{id: {exclude.id}, any: [{names}]{unless}}}"
