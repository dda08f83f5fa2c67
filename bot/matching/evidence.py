"""Turning found words into evidence: the text as it stands, its offsets, and the term and group it answers to."""

from collections.abc import Iterable

from bot.matching.expressions import Found
from bot.matching.index import Index
from bot.matching.records import TEXT_FIELDS, Evidence
from bot.matching.scanning import Scan, Spot
from bot.matching.watchlist import Term

# A megabyte of hits explains nothing better than the first hundred.
MOST_EVIDENCE = 100


def build_evidence(found: Iterable[Found], scan: Scan, index: Index) -> tuple[Evidence, ...]:
    """Evidence in reading order, every place once a group, at most `MOST_EVIDENCE`."""
    places: dict[tuple[int, int, int, int], int] = {}
    for atom, spot in found:
        places.setdefault((spot.field, spot.first, spot.last, atom), spot.pattern)
    return tuple(
        _evidence(Found(atom, Spot(field, first, last, pattern)), scan, index)
        for (field, first, last, atom), pattern in sorted(places.items())[:MOST_EVIDENCE]
    )


def _evidence(found: Found, scan: Scan, index: Index) -> Evidence:
    spot, document = found.spot, scan.document
    start, end = scan.fields[spot.field].span(spot.pattern, spot.first, spot.last)
    name = TEXT_FIELDS[spot.field]
    group = index.group(found.atom)
    term = _choose([group.terms[place] for place in index.terms(found.atom, spot.pattern)], document.lang)
    text = (document.title, document.summary, document.content)[spot.field][start:end]
    return Evidence(name, start, end, text, term.text, group.name, group.label, term.lang)


def _choose(terms: list[Term], lang: str) -> Term:
    """Of several terms that stand for the same word, the one in the document's language, else the first."""
    return next((term for term in terms if term.lang == lang), terms[0])
