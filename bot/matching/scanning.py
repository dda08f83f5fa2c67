"""The first layer: from raw text to the patterns that occur in it, at a cost of O(words + true hits).

Text is cut at white space and every chunk is looked up in a bounded memo, so that a word is cut out,
folded and resolved only the first time it is seen. Places in the original text are worked out only
for words that end up in a match.
"""

from bisect import bisect_left, bisect_right
from itertools import compress
from typing import NamedTuple

from bot.matching.cleaning import clean_text, clean_title
from bot.matching.lexicon import Lexicon
from bot.matching.records import Document
from bot.matching.regexes import RegexSet
from bot.matching.tokens import tokenise

# Chunks remembered; some 20 MB at most. Full, the memo starts afresh.
_MEMO_LIMIT = 100_000
_LONGEST_REMEMBERED = 64


class Spot(NamedTuple):
    """An occurrence of a pattern: words `first` to `last` of a field, counted from 0."""

    field: int
    first: int
    last: int
    pattern: int


class ChunkWord(NamedTuple):
    """A word of interest inside a chunk: which one, where it stands there, and what it fills (see WordSlots)."""

    place: int
    start: int
    end: int
    slots: tuple[int, ...]
    terms: tuple[int, ...]
    lefts: tuple[int, ...]
    rights: tuple[int, ...]


class Chunk(NamedTuple):
    """What a stretch without white space holds: how many words, and those of interest."""

    size: int
    words: tuple[ChunkWord, ...]


class ChunkMemo(dict[str, Chunk | None]):
    """Chunk -> what it holds; None for the commonest case, one word of no interest. Shared by all readers."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, text: str) -> Chunk | None:
        tokens = tokenise(text)
        words = tuple(
            ChunkWord(place, token.start, token.end, *slots)
            for place, token in enumerate(tokens)
            if (slots := self._lexicon.slots_of(token))
        )
        chunk = None if len(tokens) == 1 and not words else Chunk(len(tokens), words)
        if len(text) <= _LONGEST_REMEMBERED:
            if len(self) >= _MEMO_LIMIT:
                self.clear()
            self[text] = chunk
        return chunk


class FieldScan:
    """One field of a document: its words of interest, in three columns, in order."""

    __slots__ = ("_chunks", "_regex_spans", "_starts", "numbers", "text", "words")

    def __init__(self, text: str, memo: ChunkMemo) -> None:
        self.text = text
        self.numbers: list[int] = []  # of the words, counted from 0 through the field
        self.words: list[ChunkWord] = []
        self._chunks: list[int] = []
        self._starts: dict[int, int] = {}
        self._regex_spans: dict[tuple[int, int, int], tuple[int, int]] = {}
        shift = 0
        chunks = list(map(memo.__getitem__, text.split()))
        # A chunk is usually one word of no interest: the loop runs for the others only.
        for place in compress(range(len(chunks)), chunks):
            chunk = chunks[place]
            assert chunk is not None, "compress lets through what is there"
            for word in chunk.words:
                self.numbers.append(place + shift + word.place)
                self.words.append(word)
                self._chunks.append(place)
            shift += chunk.size - 1

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
        start, end = bisect_left(self.numbers, first), bisect_left(self.numbers, last)
        return (
            self._start_of(self._chunks[start]) + self.words[start].start,
            self._start_of(self._chunks[end]) + self.words[end].end,
        )

    def _start_of(self, chunk: int) -> int:
        start = self._starts.get(chunk)
        if start is None:
            start = len(self.text) - len(self.text.split(None, chunk)[-1] if chunk else self.text.lstrip())
            self._starts[chunk] = start
        return start


class Scan:
    """A document's three fields and the patterns found in them."""

    __slots__ = ("_lexicon", "document", "fields", "spots")

    def __init__(self, document: Document, lexicon: Lexicon, memo: ChunkMemo) -> None:
        self.document = document
        self.fields = (
            FieldScan(clean_title(document.title, document.boilerplate), memo),
            FieldScan(clean_text(document.summary, document.boilerplate), memo),
            FieldScan(clean_text(document.content, document.boilerplate), memo),
        )
        self.spots: dict[int, list[Spot]] = {}
        self._lexicon = lexicon
        for number, field in enumerate(self.fields):
            if field.words:
                self._collect(number, field)
            if lexicon.regexes:
                for pattern, first, last in field.find_regexes(lexicon.regexes):
                    self._add(Spot(number, first, last, pattern))

    def original(self, field: int) -> str:
        """The text of a field as it came, before cleaning."""
        document = self.document
        return document.title if field == 0 else document.summary if field == 1 else document.content

    def _add(self, spot: Spot) -> None:
        known = self.spots.get(spot.pattern)
        if known is None:
            self.spots[spot.pattern] = [spot]
        else:
            known.append(spot)

    def _collect(self, number: int, field: FieldScan) -> None:
        after_left = -1
        lefts: tuple[int, ...] = ()
        for index, (place, word) in enumerate(zip(field.numbers, field.words, strict=True)):
            for term in word.terms:
                self._add(Spot(number, place, place, term))
            if place == after_left and word.rights:
                self._try_phrases(number, field, index, lefts)
            lefts = word.lefts
            after_left = place + 1 if lefts else -1

    def _try_phrases(self, number: int, field: FieldScan, index: int, lefts: tuple[int, ...]) -> None:
        """Find the phrases anchored on the word at `index` and the one before it."""
        for left in lefts:
            for right in field.words[index].rights:
                for phrase, place in self._lexicon.phrases_at(left, right):
                    start = index - 1 - place
                    slots = self._lexicon.slots(phrase)
                    if _stand_together(field, start, slots):
                        first = field.numbers[start]
                        self._add(Spot(number, first, first + len(slots) - 1, phrase))


def _stand_together(field: FieldScan, start: int, slots: tuple[int, ...]) -> bool:
    """Whether neighbouring words from `start` on fill the slots one after the other."""
    end = start + len(slots) - 1
    if start < 0 or end >= len(field.words) or field.numbers[end] - field.numbers[start] != len(slots) - 1:
        return False
    return all(slot in field.words[start + offset].slots for offset, slot in enumerate(slots))
