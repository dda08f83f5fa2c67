"""The first layer: from raw text to the patterns that occur in it, at a cost of O(words + true hits).

Text is cut at white space and every chunk is looked up in a bounded memo, so that a word is cut out,
folded and resolved only the first time it is seen. Places in the original text are worked out only
for words that end up in a match.
"""

from bisect import bisect_left, bisect_right
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
    """A word of interest inside a chunk: which one, where it stands there, and the slots it fills."""

    place: int
    start: int
    end: int
    slots: tuple[int, ...]
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


class FieldWord(NamedTuple):
    """A word of interest in a field: its number there, the chunk it stands in, and what it is."""

    number: int
    chunk: int
    word: ChunkWord


class FieldScan:
    """One field of a document and its words of interest in order."""

    __slots__ = ("_regex_spans", "_starts", "text", "words")

    def __init__(self, text: str, memo: ChunkMemo) -> None:
        self.text = text
        self.words: list[FieldWord] = []
        self._starts: dict[int, int] = {}
        self._regex_spans: dict[tuple[int, int, int], tuple[int, int]] = {}
        shift = 0
        # A chunk is usually one word of no interest: the loop runs for the others only.
        for place, chunk in [
            (place, chunk) for place, chunk in enumerate(map(memo.__getitem__, text.split())) if chunk
        ]:
            for word in chunk.words:
                self.words.append(FieldWord(place + shift + word.place, place, word))
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
        start, end = self._word(first), self._word(last)
        return self._start_of(start.chunk) + start.word.start, self._start_of(end.chunk) + end.word.end

    def _word(self, number: int) -> FieldWord:
        return self.words[bisect_left(self.words, number, key=lambda word: word.number)]

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
                self._collect(number, field.words)
            if lexicon.regexes:
                for pattern, first, last in field.find_regexes(lexicon.regexes):
                    self._add(Spot(number, first, last, pattern))

    def _add(self, spot: Spot) -> None:
        known = self.spots.get(spot.pattern)
        if known is None:
            self.spots[spot.pattern] = [spot]
        else:
            known.append(spot)

    def _collect(self, field: int, words: list[FieldWord]) -> None:
        after_left = -1
        lefts: tuple[int, ...] = ()
        for index, (number, _, word) in enumerate(words):
            for slot in word.slots:
                self._add(Spot(field, number, number, slot))
            if number == after_left and word.rights:
                self._try_phrases(field, words, index, lefts)
            after_left, lefts = (number + 1 if word.lefts else -1), word.lefts

    def _try_phrases(self, field: int, words: list[FieldWord], index: int, lefts: tuple[int, ...]) -> None:
        """Find the phrases anchored on the word at `index` and the one before it."""
        for left in lefts:
            for right in words[index].word.rights:
                for phrase, place in self._lexicon.phrases_at(left, right):
                    start = index - 1 - place
                    slots = self._lexicon.slots(phrase)
                    if _stand_together(words, start, slots):
                        first = words[start].number
                        self._add(Spot(field, first, first + len(slots) - 1, phrase))


def _stand_together(words: list[FieldWord], start: int, slots: tuple[int, ...]) -> bool:
    """Whether neighbouring words from `start` on fill the slots one after the other."""
    if start < 0 or start + len(slots) > len(words):
        return False
    first = words[start].number
    return all(
        words[start + offset].number == first + offset and slot in words[start + offset].word.slots
        for offset, slot in enumerate(slots)
    )
