"""Keeps what runs from left to right in its place in a line that runs from right to left, with invisible isolates.

An isolate does not count when the direction of a line is chosen, so no line turns round because a command begins it.
https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
"""

import re
from functools import lru_cache
from unicodedata import bidirectional

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"
# Latin, Greek and Cyrillic; letters in frames such as 🆕 run from left to right, too.
_LETTERS = "A-Za-z\u00c0-\u024f\u0370-\u052f\U0001f100-\U0001f1ff"
_FROM_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_PLACE = r"\{[^{}]*\}"
_TYPED = r"`[^`\n]+`"
# A command with what is typed behind it: words of ASCII, and what is filled in.
_COMMAND = rf"(?<![\w/.])/[a-z]{{2,}}(?: (?:{_PLACE}|[!-z|~…])+)*"
# From a letter, with the time or the signs before it, to the last one before a command, a dot between facts, something
# that is filled in or a letter from right to left; with what is filled in right behind it.
_RUN = (
    rf"(?:[0-9]{{1,2}}[:\-][0-9:\-]{{1,11}} )?[\"@$#=<?\\]{{0,3}}[0-9]{{0,12}}[{_LETTERS}]"
    rf"(?:(?:(?! /[a-z])[^{_FROM_RIGHT}\u200c\n{{}}`·])*[{_LETTERS}0-9*\">)])?"
    rf"(?:(?<=[{_LETTERS}]){_PLACE})?"
)
_FOREIGN = re.compile(rf"(?P<kept>\{{\{{|\}}\}}|{_PLACE})|{_TYPED}|{_COMMAND}|(?P<run>{_RUN})")
_RUNS_FROM_RIGHT = re.compile(f"[{_FROM_RIGHT}]")
_TO_LAST_LETTER = re.compile(rf".*[{_LETTERS}}}]\S*", re.DOTALL)
_ISOLATES = re.compile("([\u2066-\u2069])")


@lru_cache(maxsize=4096)
def isolate_runs(template: str) -> str:
    """A text of a language from right to left with its commands and Latin words isolated, and its `{names}` as is."""
    return _FOREIGN.sub(_isolate_run, template)


def _isolate_run(found: re.Match[str]) -> str:
    if found["kept"]:
        return found[0]
    run = _without_end(found[0])
    if found["run"] and (lettered := _TO_LAST_LETTER.match(run)):
        run = _without_end(lettered[0])
    return isolated(run) + found[0][len(run) :]


def _without_end(run: str) -> str:
    """Without the marks and closing brackets behind it that belong to what surrounds it."""
    run = run.rstrip(".,:;!? ")
    while run.endswith(")") and run.count("(") < run.count(")"):
        run = run[:-1].rstrip(".,:;!? ")
    return run


def runs_from_right(text: str) -> bool:
    """Whether a text has a letter that runs from right to left."""
    return _RUNS_FROM_RIGHT.search(text) is not None


def isolate_outside(text: str, depth: int) -> tuple[str, int]:
    """A piece of a line with its foreign runs isolated, and how many isolates are open behind it; `depth` before it."""
    parts = []
    for part in _ISOLATES.split(text):
        if _ISOLATES.fullmatch(part):
            depth = max(0, depth + (-1 if part == POP_DIRECTIONAL_ISOLATE else 1))
            parts.append(part)
        else:
            parts.append(part if depth else isolate_runs(part))
    return "".join(parts), depth


def isolate_value(value: object) -> object:
    """What is filled into such a text: isolated if it is a text with a letter that runs from left to right."""
    return isolated(value) if isinstance(value, str) and has_foreign(value) else value


def has_foreign(text: str) -> bool:
    """Whether a letter outside of all isolates runs from left to right."""
    depth = 0
    for char in text:
        if char == FIRST_STRONG_ISOLATE:
            depth += 1
        elif char == POP_DIRECTIONAL_ISOLATE:
            depth -= 1
        elif depth <= 0 and bidirectional(char) == "L":
            return True
    return False


def isolated(text: str) -> str:
    """`text` inside isolates."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"
