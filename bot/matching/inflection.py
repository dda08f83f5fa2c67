"""Inflected forms of a term's words, by the language key the term stands under.

Only terms are inflected, when a list is compiled. Texts are never stemmed: stemmers split the names
in -стан and wreck طالبان (see the query specification). A word's forms are kept as stems with their
endings, and words that are inflected alike share one set of endings.
"""

from functools import lru_cache

from bot.matching.endings import ENDINGS, SOFTENED, VOWELS
from bot.matching.english import english_forms
from bot.matching.folding import fold_ending
from bot.matching.russian import russian_forms

Endings = frozenset[str] | None
Parts = tuple[tuple[str, Endings], ...]

BARE: frozenset[str] = frozenset({""})
_SHORTEST_INFLECTED = 3
_SHORTEST_STEM = 3


def inflect(word: str, lang: str, *, acronym: bool = False) -> Parts:
    """The forms of a folded word in a language as (stem, endings).

    The word alone for an acronym, a number, a very short word or a language without a table.
    """
    if acronym or len(word) < _SHORTEST_INFLECTED or not word.isalpha():
        return ((word, BARE),)
    if lang == "en":
        return _whole_forms(english_forms(word))
    if lang == "ru":
        return _russian(word)
    return _with_endings(word, lang) if lang in ENDINGS else ((word, BARE),)


def _russian(word: str) -> Parts:
    parts = []
    whole = {word}
    for stem, endings in russian_forms(word).items():
        if len(stem) >= _SHORTEST_STEM:
            parts.append((stem, _shared(endings)))
        else:
            whole |= {stem + ending for ending in endings}
    if any(word.startswith(stem) and word[len(stem) :] in endings for stem, endings in parts):
        whole.discard(word)
    return (*parts, *(_whole_forms(frozenset(whole)) if whole else ()))


def _with_endings(word: str, lang: str) -> Parts:
    if lang == "ur" and word[-1] in "اه":
        # Without any ending it is another word: حملہ is an attack, حمل transport.
        return ((word[:-1], _folded_endings("ur_open") - BARE), (word, _folded_endings(lang)))
    whole = (word, _folded_endings(lang))
    softened = SOFTENED.get(lang, {}).get(word[-1])
    return (whole, (word[:-1] + softened, _vowel_endings(lang))) if softened else (whole,)


@lru_cache(maxsize=64)
def case_endings(lang: str) -> frozenset[str]:
    """The attested endings of an acronym (`=ЖККУ*`): those of its language, else of every language, in either case."""
    known = [lang] if lang in ENDINGS else list(ENDINGS)
    endings = frozenset(ending for name in known for ending in _folded_endings(name))
    return endings | {ending.upper() for ending in endings}


@lru_cache(maxsize=64)
def _folded_endings(lang: str) -> frozenset[str]:
    """The endings of a language as they stand at the end of folded words, no ending included."""
    return BARE | {fold_ending(ending) for ending in ENDINGS[lang]}


@lru_cache(maxsize=64)
def _vowel_endings(lang: str) -> frozenset[str]:
    return frozenset(ending for ending in _folded_endings(lang) if ending.startswith(VOWELS))


def _whole_forms(forms: frozenset[str]) -> Parts:
    """Forms grouped by their first letters into stem and endings; very short ones stay whole."""
    groups: dict[str, list[str]] = {}
    for form in sorted(forms):
        groups.setdefault(form[:_SHORTEST_STEM], []).append(form)
    parts = []
    for group in groups.values():
        stem = _common_start(group[0], group[-1])
        parts.append((stem, _shared(frozenset(form[len(stem) :] for form in group))))
    return tuple(parts)


def _common_start(first: str, last: str) -> str:
    """The longest start of two words: that of all words between them in sorted order."""
    length = 0
    while length < min(len(first), len(last)) and first[length] == last[length]:
        length += 1
    return first[:length]


@lru_cache(maxsize=16_384)
def _shared(endings: frozenset[str]) -> frozenset[str]:
    """One object for equal sets of endings: thousands of nouns share a paradigm."""
    return endings
