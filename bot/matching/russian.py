"""Russian inflection from the OpenCorpora dictionary, read with pymorphy3 (100 ms to load, on the first Russian term).

The dictionary's paradigms are used directly: a word's forms are a stem and its paradigm's endings,
and the forms themselves need not be built.
"""

from functools import cache, lru_cache
from typing import NamedTuple

import pymorphy3

from bot.matching.folding import fold_ending, fold_word

_SHORTEST_PREDICTED = 4
_LONGEST_ENDING = 5  # the dictionary's own limit for predicting unknown words


class _Analysis(NamedTuple):
    """The word is the form number `form` of a paradigm; `spelling` may have ё where the word has е."""

    spelling: str
    paradigm: int
    form: int
    frequency: int = 0


@cache
def _analyser() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


def forget_dictionary() -> None:
    """Gives the dictionary's 15 MB back, once what needed it is compiled; the next Russian term loads it again."""
    _analyser.cache_clear()


def russian_forms(word: str) -> dict[str, frozenset[str]]:
    """The forms of a folded Russian word as stems with their endings.

    A word written in its dictionary form stands for every word of that form (роман is a novel and a
    name); any other form for the most probable one; an unknown word is inflected like the words it
    ends like.
    """
    if not "а" <= word[0] <= "я":
        return {}
    forms: dict[str, frozenset[str]] = {}
    for analysis in _known(word) or _predicted(word):
        stem = _stem(analysis)
        for prefix, endings in _paradigm(analysis.paradigm).items():
            start = fold_word(prefix + stem) if prefix + stem else ""
            forms[start] = forms.get(start, frozenset()) | endings
    return forms


def _known(word: str) -> list[_Analysis]:
    analyser = _analyser()
    found = [
        _Analysis(spelling, paradigm, form)
        for spelling, parses in analyser.dictionary.words.similar_items(word, analyser.char_substitutes)
        for paradigm, form in parses
    ]
    lemmas = [analysis for analysis in found if analysis.form == 0]
    if lemmas or len(found) < 2:  # noqa: PLR2004 nothing to choose from
        return lemmas or found
    _, spelling, paradigm, form = analyser.parse(word)[0].methods_stack[0]
    return [_Analysis(spelling, paradigm, form)]


def _predicted(word: str) -> list[_Analysis]:
    """The likeliest inflection of a word the dictionary does not hold: that of words with the same end."""
    if len(word) < _SHORTEST_PREDICTED:
        return []
    for length in range(min(_LONGEST_ENDING, len(word) - 1), 0, -1):
        like = _words_ending(word[-length:])
        if like:
            return [like._replace(spelling=word[:-length] + like.spelling)]
    return []


@lru_cache(maxsize=16_384)
def _words_ending(ending: str) -> _Analysis | None:
    """How most dictionary words with this end are inflected, the end as its spelling; dictionary forms come first."""
    analyser = _analyser()
    found = [
        _Analysis(spelling, paradigm, form, frequency)
        for spelling, parses in analyser.dictionary.prediction_suffixes_dawgs[0].similar_items(
            ending, analyser.char_substitutes
        )
        for frequency, paradigm, form in parses
        if analyser.dictionary.build_tag_info(paradigm, form).is_productive()
    ]
    return max(found, key=lambda analysis: (analysis.form == 0, analysis.frequency), default=None)


def _stem(analysis: _Analysis) -> str:
    dictionary = _analyser().dictionary
    stem: str = dictionary.build_stem(dictionary.paradigms[analysis.paradigm], analysis.form, analysis.spelling)
    return stem


@lru_cache(maxsize=4096)
def _paradigm(number: int) -> dict[str, frozenset[str]]:
    """The folded endings of a paradigm, by the prefix that goes with them (по- and наи- of comparatives)."""
    endings: dict[str, set[str]] = {}
    for prefix, _, ending in _analyser().dictionary.build_paradigm_info(number):
        endings.setdefault(prefix, set()).add(fold_ending(ending))
    return {prefix: frozenset(group) for prefix, group in endings.items()}
