"""Cutting text into words: folded forms with their places in the original text.

A word is a run of letters, digits and the marks on them, apostrophes inside included. Everything
else parts words: spaces, punctuation, `_`, hyphens, slashes and the zero-width non-joiner. One Han
character is one word.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.matching.folding import APOSTROPHES, IGNORABLE_RANGES, exact_form, fold_word, vanishes

# Longer ones are seldom words, and would fill the memory of them.
_LONGEST_REMEMBERED = 30
_IGNORABLE = frozenset(chr(code) for first, last in IGNORABLE_RANGES for code in range(first, last + 1))
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9\U00020000-\U0003ffff"
# Beyond the first plane whole blocks count as letters: a table of every script there would cost each space of a text
# a search through it. Symbols and emoji (U+1D000-1D3FF, U+1F000-1FFFF) stay separators.
_HIGH_LETTERS = "\U00010000-\U0001bc9f\U0001bca4-\U0001cfff\U0001d400-\U0001efff"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: `text[start:end]` is how it stands there, `exact` keeps case, `folded` does not."""

    folded: str
    exact: str
    start: int
    end: int


@cache
def word_pattern() -> re.Pattern[str]:
    """The pattern of one word. Linear: its parts share no character."""
    letters, marks = [], [f"{chr(first)}-{chr(last)}" for first, last in IGNORABLE_RANGES]
    han = re.compile(f"[{_HAN}]")
    for character in map(chr, range(0x10000)):
        kind = unicodedata.category(character)[0]
        if kind == "M" or (kind == "L" and vanishes(character)):
            marks.append(character)
        elif kind in "LN" and not han.match(character):
            letters.append(character)
    first = f"[{_runs(letters)}{_HIGH_LETTERS}]"
    rest = f"[{_runs(letters)}{_HIGH_LETTERS}{''.join(marks)}]"
    return re.compile(f"{first}{rest}*(?:[{APOSTROPHES}]{first}{rest}*)*|[{_HAN}]")


def _runs(characters: list[str]) -> str:
    """A character class body for sorted characters, neighbours joined to ranges."""
    runs: list[list[str]] = []
    for character in characters:
        if runs and ord(character) == ord(runs[-1][1]) + 1:
            runs[-1][1] = character
        else:
            runs.append([character, character])
    return "".join(f"{first}-{last}" for first, last in runs)


def tokenise(text: str) -> tuple[Token, ...]:
    """The words of a text in order. Offsets count characters; invisible marks after a word are left out."""
    return tuple(
        Token(fold_word(match[0]), exact_form(match[0]), match.start(), match.start() + len(trim(match[0])))
        for match in word_pattern().finditer(text)
    )


def trim(word: str) -> str:
    """A word without invisible marks at its end (`word` followed by a direction mark is `word`)."""
    end = len(word)
    while end and word[end - 1] in _IGNORABLE:
        end -= 1
    return word[:end]


def cut_words(text: str) -> list[str]:
    """The words of a text as they stand there."""
    return word_pattern().findall(text)


@lru_cache(maxsize=16_384)
def _fold_again(word: str) -> str:
    """`fold_word`, remembered: a language's most frequent words make up most of its texts."""
    return fold_word(word)


def folded_words(text: str) -> list[str]:
    """The folded words of a text: what the archive indexes and what terms are compared with."""
    return [_fold_again(word) if len(word) <= _LONGEST_REMEMBERED else fold_word(word) for word in cut_words(text)]
