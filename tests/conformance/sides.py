"""Finds what runs from left to right in a line that runs from right to left, and would be moved by it."""

import html
import re
from collections.abc import Iterator

from bot.domain.directions import has_foreign, runs_from_right

_TAGS = re.compile(r"<[^>]*>")
_BUTTON = re.compile(r"\[([^\]]*) → [^\]]*\]")
# How the suite tells of a message, of a file and of what stands in it.
_TOLD = ("(", "|", "[file")


def find_loose_lines(text: str) -> list[str]:
    """The lines and buttons of a shown text with Latin or Cyrillic letters outside of isolates."""
    return [part for part in _parts(text) if runs_from_right(part) and has_foreign(part)]


def _parts(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith(_TOLD):
            shown = html.unescape(_TAGS.sub("", line))
            yield from _BUTTON.findall(shown) or (shown,)
