"""The compiled vocabulary: which patterns a word of a text takes part in.

Every pattern (a word, a phrase or a regular expression) has a number. A word's number doubles as that
of its slot inside phrases. Numbers are reference-counted and reused, so that editing one rule touches
only its own words. A lexicon that has been handed out is never changed: `copy` first (flat copies, a
few milliseconds for 100,000 terms).
"""

from itertools import pairwise
from typing import NamedTuple

from bot.matching.regexes import RegexPattern, RegexSet
from bot.matching.terms import Pattern, Slot
from bot.matching.tokens import Token

_Key = Slot | tuple[int, ...] | RegexPattern
_Stems = dict[str, tuple[int, ...]]
_PAIR_SHIFT = 32


class WordSlots(NamedTuple):
    """The slots one word fills: all, those that are terms by themselves, and both sides of phrases' anchors."""

    all: tuple[int, ...]
    terms: tuple[int, ...]
    lefts: tuple[int, ...]
    rights: tuple[int, ...]


class Lexicon:
    """Patterns by number. Read freely from any thread; change only a fresh copy."""

    def __init__(self) -> None:
        self.regexes = RegexSet({})
        self._numbers: dict[_Key, int] = {}
        self._keys: list[_Key | None] = []
        self._uses: list[int] = []
        self._free: list[int] = []
        self._stems: _Stems = {}
        self._exact_stems: _Stems = {}
        self._pairs: dict[int, tuple[tuple[int, int], ...]] = {}
        self._terms: dict[int, int] = {}
        self._lefts: dict[int, int] = {}
        self._rights: dict[int, int] = {}
        self._regex_patterns: dict[int, RegexPattern] = {}

    def copy(self) -> "Lexicon":
        """A lexicon equal to this one that may be changed."""
        twin = Lexicon()
        for name, table in vars(self).items():
            setattr(twin, name, table.copy() if isinstance(table, dict | list) else table)
        return twin

    def __len__(self) -> int:
        """How many patterns are in use."""
        return len(self._numbers)

    @property
    def numbers(self) -> int:
        """One more than the highest number in use."""
        return len(self._keys)

    def add(self, pattern: Pattern) -> int:
        """The number of a pattern, counted once more. Call `settle` after the last change."""
        if isinstance(pattern, RegexPattern):
            return self._add_regex(pattern)
        if len(pattern) == 1:
            number = self._add_slot(pattern[0])
            self._terms[number] = self._terms.get(number, 0) + 1
            return number
        slots = tuple(self._add_slot(slot) for slot in pattern)
        phrase = self._numbers.get(slots)
        if phrase is None:
            phrase = self._new_number(slots)
            self._add_pair(phrase, slots)
        else:
            for slot in slots:
                self._release_slot(slot)
        self._uses[phrase] += 1
        return phrase

    def release(self, number: int) -> None:
        """Undo one `add` of the pattern with this number."""
        key = self._keys[number]
        assert key is not None, "released more often than added"
        if isinstance(key, Slot):
            _count_down(self._terms, number)
            self._release_slot(number)
            return
        self._uses[number] -= 1
        if self._uses[number]:
            return
        self._forget(number)
        if isinstance(key, RegexPattern):
            del self._regex_patterns[number]
            return
        self._remove_pair(number, key)
        for slot in key:
            self._release_slot(slot)

    def settle(self) -> None:
        """Compile the regular expressions anew if they changed."""
        if self.regexes.patterns != self._regex_patterns:
            self.regexes = RegexSet(self._regex_patterns.copy())

    def number(self, pattern: Pattern) -> int:
        """The number of a pattern that was added. Raises KeyError for any other."""
        if isinstance(pattern, RegexPattern):
            return self._numbers[pattern]
        slots = tuple(self._numbers[slot] for slot in pattern)
        return slots[0] if len(slots) == 1 else self._numbers[slots]

    def slots(self, phrase: int) -> tuple[int, ...]:
        """The slot numbers of a phrase, one for each of its words."""
        key = self._keys[phrase]
        assert not isinstance(key, Slot | RegexPattern | None), "only phrases have slots"
        return key

    def phrases_at(self, left: int, right: int) -> tuple[tuple[int, int], ...]:
        """Phrases anchored on two neighbouring slots: (phrase number, place of the left one inside the phrase)."""
        return self._pairs.get(left << _PAIR_SHIFT | right, ())

    def slots_of(self, token: Token) -> WordSlots | None:
        """The slots a word fills: found by its own letters, however many terms there are."""
        found = self._find(self._stems, token.folded)
        if self._exact_stems:
            found += self._find(self._exact_stems, token.exact)
        if not found:
            return None
        return WordSlots(
            tuple(found),
            tuple(slot for slot in found if slot in self._terms),
            tuple(slot for slot in found if slot in self._lefts),
            tuple(slot for slot in found if slot in self._rights),
        )

    def _find(self, stems: _Stems, word: str) -> list[int]:
        found = []
        for length in range(1, len(word) + 1):
            for number in stems.get(word[:length], ()):
                slot = self._keys[number]
                assert isinstance(slot, Slot), "stems lead to slots"
                if any(
                    endings is None or word[length:] in endings
                    for stem, endings in slot.parts()
                    if len(stem) == length and word.startswith(stem)
                ):
                    found.append(number)
        return found

    def _add_regex(self, pattern: RegexPattern) -> int:
        number = self._numbers.get(pattern)
        if number is None:
            number = self._new_number(pattern)
            self._regex_patterns[number] = pattern
        self._uses[number] += 1
        return number

    def _add_slot(self, slot: Slot) -> int:
        number = self._numbers.get(slot)
        if number is None:
            number = self._new_number(slot)
            stems = self._exact_stems if slot.exact else self._stems
            for stem, _ in slot.parts():
                stems[stem] = (*stems.get(stem, ()), number)
        self._uses[number] += 1
        return number

    def _release_slot(self, number: int) -> None:
        self._uses[number] -= 1
        slot = self._keys[number]
        if self._uses[number] or not isinstance(slot, Slot):
            return
        stems = self._exact_stems if slot.exact else self._stems
        for stem, _ in slot.parts():
            kept = tuple(other for other in stems.get(stem, ()) if other != number)
            if kept:
                stems[stem] = kept
            else:
                stems.pop(stem, None)
        self._forget(number)

    def _new_number(self, key: _Key) -> int:
        if self._free:
            number = self._free.pop()
            self._keys[number] = key
        else:
            number = len(self._keys)
            self._keys.append(key)
            self._uses.append(0)
        self._numbers[key] = number
        return number

    def _forget(self, number: int) -> None:
        key = self._keys[number]
        assert key is not None, "forgotten twice"
        del self._numbers[key]
        self._keys[number] = None
        self._free.append(number)

    def _add_pair(self, phrase: int, slots: tuple[int, ...]) -> None:
        """Anchor a phrase on that pair of neighbouring words which the fewest other phrases are anchored on."""
        pairs = list(pairwise(slots))
        place = min(range(len(pairs)), key=lambda index: len(self.phrases_at(*pairs[index])))
        left, right = pairs[place]
        self._pairs[left << _PAIR_SHIFT | right] = (*self.phrases_at(left, right), (phrase, place))
        self._lefts[left] = self._lefts.get(left, 0) + 1
        self._rights[right] = self._rights.get(right, 0) + 1

    def _remove_pair(self, phrase: int, slots: tuple[int, ...]) -> None:
        for left, right in pairwise(slots):
            anchored = self.phrases_at(left, right)
            kept = tuple(entry for entry in anchored if entry[0] != phrase)
            if len(kept) < len(anchored):
                self._pairs[left << _PAIR_SHIFT | right] = kept
                if not kept:
                    del self._pairs[left << _PAIR_SHIFT | right]
                _count_down(self._lefts, left)
                _count_down(self._rights, right)
                return


def _count_down(counts: dict[int, int], key: int) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
