"""Russian inflection with pymorphy3 and the OpenCorpora dictionary (100 ms to load, on the first Russian term)."""

from functools import cache

import pymorphy3

from bot.matching.folding import fold_word


@cache
def _analyser() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


def russian_forms(word: str) -> frozenset[str]:
    """All forms of a folded Russian word, itself included.

    A word written in its dictionary form stands for every word of that form (роман is a novel and a
    name); any other form for the most probable one.
    """
    if not "а" <= word[0] <= "я":
        return frozenset({word})
    parses = _analyser().parse(word)
    lemmas = [parse for parse in parses if fold_word(parse.normal_form) == word] or parses[:1]
    forms = {fold_word(form.word) for parse in lemmas for form in parse.lexeme}
    return frozenset({word, *forms})
