"""Where a character of a YAML text stands in its file: within quotes, across lines, in block scalars."""

import re
from collections.abc import Iterator

from bot.sources.strict_yaml import Scalar

# What follows a backslash in double quotes: a line break that vanishes, a code point in hexadecimal, or one sign.
_ESCAPE = re.compile(r"\\(?:\r?\n|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_BLANK_ESCAPES = frozenset("abtnvfre0 \t\r\n_NLP")


def find_character(node: Scalar, text: str, position: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character of `text`: the node's text with its white space collapsed.

    Behind its end it is the place behind the last character.
    """
    before = sum(not sign.isspace() for sign in text[:position])
    offset, end = 0, 0
    for number, (start, stop) in enumerate(_solid(node.source)):
        if number == before:
            offset = start
            break
        offset, end = stop, stop
    lead = node.source[: max(offset, end)]
    line_break = lead.rfind("\n")
    column = len(lead) - line_break if line_break >= 0 else node.column + len(lead)
    return node.line + lead.count("\n"), column


def _solid(source: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each character that is no white space, in the order of the text that the source stands for."""
    style = source[:1]
    if style in ("|", ">"):
        return _plain(source, source.find("\n") + 1, len(source))
    if style == "'":
        return _quoted(source)
    if style == '"':
        return _escaped(source)
    return _plain(source, 0, len(source))


def _plain(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    return ((place, place + 1) for place in range(start, end) if not source[place].isspace())


def _quoted(source: str) -> Iterator[tuple[int, int]]:
    place = 1
    while place < len(source) - 1:
        width = 2 if source.startswith("''", place) else 1
        if not source[place].isspace():
            yield place, place + width
        place += width


def _escaped(source: str) -> Iterator[tuple[int, int]]:
    place = 1
    while place < len(source) - 1:
        escape = _ESCAPE.match(source, place)
        width = len(escape[0]) if escape else 1
        blank = source[place + 1] in _BLANK_ESCAPES if escape else source[place].isspace()
        if not blank:
            yield place, place + width
        place += width
