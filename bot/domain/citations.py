"""Whom a report names as its source: "TASS reports", "сообщает ТАСС", "به نقل از تاس", "ба гузориши ТАСС". Pure.

An outlet counts as named source where its name and a word of reporting stand close together.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.domain.agencies import AGENCIES, Agency
from bot.matching.folding import fold_word
from bot.matching.tokens import cut_words

_LOOKED_AT = 2_500  # characters
_BEFORE, _AFTER = 5, 4
_LONGEST_CUE = 12
_LONGEST_NAME = 8  # words
# Shorter names of outlets, such as "Sun", are too common as words.
_SHORTEST_OUTLET = 5
# Beginnings of the words that say who reported, per language. "said" and "told" are among them: "he told TASS".
_CUES = (
    "report according told citing cited quot via source interview said says says wrote written "
    "сообща сообщи сообще переда пишет писал ссылк данным информаци интервью рассказа сказа "
    "نقل گزارش نوشت نوشته خبرگزاری گفته گفت مصاحبه "
    "гузориш хабар иттило навишт нақл мусоҳиба "
    "حواله راپور خبر ویلي وویل "
    "xabar yozadi yozdi maʼlumot iqtibos хабар ёзди ёзади маълумот "
    "кабарла билдир маалымат жазды жазат "
    "хабарла мәлімет сілтеме жазды "
    "مطابق رپورٹ بتایا حوالے رساں"
)


class _Name(NamedTuple):
    words: tuple[str, ...]
    agency: str


@cache
def _agencies() -> dict[str, Agency]:
    return {agency.id: agency for agency in AGENCIES}


def agency_name(agency_id: str) -> str:
    """How an agency is called on cards; the id itself for one that is not in the table."""
    known = _agencies().get(agency_id)
    return known.name if known else agency_id


def agency_spellings(agency_id: str) -> tuple[str, ...]:
    """How an agency is written in all languages; nothing for one that is not in the table."""
    known = _agencies().get(agency_id)
    return known.spellings if known else ()


@lru_cache(maxsize=4096)
def agency_of(outlet: str) -> str:
    """The id of the agency that an outlet's name stands for: `TASS (EN)` is TASS. Empty for any other outlet."""
    words = tuple(cut_words(outlet.split("(", maxsplit=1)[0]))
    return next((name.agency for name in _names_beginning(words) if len(name.words) == len(words)), "")


@lru_cache(maxsize=4096)
def find_sources(text: str, outlets: tuple[tuple[str, str], ...] = ()) -> tuple[str, ...]:
    """Ids of the agencies that a text names as its source, in the order in which they stand there.

    `outlets` are further pairs of an id and a name to look for.
    """
    words = cut_words(text[:_LOOKED_AT])
    found: dict[str, None] = {}
    names = _names(outlets)
    for place in [place for place, word in enumerate(words) if _form(word) in names]:
        for name in _names_beginning(words[place : place + _LONGEST_NAME], outlets):
            if _has_cue(words, place, place + len(name.words)):
                found.setdefault(name.agency)
    return tuple(found)


def _names_beginning(words: Sequence[str], outlets: tuple[tuple[str, str], ...] = ()) -> list[_Name]:
    candidates = _names(outlets).get(_form(words[0]), []) if words else []
    return [name for name in candidates if tuple(map(_form, words[: len(name.words)])) == name.words]


def _has_cue(words: Sequence[str], start: int, end: int) -> bool:
    near = (*words[max(start - _BEFORE, 0) : start], *words[end : end + _AFTER])
    return any(_is_cue(fold_word(word)) for word in near)


def _is_cue(word: str) -> bool:
    cues = _cues()
    return any(word[:length] in cues for length in range(2, min(len(word), _LONGEST_CUE) + 1))


def _form(word: str) -> str:
    """Case is kept where there is one; Arabic script is folded, for it is written in many ways."""
    return word if word[0].isupper() or word[0].islower() else _fold(word)


@lru_cache(maxsize=16_384)
def _fold(word: str) -> str:
    return fold_word(word)


@lru_cache(maxsize=1024)
def _names(outlets: tuple[tuple[str, str], ...] = ()) -> dict[str, list[_Name]]:
    names: dict[str, list[_Name]] = {}
    spellings = [(agency.id, spelling) for agency in AGENCIES for spelling in agency.spellings]
    spellings += [(source, outlet) for source, outlet in outlets if len(outlet) >= _SHORTEST_OUTLET]
    for source, spelling in spellings:
        words = tuple(map(_form, cut_words(spelling)))[:_LONGEST_NAME]
        if words:
            names.setdefault(words[0], []).append(_Name(words, source))
    return {first: sorted(found, key=lambda name: -len(name.words)) for first, found in names.items()}


@cache
def _cues() -> frozenset[str]:
    return frozenset(fold_word(word) for word in _CUES.split())
