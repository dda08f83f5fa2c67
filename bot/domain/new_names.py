"""Names that stand in the headlines of a week and stood in none before. Pure.

Found by their capitals, so only in Latin and Cyrillic script: a hint for readers, not a register of persons.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.domain.names import name_skeleton

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_LONGEST_NAME = 3
# Headlines That Are Written Like This tell nothing by their capitals.
_MOST_CAPITALS = 0.6

Headline = tuple[str, str]  # the words and their language


def find_new_names(headlines: Iterable[Headline], earlier: Iterable[Headline], most: int) -> tuple[str, ...]:
    """Names of `headlines` that hold a word which no earlier headline has; those in the most headlines first."""
    known = {skeleton for title, lang in earlier for word in _WORD.findall(title) if (skeleton := _read(word, lang))}
    counts: Counter[tuple[str, ...]] = Counter()
    spelling: dict[tuple[str, ...], str] = {}
    for title, lang in headlines:
        names = {tuple(_read(word, lang) for word in name.split()): name for name in _names(title)}
        for skeletons, name in names.items():
            if all(skeletons) and not known.issuperset(skeletons):
                counts[skeletons] += 1
                spelling.setdefault(skeletons, name)
    parts: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for skeletons in counts:
        for skeleton in skeletons:
            parts[skeleton].add(skeletons)
    # `Karimov` says nothing beside `Zafar Karimov`.
    whole = [one for one in counts if not any(len(other) > len(one) for part in one for other in parts[part])]
    return tuple(spelling[one] for one in sorted(whole, key=lambda one: (-counts[one], spelling[one]))[:most])


def _read(word: str, lang: str) -> str:
    return name_skeleton(word, lang)


def _names(title: str) -> Iterator[str]:
    """Runs of capitalised words with nothing but spaces between, save the first word of a headline or sentence."""
    words = list(_WORD.finditer(title))
    capitals = sum(word[0][0].isupper() for word in words[1:])
    if not words or capitals > _MOST_CAPITALS * (len(words) - 1):
        return
    run: list[str] = []
    for before, word in pairwise([None, *words]):
        assert word is not None
        gap = title[before.end() if before else 0 : word.start()]
        begins = before is None or any(mark in gap for mark in '.!?:«“"')
        if not word[0][0].isupper() or begins or gap != " " or len(run) == _LONGEST_NAME:
            if run:
                yield " ".join(run)
            run = []
        if word[0][0].isupper() and not begins:
            run.append(word[0])
    if run:
        yield " ".join(run)
