"""The index by which later reports find those of the last days. Promises: `bot.ports.store.StoryStore`.

A report is filed under its few rarest terms, so that what it costs to find it does not grow with the window. Neither
stems nor names hold white space, so that they are kept as plain words.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.figures import Figure
from bot.domain.fingerprints import Fingerprint
from bot.domain.items import Item
from bot.domain.stories import (
    MOST_FOR_ONE_TERM,
    WINDOW,
    FiledReport,
    KnownReport,
    Mass,
    Rarity,
    Related,
    choose_related,
    index_terms,
)
from bot.domain.story_marks import StoryMarks
from storage.sql import Connection, Row
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.rows import build_story
from storage.sql.term_counts import KnownCounts, count_filed, count_waiting

_FORGOTTEN_FOR_ONE = 2  # so that the index shrinks again after a busy time
_FORGOTTEN_AT_LEAST = 40

# Row numbers grow with first sight: the first of the window parts it from what is to be forgotten.
_FIRST = """
SELECT item_id FROM fingerprints WHERE item_id >= (SELECT min(item_id) FROM fingerprints) AND seen >= :since
ORDER BY item_id LIMIT 1
"""
_NEWEST = """
SELECT value, (
    SELECT json_group_array(item_id) FROM (
        SELECT item_id FROM fingerprint_terms WHERE term = value AND item_id >= :first
        ORDER BY item_id DESC LIMIT :most
    ) AS newest
) FROM json_each(:terms)
"""
_REPORTS = """
SELECT stories.*, fingerprints.item_id, at, text_mass, names_mass, words, other FROM fingerprints
JOIN items ON items.id = fingerprints.item_id JOIN stories ON stories.id = items.story_id
WHERE fingerprints.item_id IN (SELECT value FROM json_each(:ids))
"""
_FILE = """
INSERT INTO fingerprints (item_id, seen, at, text_mass, names_mass, filed, words, other)
VALUES (:item_id, :seen, :at, :text_mass, :names_mass, :filed, :words, :other)
"""
_EXPIRED = """
SELECT item_id FROM (
    SELECT item_id, seen FROM fingerprints WHERE item_id >= (SELECT min(item_id) FROM fingerprints)
    ORDER BY item_id LIMIT :most
) AS oldest WHERE seen < :before ORDER BY item_id
"""


def find_related(
    connection: Connection, known: KnownCounts, fingerprints: Sequence[Fingerprint], since: datetime
) -> list[Related]:
    """For each text the reports filed since then that share its rare terms.

    Everything is asked once for all texts: those of one batch share most of their words, and some of their events.
    """
    rarity = known.read(connection, frozenset().union(*(fingerprint.terms for fingerprint in fingerprints)))
    terms = [index_terms(fingerprint, rarity) for fingerprint in fingerprints]
    filed = _find_filed(connection, frozenset().union(*terms), since)
    chosen = [_choose(one, filed, rarity) for one in terms]
    reports = _find_reports(connection, frozenset().union(*chosen))
    return [Related(tuple(reports[item_id] for item_id in one if item_id in reports), rarity) for one in chosen]


def _find_filed(connection: Connection, terms: Collection[str], since: datetime) -> dict[str, list[int]]:
    """The newest items since then under each of these terms."""
    first = connection.execute(_FIRST, {"since": encode_moment(since)}).fetchone()
    if first is None:
        return {}
    values = {"terms": json.dumps(list(terms), ensure_ascii=False), "first": first["item_id"]}
    rows = connection.execute(_NEWEST, values | {"most": MOST_FOR_ONE_TERM})
    return {term: json.loads(items) for term, items in rows}


def _choose(terms: Iterable[str], filed: Mapping[str, Sequence[int]], rarity: Rarity) -> list[int]:
    shared: dict[int, float] = defaultdict(float)
    for term in terms:
        weight = rarity.weight(term)
        for item_id in filed.get(term, ()):
            shared[item_id] += weight
    return choose_related(shared)


def _find_reports(connection: Connection, item_ids: Collection[int]) -> dict[int, KnownReport]:
    rows = connection.execute(_REPORTS, {"ids": json.dumps(list(item_ids))})
    return {row["item_id"]: _build_report(row) for row in rows}


def _build_report(row: Row) -> KnownReport:
    mass = Mass(row["text_mass"], row["names_mass"])
    return KnownReport(build_story(row), _decode(row["words"], row["other"]), mass, decode_moment(row["at"]))


def file_reports(connection: Connection, filed: Sequence[tuple[int, Item, FiledReport]]) -> None:
    """Files the fingerprints of new items, given with their row numbers, and forgets what left the window."""
    if not filed:
        return
    connection.executemany(_FILE, [_values(item_id, item, report) for item_id, item, report in filed])
    connection.executemany(
        "INSERT INTO fingerprint_terms (term, item_id) VALUES (:term, :item_id)",
        [{"term": term, "item_id": item_id} for item_id, _, report in filed for term in report.terms],
    )
    counted = count_filed(connection, len(filed))
    before = encode_moment(max(item.first_seen for _, item, _ in filed) - WINDOW)
    most = _FORGOTTEN_AT_LEAST + _FORGOTTEN_FOR_ONE * len(filed)
    expired = [row["item_id"] for row in connection.execute(_EXPIRED, {"before": before, "most": most})]
    if expired:
        if expired[-1] > counted:
            count_waiting(connection, counted)
        forget_reports(connection, expired)


def forget_reports(connection: Connection, item_ids: Sequence[int]) -> None:
    """Takes the reports of these items out of the index."""
    ids = {"ids": json.dumps(item_ids)}
    rows = connection.execute(
        "SELECT item_id, filed FROM fingerprints WHERE item_id IN (SELECT value FROM json_each(:ids))", ids
    ).fetchall()
    connection.executemany(
        "DELETE FROM fingerprint_terms WHERE term = :term AND item_id = :item_id",
        [{"term": term, "item_id": row["item_id"]} for row in rows for term in row["filed"].split()],
    )
    connection.execute("DELETE FROM fingerprints WHERE item_id IN (SELECT value FROM json_each(:ids))", ids)


def _values(item_id: int, item: Item, report: FiledReport) -> dict[str, object]:
    words, other = _encode(report.fingerprint)
    return {
        "item_id": item_id,
        "seen": encode_moment(item.first_seen),
        "at": encode_moment(item.published or item.first_seen),
        "text_mass": report.mass.text,
        "names_mass": report.mass.names,
        "filed": " ".join(report.terms),
        "words": words,
        "other": other,
    }


def _encode(fingerprint: Fingerprint) -> tuple[str, str]:
    """Three lines of words, those of the headline not repeated among those of the text, and the rest as JSON."""
    marks = fingerprint.marks
    words = (fingerprint.title, fingerprint.text - fingerprint.title, fingerprint.names)
    rest = (fingerprint.figures, fingerprint.groups, fingerprint.sources, fingerprint.days, fingerprint.codes)
    other = [
        fingerprint.lang,
        *(sorted(part) for part in rest),
        [marks.looks_back, marks.another, marks.toll, marks.resolved],
    ]
    return "\n".join(" ".join(sorted(part)) for part in words), json.dumps(other, ensure_ascii=False)


def _decode(words: str, other: str) -> Fingerprint:
    title, rest, names = (line.split(" ") if line else [] for line in words.split("\n"))
    lang, figures, groups, sources, days, codes, marks = json.loads(other)
    return Fingerprint(
        lang,
        frozenset(title),
        frozenset(title + rest),
        frozenset(names),
        frozenset(Figure(*figure) for figure in figures),
        frozenset(groups),
        frozenset(sources),
        frozenset(days),
        frozenset(codes),
        StoryMarks(*marks),
    )
