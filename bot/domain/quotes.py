"""The sentence that matched, with its terms marked: which passage of a text to show, and where it is bold."""

from collections.abc import Iterable, Sequence

from bot.domain.messages import Text
from bot.matching.records import Evidence

_SENTENCE_ENDS = ".!?…؟۔\n"
# A full stop belongs to an abbreviation more often than not when so few characters precede it.
_SHORTEST_SENTENCE = 25


def merged_spans(evidence: Iterable[Evidence]) -> list[tuple[int, int]]:
    """The places of evidence in one field, in order, overlapping ones joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((item.start, item.end) for item in evidence):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def marked(text: str, spans: Sequence[tuple[int, int]], start: int = 0, end: int | None = None) -> tuple[Text, ...]:
    """`text[start:end]` as runs, bold inside the spans."""
    end = len(text) if end is None else end
    runs: list[Text] = []
    at = start
    for span_start, span_end in spans:
        first, last = max(span_start, start), min(span_end, end)
        if first >= last:
            continue
        if first > at:
            runs.append(Text(text[at:first]))
        runs.append(Text(text[first:last], bold=True))
        at = last
    if at < end:
        runs.append(Text(text[at:end]))
    return tuple(runs)


def excerpt(text: str, spans: Sequence[tuple[int, int]], limit: int = 280) -> tuple[Text, ...]:
    """The passage of at most about `limit` characters around the first matched term, terms bold, never cut inside one.

    It starts with the term's sentence where that fits; an ellipsis stands where words are left out.
    """
    if not spans:
        return marked(text, (), 0, _cut_before(text, limit, spans))
    first_start, first_end = spans[0]
    start = _sentence_start(text, first_start)
    if first_end - start > limit * 2 // 3:
        start = _word_start(text, max(0, first_start - limit // 4))
    end = len(text) if len(text) - start <= limit else max(_cut_before(text, start + limit, spans), first_end)
    runs = marked(text, spans, start, end)
    before = (Text("…"),) if start > 0 and not _starts_sentence(text, start) else ()
    after = (Text("…"),) if end < len(text) else ()
    return before + runs + after


def _sentence_start(text: str, position: int) -> int:
    at = position
    while at > 0:
        at -= 1
        if text[at] in _SENTENCE_ENDS and position - at > _SHORTEST_SENTENCE:
            return _skip_spaces(text, at + 1)
    return 0


def _starts_sentence(text: str, position: int) -> bool:
    return text[:position].rstrip()[-1:] in _SENTENCE_ENDS


def _skip_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _word_start(text: str, position: int) -> int:
    while 0 < position < len(text) and not text[position - 1].isspace():
        position += 1
    return position


def _cut_before(text: str, limit: int, spans: Sequence[tuple[int, int]]) -> int:
    """The last word end at or before `limit` that lies inside no span."""
    if limit >= len(text):
        return len(text)
    inside = next((start for start, end in spans if start < limit < end), limit)
    cut = text.rfind(" ", 0, inside + 1)
    return cut if cut > 0 else inside
