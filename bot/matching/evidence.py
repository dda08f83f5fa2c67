"""Turning found words into evidence: the text as it stands, its offsets, and the term and group it answers to."""

from collections.abc import Sequence

from bot.matching.expressions import Found, Hits
from bot.matching.index import Index
from bot.matching.records import TEXT_FIELDS, Evidence
from bot.matching.scanning import Scan
from bot.matching.watchlist import Term

# A megabyte of hits explains nothing better than the first hundred.
MOST_EVIDENCE = 100

_Place = tuple[int, int, int, int]  # field, first word, last word, atom


def build_evidence(found: Sequence[Found], hits: Hits, scan: Scan, index: Index) -> tuple[Evidence, ...]:
    """Evidence in reading order, every place once a group, at most `MOST_EVIDENCE`."""
    if len(found) == 1 and len(hits.spots[found[0].atom]) == 1:
        atom, spot = found[0]
        return (_evidence((spot.field, spot.first, spot.last, atom), (spot.pattern,), scan, index),)
    places = {(spot.field, spot.first, spot.last, atom) for atom, spot in found}
    # Atoms are numbered as they come; sorting by the group's name instead makes equal lists give equal evidence.
    chosen = sorted(places, key=lambda place: (*place[:3], index.group(place[3]).name))[:MOST_EVIDENCE]
    patterns: dict[_Place, list[int]] = {place: [] for place in chosen}
    for atom in {place[3] for place in chosen}:
        for spot in hits.spots[atom]:
            same = patterns.get((spot.field, spot.first, spot.last, atom))
            if same is not None:
                same.append(spot.pattern)
    return tuple([_evidence(place, patterns[place], scan, index) for place in chosen])


def _evidence(place: _Place, patterns: Sequence[int], scan: Scan, index: Index) -> Evidence:
    field, first, last, atom = place
    start, end = scan.fields[field].span(min(patterns), first, last)
    group = index.group(atom)
    ordinals = [ordinal for pattern in patterns for ordinal in index.terms(atom, pattern)]
    if len(ordinals) == 1:
        term = group.terms[ordinals[0]]
    else:
        term = _choose([group.terms[ordinal] for ordinal in sorted(ordinals)], scan.document.lang)
    text = scan.original(field)[start:end]
    return Evidence(TEXT_FIELDS[field], start, end, text, term.text, group.name, group.label, term.lang)


def _choose(terms: list[Term], lang: str) -> Term:
    """Of several terms that stand for the same word, the one in the document's language, else the first."""
    return next((term for term in terms if term.lang == lang), terms[0])
