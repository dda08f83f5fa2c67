"""User patterns, RE2 only: never `re` on a pattern a user controls. Linear time, capped memory, no log lines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import re2

from bot.errors import QueryError
from bot.sentences import Sentence

LONGEST_PATTERN = 512
_MEMORY = 1 << 20  # bytes for one pattern; RE2's own default is 8 MiB
_SET_MEMORY = 64 << 20
# A pattern that can match a whole text costs its length for every match, so the number of matches is bounded.
_MOST_MATCHES = 100
_EXAMPLE = "/атак[а-я]+/i"
# Texts with nothing in common but their script: what finds something in all of one script finds something everywhere.
_PROBES = (
    ("Quick brown foxes jump over lazy dogs", "Seven village halls sold warm jam", "We give him cut up bread"),
    ("Съешь ещё этих мягких булок", "Наша корова даёт молоко утром", "Тут пахнет хвоей и дымом"),
    ("ابر سفید بر کوه نشست", "گربه شیر گرم دوست دارد", "خانه ما پنجره بلند دارد"),
)
_UNICODE_CLASSES = {"w": r"\pL\pM\pN_", "d": r"\p{Nd}"}


@dataclass(frozen=True, slots=True)
class RegexPattern:
    """A pattern as its author wrote it."""

    pattern: str
    ignore_case: bool = False


def check_pattern(pattern: str, position: int = 0) -> None:
    """Raise QueryError if RE2 cannot read the pattern or if it is too long, too large or matches nothing at all."""
    shown = f"/{pattern[:30]}/"
    if len(pattern) > LONGEST_PATTERN:
        reason = Sentence("a pattern can have at most {most} characters", most=LONGEST_PATTERN)
        raise QueryError(position, shown, reason, _EXAMPLE)
    try:
        compiled = _compile(RegexPattern(pattern))
    except (re2.error, UnicodeEncodeError) as error:
        cause = error.args[0].decode(errors="replace") if isinstance(error, re2.error) else "it is not Unicode text"
        raise QueryError(position, shown, Sentence("RE2 cannot read it: {cause}", cause=cause), _EXAMPLE) from error
    except _UnplacedBoundary as error:
        reason = Sentence(r"\b and \B can only stand at its start or end, where word edges are checked anyway")
        raise QueryError(position, shown, reason, _EXAMPLE) from error
    if compiled.search("") is not None:
        raise QueryError(position, shown, Sentence("it matches even where there is nothing"), _EXAMPLE)


def is_everywhere(regex: RegexPattern) -> bool:
    r"""Whether a pattern finds something in nearly every text of a script: `\w+`, `[а-я]{4,}`."""
    found = RegexSet({0: regex})
    return any(all(any(found.find(text)) for text in texts) for texts in _PROBES)


class _UnplacedBoundary(ValueError):
    r"""A `\b` in the middle of a pattern, where RE2 would only know ASCII words."""


@lru_cache(maxsize=1024)
def _compile(regex: RegexPattern) -> "re2._Regexp":
    return re2.compile(_translate(regex), _options(_MEMORY))


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = memory
    return options


def _translate(regex: RegexPattern) -> str:
    r"""The pattern with `\w` and `\d` as Unicode classes and `\b` at its edges dropped."""
    pattern = regex.pattern
    pieces = []
    in_class = False
    index = 0
    while index < len(pattern):
        char = pattern[index]
        following = pattern[index + 1 : index + 2]
        if char != "\\":
            in_class = char == "[" or (in_class and char != "]")
            pieces.append(char)
            index += 1
            continue
        pieces.append(_translate_escape(following, in_class=in_class, edge=index in (0, len(pattern) - 2)))
        index += 2
    return f"(?i){''.join(pieces)}" if regex.ignore_case else "".join(pieces)


def _translate_escape(letter: str, *, in_class: bool, edge: bool) -> str:
    known = _UNICODE_CLASSES.get(letter.lower())
    if known:
        if letter.islower():
            return known if in_class else f"[{known}]"
        return f"[^{known}]" if not in_class else f"\\{letter}"
    if letter in ("b", "B") and not in_class:
        if letter == "b" and edge:
            return ""
        raise _UnplacedBoundary
    return f"\\{letter}"


class RegexSet:
    """All patterns in one automaton: one pass tells which of them a text can match at all."""

    def __init__(self, patterns: Mapping[int, RegexPattern]) -> None:
        """`patterns` by number."""
        self._numbers = tuple(patterns)
        self.patterns = patterns
        self._set = _build_set(patterns.values()) if patterns else None

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """(pattern number, start, end) of every match that begins and ends at a word's edge."""
        if not text.isascii():
            # A lone surrogate cannot be encoded; as a space it keeps every offset.
            text = "".join(" " if "\ud800" <= char <= "\udfff" else char for char in text)
        if self._set is None:
            matching = self._numbers
        else:
            matching = tuple(self._numbers[place] for place in self._set.Match(text) or ())
        for number in matching:
            for count, match in enumerate(_compile(self.patterns[number]).finditer(text)):
                if count == _MOST_MATCHES:
                    break
                if match.end() > match.start() and _at_edges(text, match.start(), match.end()):
                    yield number, match.start(), match.end()


def _build_set(patterns: Iterable[RegexPattern]) -> re2.Set | None:
    """The patterns as one automaton; None if they are too large together and have to be tried one by one."""
    together = re2.Set.SearchSet(_options(_SET_MEMORY))
    for regex in patterns:
        together.Add(_translate(regex))
    try:
        together.Compile()
    except re2.error:
        return None
    return together


def _at_edges(text: str, start: int, end: int) -> bool:
    """Whether no word goes on across either end of a match."""
    return not (
        (start and text[start].isalnum() and text[start - 1].isalnum())
        or (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())
    )
