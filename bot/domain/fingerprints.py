"""Fingerprints: what of a text is kept to recognise other reports of its event, in its own language and in others.

Words are cut to stems so that inflected forms meet; names are kept as consonants, numbers and the word groups of
watchlists as they are, because those are the same in every language. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from bot.domain.calendar_words import find_weekdays
from bot.domain.figures import Figure, Role, read_figures, role_of
from bot.domain.names import name_skeleton
from bot.domain.story_marks import NO_MARKS, StoryMarks, build_marks, marks_of
from bot.matching.cleaning import clean_text, clean_title
from bot.matching.folding import fold_word
from bot.matching.tokens import cut_words

LEAD_WORDS = 60
# A number behind a hyphen that names one thing: CVE-2031-20111. https://www.cve.org/ResourcesSupport/FAQs
_CODE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_SHORTEST_LEAD = 25
_LOOKED_AT = 2_000  # characters: more than sixty words of any language
# What is longer than this begins alike in all its forms; Arabic script writes no short vowels, so its words are short.
_STEM, _ARABIC_STEM = 6, 5
_SHORTEST_WORD, _SHORTEST_ARABIC_WORD = 4, 3
# Python refuses to read numbers of more than 4,300 digits, and none of more than these means a quantity.
_LONGEST_NUMBER = 20
_ENGLISH_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s")
_SHORTEST_ENGLISH_STEM = 4
_LONGEST_ACRONYM = 5
_MOST_REMEMBERED = 65_536  # words, of all languages together


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a report is recognised by.

    `title` are the stems of the headline and `text` those of headline and lead. `names` are consonants of names
    (`~htln`) and numbers (`#60`). `groups` are the watchlist word groups found, such as `geo.tajikistan`. `sources`
    are the outlets it names as its source. `days` are weekdays named, Monday being 0;
    `codes` are identifiers such as CVE numbers.
    """

    lang: str
    title: frozenset[str]
    text: frozenset[str]
    names: frozenset[str] = frozenset()
    figures: frozenset[Figure] = frozenset()
    groups: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    marks: StoryMarks = NO_MARKS

    @property
    def terms(self) -> frozenset[str]:
        """Everything in it whose rarity matters."""
        return self.text | self.names


def build_fingerprint(
    title: str,
    body: str,
    lang: str,
    *,
    groups: Iterable[str] = (),
    sources: Iterable[str] = (),
    boilerplate: tuple[str, ...] = (),
) -> Fingerprint:
    """The fingerprint of a headline and the text below it."""
    headline = cut_words(clean_title(title, boilerplate))
    lead = cut_words(clean_text(body[:_LOOKED_AT], boilerplate))[:LEAD_WORDS]
    known = _memo()
    words = [known[word, lang] for word in headline + lead]
    folded = [word.folded for word in words]
    in_title = _stems(words[: len(headline)])
    return Fingerprint(
        lang=lang,
        title=in_title,
        text=in_title | _stems(words[len(headline) :]),
        names=frozenset([name for word in words for name in word.names]),
        figures=read_figures(folded, [word.role for word in words]),
        groups=frozenset(groups),
        sources=frozenset(sources),
        days=find_weekdays(folded),
        codes=frozenset(map(str.upper, _CODE.findall(f"{title}\n{body[:_LOOKED_AT]}"))),
        marks=build_marks({kind for word in words for kind in word.marks}),
    )


def lead_text(summary: str, content: str) -> str:
    """What stands below the headline: the summary, and the content behind a summary of few words."""
    if len(summary.split(None, _SHORTEST_LEAD)) > _SHORTEST_LEAD or not content:
        return summary
    return f"{summary}\n{content[:_LOOKED_AT]}"


class _Word(NamedTuple):
    """A word of a text: folded, its stem, what it may name and count, and the marks it is."""

    folded: str
    stem: str
    names: tuple[str, ...]
    role: Role
    marks: frozenset[str]


class _WordMemo(dict[tuple[str, str], _Word]):
    """Words of languages as they were read before, all that is asked of a word in one place."""

    def __missing__(self, key: tuple[str, str]) -> _Word:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[key] = read = _read(*key)
        return read


@cache
def _memo() -> _WordMemo:
    return _WordMemo()


def _read(word: str, lang: str) -> _Word:
    folded = fold_word(word)
    role = role_of(folded)
    names = []
    skeleton = name_skeleton(word, lang)
    if skeleton:
        names.append(f"~{skeleton}")
    if 1 < len(word) <= _LONGEST_ACRONYM and word.isupper() and word.isalpha():
        names.append(f"={word}")
    if role.number is not None:
        names.append(f"#{role.number}")
    return _Word(folded, stem(folded), tuple(names), role, marks_of(folded))


def _stems(words: Iterable[_Word]) -> frozenset[str]:
    return frozenset([word.stem for word in words if word.stem])


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The beginning that a folded word shares with its other forms; empty for a word too short to tell anything."""
    if word.isdecimal():  # and not isdigit, which takes ⓵ and ² that int refuses
        return f"#{int(word)}" if len(word) <= _LONGEST_NUMBER else f"#{word}"
    if "\u0600" <= word[0] <= "\u06ff":
        return word[:_ARABIC_STEM] if len(word) >= _SHORTEST_ARABIC_WORD else ""
    if len(word) < _SHORTEST_WORD:
        return ""
    if word.isascii():
        for ending in _ENGLISH_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ENGLISH_STEM:
                return word[: -len(ending)][:_STEM]
    return word[:_STEM]
