"""Reading one term as its author wrote it: `word`, `a phrase`, `prefix*`, `=TTP`, `=ЖККУ*`."""

from typing import NamedTuple

from bot.matching.folding import exact_form, fold_word
from bot.matching.inflection import BARE, Endings, Parts, case_endings, inflect
from bot.matching.regexes import RegexPattern
from bot.matching.tokens import cut_words

REGEX = "re2"  # in place of a language key: the term is a pattern between slashes
ZERO_WIDTH_NON_JOINER = "\u200c"


class Slot(NamedTuple):
    """What one word of a text must look like: `stem` and one of its `endings` (None: any), or one of `others`.

    With `exact` the word is compared with its case kept.
    """

    stem: str
    endings: Endings
    exact: bool = False
    others: Parts = ()

    def parts(self) -> Parts:
        """Every stem with its endings."""
        return ((self.stem, self.endings), *self.others)


Pattern = tuple[Slot, ...] | RegexPattern


def term_patterns(text: str, lang: str) -> tuple[Pattern, ...]:
    """The alternative word sequences a term stands for; empty if it holds no word at all.

    `lang` is the language key it stands under and decides its inflected forms; an empty one means none.
    A term written with a zero-width non-joiner also stands for the form without it, because scraped
    pages lose the sign.
    """
    if lang == REGEX:
        return (RegexPattern(text.removesuffix("i")[1:-1], ignore_case=text.endswith("/i")),)
    pattern = _read(text, lang)
    if not pattern:
        return ()
    if ZERO_WIDTH_NON_JOINER in text:
        joined = _read(text.replace(ZERO_WIDTH_NON_JOINER, ""), lang)
        return (pattern, joined) if joined != pattern else (pattern,)
    return (pattern,)


def _read(text: str, lang: str) -> tuple[Slot, ...]:
    exact = text.lstrip().startswith("=")
    slots: list[Slot] = []
    for chunk in text.split():
        slots += _read_chunk(chunk, lang, exact=exact or chunk[0] == "=")
    return tuple(slots)


def _read_chunk(chunk: str, lang: str, *, exact: bool) -> list[Slot]:
    words = cut_words(chunk)
    starred = chunk.endswith("*")
    return [
        _slot(word, lang, exact=exact, starred=starred and place == len(words) - 1) for place, word in enumerate(words)
    ]


def _slot(word: str, lang: str, *, exact: bool, starred: bool) -> Slot:
    if exact:
        return Slot(exact_form(word), case_endings(lang) if starred else BARE, exact=True)
    if starred:
        return Slot(fold_word(word), None)
    (stem, endings), *others = inflect(fold_word(word), lang, acronym=word.isupper())
    return Slot(stem, endings, others=tuple(others))
