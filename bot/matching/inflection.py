"""Inflected forms of a term's words, by the language key the term stands under.

Only terms are inflected, when a list is compiled. Texts are never stemmed: stemmers split the names
in -стан and wreck طالبان (see the query specification). A word's forms are kept as a stem and the set
of its endings, which many words share.
"""

from functools import lru_cache

from bot.matching.endings import ENDINGS, SOFTENED
from bot.matching.english import english_forms
from bot.matching.folding import fold_ending
from bot.matching.russian import russian_forms

Endings = frozenset[str] | None
Parts = tuple[tuple[str, Endings], ...]

BARE: frozenset[str] = frozenset({""})
_SHORTEST_INFLECTED = 3
_SHORTEST_STEM = 3


@lru_cache(maxsize=65_536)
def inflect(word: str, lang: str, *, acronym: bool = False) -> Parts:
    """The forms of a folded word in a language; the word alone for an acronym, a number or an unknown language."""
    if acronym or len(word) < _SHORTEST_INFLECTED or not word.isalpha():
        return ((word, BARE),)
    if lang == "en":
        return _by_stem(english_forms(word))
    if lang == "ru":
        return _by_stem(russian_forms(word))
    if lang == "ur" and word[-1] in "اه":
        return ((word[:-1], _folded_endings("ur_open", "")), (word, _folded_endings("ur", "")))
    softened = SOFTENED.get(lang, {}).get(word[-1])
    whole = (word, _folded_endings(lang, ""))
    return (whole, (word[:-1] + softened, _folded_endings(lang, "vowel"))) if softened else (whole,)


@lru_cache(maxsize=64)
def case_endings(lang: str) -> frozenset[str]:
    """The attested endings of an acronym (`=ЖККУ*`): those of its language, else of every language, in either case."""
    endings = _folded_endings(lang, "") if lang in ENDINGS else frozenset().union(*map(_all_endings, ENDINGS))
    return endings | {ending.upper() for ending in endings}


def _all_endings(lang: str) -> frozenset[str]:
    return _folded_endings(lang, "")


@lru_cache(maxsize=64)
def _folded_endings(lang: str, kind: str) -> frozenset[str]:
    """The endings of a language as they stand at the end of folded words; `vowel` keeps those that begin with one."""
    endings = BARE | {fold_ending(ending) for ending in ENDINGS.get(lang, ())}
    if kind == "vowel":
        return frozenset(ending for ending in endings if ending[:1] in tuple("аеёиоуыэюяіөүәaeiou"))
    return endings


def _by_stem(forms: frozenset[str]) -> Parts:
    """Forms grouped by their first letters into stem and endings; short and irregular words stay whole."""
    groups: dict[str, list[str]] = {}
    for form in sorted(forms):
        groups.setdefault(form[:_SHORTEST_STEM], []).append(form)
    parts = []
    for group in groups.values():
        stem = _common_start(group)
        parts.append((stem, _shared(frozenset(form[len(stem) :] for form in group))))
    return tuple(parts)


def _common_start(forms: list[str]) -> str:
    """The longest start that all of the sorted forms share."""
    first, last = forms[0], forms[-1]
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    return first[:length]


@lru_cache(maxsize=16_384)
def _shared(endings: frozenset[str]) -> frozenset[str]:
    """One object for equal sets of endings: thousands of nouns share a paradigm."""
    return endings
