"""The first layer: from raw text to the patterns that occur in it, at a cost of O(words + true hits).

Text is cut at white space and every chunk is looked up in a bounded memo, so that a word is folded,
cut and resolved only the first time it is seen. Places in the original text are worked out only
for words that end up in a match.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from bot.matching.cleaning import clean_text, clean_title
from bot.matching.lexicon import Lexicon
from bot.matching.records import Document
from bot.matching.regexes import RegexSet
from bot.matching.tokens import tokenise, trim, word_pattern

_MEMO_LIMIT = 100_000
_LONGEST_REMEMBERED = 64


class Spot(NamedTuple):
    """An occurrence of a pattern: words `first` to `last` of a field, counted from 0."""

    field: int
    first: int
    last: int
    pattern: int


Words = list[tuple[int, tuple[int, ...]]]  # the interesting words of a field: position and slots


class Chunk(NamedTuple):
    """What a stretch without white space holds: its number of words, and (place, slots) of those that matter."""

    words: int
    slots: tuple[tuple[int, tuple[int, ...]], ...]


_ONE_PLAIN_WORD = None


class ChunkMemo(dict[str, Chunk | None]):
    """Chunk -> what it holds; None for the commonest case, one word of no interest. Bounded; shared by readers."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, chunk: str) -> Chunk | None:
        tokens = tokenise(chunk)
        filled = ((place, self._lexicon.slots_of(token)) for place, token in enumerate(tokens))
        slots = tuple((place, numbers) for place, numbers in filled if numbers)
        found = _ONE_PLAIN_WORD if len(tokens) == 1 and not slots else Chunk(len(tokens), slots)
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self) >= _MEMO_LIMIT:
                self.clear()
            self[chunk] = found
        return found


class FieldScan:
    """One field of a document: where its interesting words stand."""

    __slots__ = ("_places", "_regex_spans", "text", "words")

    def __init__(self, text: str, memo: ChunkMemo) -> None:
        self.text = text
        self.words: Words = []
        self._places: list[tuple[int, int]] = []
        self._regex_spans: dict[tuple[int, int, int], tuple[int, int]] = {}
        shift = 0
        # A chunk is usually one word of no interest: the loop body runs for the others only.
        entries = [(index, chunk) for index, chunk in enumerate(map(memo.__getitem__, text.split())) if chunk]
        for index, chunk in entries:
            for place, slots in chunk.slots:
                self.words.append((index + shift + place, slots))
                self._places.append((index, place))
            shift += chunk.words - 1

    def find_regexes(self, regexes: RegexSet) -> list[tuple[int, int, int]]:
        """(pattern, first word, last word) of what the regular expressions match."""
        found = []
        tokens = None
        for pattern, start, end in regexes.find(self.text):
            tokens = tokens or tokenise(self.text)
            first = bisect_right(tokens, start, key=lambda token: token.end)
            last = bisect_left(tokens, end, key=lambda token: token.start) - 1
            if first <= last:
                found.append((pattern, first, last))
                self._regex_spans[pattern, first, last] = (start, end)
        return found

    def span(self, pattern: int, first: int, last: int) -> tuple[int, int]:
        """Character offsets of an occurrence of a pattern, which are words `first` to `last`."""
        known = self._regex_spans.get((pattern, first, last))
        if known:
            return known
        return self._offsets(first)[0], self._offsets(last)[1]

    def _offsets(self, word: int) -> tuple[int, int]:
        chunk, place = next(at for (number, _), at in zip(self.words, self._places, strict=True) if number == word)
        rest = self.text.split(None, chunk)[-1] if chunk else self.text.lstrip()
        start = len(self.text) - len(rest)
        for number, match in enumerate(word_pattern().finditer(self.text, start)):
            if number == place:
                return match.start(), match.start() + len(trim(match[0]))
        raise AssertionError("a word was counted that is not there")


class Scan:
    """A document's three fields and the patterns found in them."""

    __slots__ = ("document", "fields", "spots")

    def __init__(self, document: Document, lexicon: Lexicon, memo: ChunkMemo) -> None:
        self.document = document
        self.fields = (
            FieldScan(clean_title(document.title, document.boilerplate), memo),
            FieldScan(clean_text(document.summary, document.boilerplate), memo),
            FieldScan(clean_text(document.content, document.boilerplate), memo),
        )
        self.spots: dict[int, list[Spot]] = {}
        for number, field in enumerate(self.fields):
            if field.words:
                self._collect(number, field.words, lexicon)
            if lexicon.regexes:
                for pattern, first, last in field.find_regexes(lexicon.regexes):
                    self.spots.setdefault(pattern, []).append(Spot(number, first, last, pattern))

    def _collect(self, field: int, words: Words, lexicon: Lexicon) -> None:
        spots = self.spots
        before = -2
        before_slots: tuple[int, ...] = ()
        for index, (position, slots) in enumerate(words):
            for slot in slots:
                spots.setdefault(slot, []).append(Spot(field, position, position, slot))
            if position == before + 1:
                for left in before_slots:
                    for right in slots:
                        for phrase, offset in lexicon.phrases_at(left, right):
                            self._try_phrase(field, words, index - 1 - offset, phrase, lexicon)
            before, before_slots = position, slots

    def _try_phrase(self, field: int, words: Words, index: int, phrase: int, lexicon: Lexicon) -> None:
        slots = lexicon.slots(phrase)
        if index < 0 or index + len(slots) > len(words):
            return
        start = words[index][0]
        for offset, slot in enumerate(slots):
            position, filled = words[index + offset]
            if position != start + offset or slot not in filled:
                return
        self.spots.setdefault(phrase, []).append(Spot(field, start, start + len(slots) - 1, phrase))
