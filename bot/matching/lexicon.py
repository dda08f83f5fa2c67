"""The compiled vocabulary: which patterns a word of a text takes part in.

Every pattern (a word or a phrase) has a number. A word's number doubles as that of its slot inside
phrases. Numbers are reference-counted and reused, so that editing one rule touches only its own words.
A lexicon that has been handed out is never changed: `copy` first (flat copies, a few milliseconds for
100,000 terms).
"""

from itertools import pairwise

from bot.matching.inflection import Endings
from bot.matching.regexes import RegexPattern, RegexSet
from bot.matching.terms import Pattern, Slot
from bot.matching.tokens import Token

Stems = dict[str, tuple[tuple[Endings, int], ...]]
PhraseStarts = tuple[tuple[int, int], ...]
_Key = Slot | tuple[int, ...] | RegexPattern
_PAIR_SHIFT = 32


class Lexicon:
    """Patterns by number. Read freely from any thread; change only a fresh copy."""

    def __init__(self) -> None:
        self.regexes = RegexSet({})
        self._numbers: dict[_Key, int] = {}
        self._keys: list[_Key | None] = []
        self._regex_patterns: dict[int, RegexPattern] = {}
        self._uses: list[int] = []
        self._free: list[int] = []
        self._stems: Stems = {}
        self._exact_stems: Stems = {}
        self._pairs: dict[int, PhraseStarts] = {}

    def copy(self) -> "Lexicon":
        """A lexicon equal to this one that may be changed."""
        twin = Lexicon()
        twin.regexes = self.regexes
        twin._regex_patterns = self._regex_patterns.copy()
        twin._numbers = self._numbers.copy()
        twin._keys = self._keys.copy()
        twin._uses = self._uses.copy()
        twin._free = self._free.copy()
        twin._stems = self._stems.copy()
        twin._exact_stems = self._exact_stems.copy()
        twin._pairs = self._pairs.copy()
        return twin

    def add(self, pattern: Pattern) -> int:
        """The number of a pattern, counted once more. Call `settle` after the last change."""
        if isinstance(pattern, RegexPattern):
            return self._add_regex(pattern)
        slots = tuple(self._add_slot(slot) for slot in pattern)
        if len(slots) == 1:
            return slots[0]
        number = self._numbers.get(slots)
        if number is None:
            number = self._new_number(slots)
            left, offset = self._rarest_pair(slots)
            self._pairs[left] = (*self._pairs.get(left, ()), (number, offset))
        else:
            for slot in slots:
                self._release_slot(slot)
        self._uses[number] += 1
        return number

    def release(self, number: int) -> None:
        """Undo one `add` of the pattern with this number."""
        slots = self._keys[number]
        assert slots is not None, "released more often than added"
        if isinstance(slots, Slot):
            self._release_slot(number)
            return
        self._uses[number] -= 1
        if self._uses[number]:
            return
        if isinstance(slots, RegexPattern):
            del self._regex_patterns[number]
            self._forget(number)
            return
        for first, second in pairwise(slots):
            pair = first << _PAIR_SHIFT | second
            kept = tuple(start for start in self._pairs.get(pair, ()) if start[0] != number)
            if kept:
                self._pairs[pair] = kept
            else:
                self._pairs.pop(pair, None)
        self._forget(number)
        for slot in slots:
            self._release_slot(slot)

    def number(self, pattern: Pattern) -> int:
        """The number of a pattern that was added. Raises KeyError for any other."""
        if isinstance(pattern, RegexPattern):
            return self._numbers[pattern]
        slots = tuple(self._numbers[slot] for slot in pattern)
        return slots[0] if len(slots) == 1 else self._numbers[slots]

    def settle(self) -> None:
        """Compile the regular expressions anew if they changed."""
        if self.regexes.patterns != self._regex_patterns:
            self.regexes = RegexSet(self._regex_patterns.copy())

    def slots(self, number: int) -> tuple[int, ...]:
        """The slot numbers of a pattern, one for each of its words."""
        key = self._keys[number]
        return key if isinstance(key, tuple) else (number,)

    def phrases_at(self, left: int, right: int) -> PhraseStarts:
        """Phrases anchored on two neighbouring slots: (phrase number, place of the left one inside the phrase)."""
        return self._pairs.get(left << _PAIR_SHIFT | right, ())

    def slots_of(self, token: Token) -> tuple[int, ...]:
        """The slots a word fills: found by its own letters, however many terms there are."""
        found = _find(self._stems, token.folded)
        if self._exact_stems:
            found += _find(self._exact_stems, token.exact)
        return tuple(found)

    def __len__(self) -> int:
        return len(self._keys)

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
            for stem, endings in slot.parts:
                stems[stem] = (*stems.get(stem, ()), (endings, number))
        self._uses[number] += 1
        return number

    def _release_slot(self, number: int) -> None:
        self._uses[number] -= 1
        slot = self._keys[number]
        if self._uses[number] or not isinstance(slot, Slot):
            return
        stems = self._exact_stems if slot.exact else self._stems
        for stem, _ in slot.parts:
            kept = tuple(entry for entry in stems.get(stem, ()) if entry[1] != number)
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

    def _rarest_pair(self, slots: tuple[int, ...]) -> tuple[int, int]:
        """The neighbouring pair of a phrase that the fewest other phrases are anchored on, and its place."""
        pairs = [first << _PAIR_SHIFT | second for first, second in pairwise(slots)]
        place = min(range(len(pairs)), key=lambda index: len(self._pairs.get(pairs[index], ())))
        return pairs[place], place


def _find(stems: Stems, word: str) -> list[int]:
    found = []
    for length in range(1, len(word) + 1):
        entries = stems.get(word[:length])
        if entries:
            ending = word[length:]
            found += [number for endings, number in entries if endings is None or ending in endings]
    return found
