"""Sentences that were recorded in English, before anybody asked for them: found again by what they were made of."""

import re
from collections.abc import Iterable
from functools import cache
from string import Formatter

from bot.domain.language import tr


def recorded_words(recorded: str, templates: Iterable[str]) -> str:
    """A recorded text in the language spoken now, if it is one of the `templates` filled in; else as it is.

    What it was filled in with may be one of them, too. The first that fits counts.
    """
    templates = tuple(templates)
    for template in templates:
        found = _pattern(template).fullmatch(recorded)
        if found:
            return tr(template, **{name: recorded_words(value, templates) for name, value in found.groupdict().items()})
    return recorded


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = [
        f"{re.escape(text)}{f'(?P<{name}>.+?)' if name else ''}" for text, name, _, _ in Formatter().parse(template)
    ]
    return re.compile("".join(parts), re.DOTALL)
