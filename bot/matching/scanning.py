"""The first layer: from raw text to the patterns that occur in it, at a cost of O(words + true hits).

Text is cut at white space and every chunk is looked up in a bounded memo, so that a word is cut out,
folded and resolved only the first time it is seen. Places in the original text are worked out only
for words that end up in a match.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import compress, count
from operator import attrgetter
from typing import NamedTuple, overload

from bot.matching.cleaning import clean_text, clean_title
from bot.matching.lexicon import Lexicon
from bot.matching.records import Document
from bot.matching.regexes import RegexSet
from bot.matching.tokens import tokenise

# Chunks remembered; some 20 MB at most. Full, the memo starts afresh.
_MEMO_LIMIT = 100_000
_LONGEST_REMEMBERED = 64
_PAIR_LIMIT = 20_000
_ANCHOR = 2  # words that a phrase is found by, which are all of most phrases


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


_size_of = attrgetter("size")
_ONE = {1}


class PhraseMemo(dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[tuple[int, int, tuple[int, ...]], ...]]):
    """The slots that two neighbouring words fill -> the phrases anchored on them: number, place of the first, slots."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(
        self, pair: tuple[tuple[int, ...], tuple[int, ...]]
    ) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        lefts, rights = pair
        phrases = tuple(
            (phrase, place, self._lexicon.slots(phrase))
            for left in lefts
            for right in rights
            for phrase, place in self._lexicon.phrases_at(left, right)
        )
        if len(self) >= _PAIR_LIMIT:
            self.clear()
        self[pair] = phrases
        return phrases


class ChunkMemo(dict[str, Chunk | None]):
    """Chunk -> what it holds; None for the commonest case, one word of no interest. Shared by all readers."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon
        self.phrases = PhraseMemo(lexicon)

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
        self._starts: dict[int, int] = {}
        self._regex_spans: dict[tuple[int, int, int], tuple[int, int]] = {}
        chunks = list(map(memo.__getitem__, text.split()))
        # A chunk is usually one word of no interest: everything below looks at the others only.
        places = list(compress(count(), chunks))
        rich = list(filter(None, chunks))
        self._chunks = self.numbers = places  # numbers: of the words, counted from 0 through the field
        if set(map(_size_of, rich)) <= _ONE:
            self.words = [chunk.words[0] for chunk in rich]
        else:
            self._count_words(places, rich)

    def _count_words(self, places: Sequence[int], rich: Sequence[Chunk]) -> None:
        """Numbers the words where some chunks hold none or several."""
        self.numbers, self.words, self._chunks = [], [], []
        shift = 0
        for place, (size, words) in zip(places, rich, strict=True):
            for word in words:
                self.numbers.append(place + shift + word.place)
                self.words.append(word)
                self._chunks.append(place)
            shift += size - 1

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
    """A document's three fields and the patterns that occur in them."""

    __slots__ = ("_has_places_of_words", "_places", "document", "fields", "patterns")

    def __init__(self, document: Document, lexicon: Lexicon, memo: ChunkMemo) -> None:
        self.document = document
        self.fields = (
            FieldScan(clean_title(document.title, document.boilerplate), memo),
            FieldScan(clean_text(document.summary, document.boilerplate), memo),
            FieldScan(clean_text(document.content, document.boilerplate), memo),
        )
        self._places: defaultdict[int, list[Spot]] = defaultdict(list)
        self._has_places_of_words = False
        for number, field in enumerate(self.fields):
            if field.words:
                self._find_phrases(number, field, memo.phrases)
            if lexicon.regexes:
                for pattern, first, last in field.find_regexes(lexicon.regexes):
                    self._places[pattern].append(Spot(number, first, last, pattern))
        words: dict[int, ChunkWord] = {}
        for field in self.fields:
            words.update(zip(map(id, field.words), field.words, strict=True))
        self.patterns = {term for word in words.values() for term in word.terms} | self._places.keys()

    def original(self, field: int) -> str:
        """The text of a field as it came, before cleaning."""
        document = self.document
        return document.title if field == 0 else document.summary if field == 1 else document.content

    def spots(self, pattern: int) -> list[Spot]:
        """Where a pattern occurs, in the order of the text.

        Most documents fire no rule, and nobody asks: the places of words are written down at the first question.
        """
        if not self._has_places_of_words:
            self._has_places_of_words = True
            for number, field in enumerate(self.fields):
                for place, word in zip(field.numbers, field.words, strict=True):
                    for term in word.terms:
                        self._places[term].append(Spot(number, place, place, term))
        return self._places[pattern]

    def _find_phrases(self, number: int, field: FieldScan, phrases: PhraseMemo) -> None:
        numbers, words = field.numbers, field.words
        for index in [index for index, word in enumerate(words[:-1]) if word.lefts]:
            if words[index + 1].rights and numbers[index + 1] == numbers[index] + 1:
                for phrase, place, slots in phrases[words[index].lefts, words[index + 1].rights]:
                    start = index - place
                    if _stand_together(field, start, slots):
                        first = numbers[start]
                        self._places[phrase].append(Spot(number, first, first + len(slots) - 1, phrase))


class Spots(Sequence[Spot]):
    """Where one of several patterns occurs in a document, looked up when first needed."""

    __slots__ = ("_found", "_patterns", "_scan")

    def __init__(self, scan: Scan, patterns: Sequence[int]) -> None:
        self._scan = scan
        self._patterns = patterns
        self._found: list[Spot] | None = None

    def __iter__(self) -> Iterator[Spot]:
        return iter(self._find())

    def __len__(self) -> int:
        return len(self._find())

    @overload
    def __getitem__(self, index: int) -> Spot: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Spot]: ...

    def __getitem__(self, index: int | slice) -> Spot | Sequence[Spot]:
        return self._find()[index]

    def _find(self) -> list[Spot]:
        if self._found is None:
            self._found = [spot for pattern in self._patterns for spot in self._scan.spots(pattern)]
        return self._found


def _stand_together(field: FieldScan, start: int, slots: tuple[int, ...]) -> bool:
    """Whether neighbouring words from `start` on fill the slots one after the other, as those of its anchor do."""
    if len(slots) == _ANCHOR:
        return True
    end = start + len(slots) - 1
    if start < 0 or end >= len(field.words) or field.numbers[end] - field.numbers[start] != len(slots) - 1:
        return False
    return all(slot in field.words[start + offset].slots for offset, slot in enumerate(slots))
