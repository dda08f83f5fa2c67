"""Stories and the index by which later reports find them. Promises: `bot.ports.store.StoryStore`.

A report is filed under its few rarest terms, so that what it costs to find it does not grow with the window.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    Story,
    choose_related,
    index_terms,
)
from bot.domain.story_marks import StoryMarks
from bot.errors import NotFound
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment
from storage.sql.rows import build_story

_FORGOTTEN_AT_ONCE = 400
_ALL_TEXTS = ""  # the row of term_counts that counts texts

_REPORTS = """
SELECT fingerprints.*, stories.* FROM fingerprints
JOIN items ON items.id = fingerprints.item_id JOIN stories ON stories.id = items.story_id
WHERE fingerprints.item_id IN (SELECT value FROM json_each(:ids))
"""
_NEWEST = """
SELECT value, (
    SELECT json_group_array(item_id) FROM (
        SELECT item_id FROM fingerprint_terms WHERE term = value AND seen >= :since ORDER BY seen DESC LIMIT :most
    ) AS newest
) FROM json_each(:terms)
"""
_COUNT = """
INSERT INTO term_counts (term, texts) VALUES (:term, :texts)
ON CONFLICT (term) DO UPDATE SET texts = term_counts.texts + excluded.texts
"""
# Rows are in the order in which they were filed, so that the expired ones are the first.
_OLDEST = "SELECT seen FROM fingerprint_terms WHERE rowid = (SELECT min(rowid) FROM fingerprint_terms)"
_FORGET_TERMS = """
DELETE FROM fingerprint_terms
WHERE rowid < (SELECT min(rowid) FROM fingerprint_terms) + :most AND seen < :before
"""
_FORGET_FINGERPRINTS = """
DELETE FROM fingerprints WHERE item_id < (SELECT min(item_id) FROM fingerprints) + :most AND seen < :before
"""


def find_related(connection: Connection, fingerprints: Sequence[Fingerprint], since: datetime) -> list[Related]:
    """For each text the reports filed since then that share its rare terms.

    How rare terms are is asked once for all texts: those of one batch share most of their words.
    """
    rarity = _rarity(connection, frozenset().union(*(fingerprint.terms for fingerprint in fingerprints)))
    return [_find_related(connection, fingerprint, rarity, since) for fingerprint in fingerprints]


def _find_related(connection: Connection, fingerprint: Fingerprint, rarity: Rarity, since: datetime) -> Related:
    shared: dict[int, float] = defaultdict(float)
    terms = json.dumps(index_terms(fingerprint, rarity), ensure_ascii=False)
    rows = connection.execute(_NEWEST, {"terms": terms, "since": encode_moment(since), "most": MOST_FOR_ONE_TERM})
    for term, items in rows:
        weight = rarity.weight(term)
        for item_id in json.loads(items):
            shared[item_id] += weight
    reports = tuple(
        KnownReport(
            build_story(row),
            decode_fingerprint(row["content"]),
            Mass(row["text_mass"], row["names_mass"]),
            decode_moment(row["at"]),
        )
        for row in connection.execute(_REPORTS, {"ids": json.dumps(choose_related(shared))})
    )
    return Related(reports, rarity)


def _rarity(connection: Connection, terms: Iterable[str]) -> Rarity:
    rows = connection.execute(
        "SELECT term, texts FROM term_counts WHERE term IN (SELECT value FROM json_each(:terms))",
        {"terms": json.dumps([_ALL_TEXTS, *terms], ensure_ascii=False)},
    )
    counts: dict[str, int] = dict(rows.fetchall())
    return Rarity(counts, counts.pop(_ALL_TEXTS, 0))


def file_reports(
    connection: Connection, filed: Iterable[FiledReport], items: Mapping[str, Item], ids: Mapping[str, int]
) -> Counter[str]:
    """Files the fingerprints of new items, whose row numbers are in `ids`, and forgets what left the window.

    Gives back in how many of the texts each term stands, which is for `count_terms`.
    """
    texts: Counter[str] = Counter()
    for report in filed:
        if report.item_key not in ids:
            continue
        item, item_id = items[report.item_key], ids[report.item_key]
        seen = encode_moment(item.first_seen)
        connection.execute(
            "INSERT INTO fingerprints (item_id, seen, at, text_mass, names_mass, content)"
            " VALUES (:id, :seen, :at, :text_mass, :names_mass, :content)",
            {
                "id": item_id,
                "seen": seen,
                "at": encode_moment(item.published or item.first_seen),
                "text_mass": report.mass.text,
                "names_mass": report.mass.names,
                "content": encode_fingerprint(report.fingerprint),
            },
        )
        connection.executemany(
            "INSERT INTO fingerprint_terms (term, seen, item_id) VALUES (:term, :seen, :item_id)",
            [{"term": term, "seen": seen, "item_id": item_id} for term in report.terms],
        )
        texts.update((_ALL_TEXTS, *report.fingerprint.terms))
    if ids:
        _forget(connection, max(item.first_seen for item in items.values()) - WINDOW)
    return texts


def count_terms(connection: Connection, texts: Mapping[str, int]) -> None:
    """Adds up in how many texts each term stands. Once for a whole batch, whose texts share most of their words."""
    connection.executemany(_COUNT, [{"term": term, "texts": count} for term, count in sorted(texts.items())])


def _forget(connection: Connection, before: datetime) -> None:
    oldest = connection.execute(_OLDEST).fetchone()
    if oldest and oldest["seen"] < encode_moment(before):
        values = {"before": encode_moment(before), "most": _FORGOTTEN_AT_ONCE}
        connection.execute(_FORGET_TERMS, values)
        connection.execute(_FORGET_FINGERPRINTS, values)


def record_stories(connection: Connection, stories: Sequence[Story], reported: Iterable[str]) -> dict[str, int]:
    """The row numbers of the stories with these keys, by key; those of `stories` are made or brought up to date.

    A story that was merged into another is that other one. Raises NotFound.
    """
    given = {story.key: story for story in stories}
    return {key: _record_story(connection, key, given.get(key)) for key in reported}


def _record_story(connection: Connection, key: str, story: Story | None) -> int:
    row = connection.execute("SELECT id, merged_into FROM stories WHERE key = :key", {"key": key}).fetchone()
    if story is None and row is None:
        raise NotFound(f"There is no story {key}.", "Record it with its first item.")
    if story is None:
        return int(row["merged_into"] or row["id"])
    if row is None:
        return insert_story(connection, story)
    story_id = int(row["merged_into"] or row["id"])
    connection.execute(
        "UPDATE stories SET last_seen = :last_seen WHERE id = :id AND last_seen < :last_seen",
        {"last_seen": encode_moment(story.last_seen), "id": story_id},
    )
    return story_id


def insert_story(connection: Connection, story: Story) -> int:
    """The row number of a new story."""
    row = connection.execute(
        "INSERT INTO stories (key, headline, first_seen, last_seen) VALUES (:key, :headline, :first_seen, :last_seen)"
        " RETURNING id",
        {
            "key": story.key,
            "headline": story.headline,
            "first_seen": encode_moment(story.first_seen),
            "last_seen": encode_moment(story.last_seen),
        },
    ).fetchone()
    return int(row["id"])


def encode_fingerprint(fingerprint: Fingerprint) -> str:
    """A fingerprint as a JSON list; the stems of the headline are not repeated among those of the text."""
    marks = fingerprint.marks
    return json.dumps(
        [
            fingerprint.lang,
            *(sorted(part) for part in (fingerprint.title, fingerprint.text - fingerprint.title, fingerprint.names)),
            sorted(fingerprint.figures),
            *(sorted(part) for part in (fingerprint.groups, fingerprint.sources, fingerprint.days, fingerprint.codes)),
            [marks.looks_back, marks.another, marks.toll, marks.resolved],
        ],
        ensure_ascii=False,
    )


def decode_fingerprint(text: str) -> Fingerprint:
    """The fingerprint behind its JSON."""
    lang, title, rest, names, figures, groups, sources, days, codes, marks = json.loads(text)
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
