"""A story index that costs the same however full it is: read without a search through JSON, and counted in bulk."""

import json
from collections import defaultdict

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    kept = database.execute("SELECT item_id, seen, at, text_mass, names_mass, content FROM fingerprints").fetchall()
    filed: dict[int, dict[str, None]] = defaultdict(dict)
    for term, item_id in database.execute("SELECT term, item_id FROM fingerprint_terms ORDER BY rowid"):
        filed[item_id].setdefault(term)
    (texts,) = database.execute("SELECT coalesce(max(texts), 0) FROM term_counts WHERE term = ''").fetchone()
    database.execute("DROP TABLE fingerprint_terms")
    database.execute("DROP TABLE fingerprints")
    create_table(
        database,
        "fingerprints",
        {
            "item_id": int, "seen": int, "at": int, "text_mass": float, "names_mass": float, "filed": str,
            "words": str, "other": str,
        },
        pk="item_id",
        foreign_keys=[("item_id", "items", "id")],
    )  # fmt: skip
    database.execute(
        "CREATE TABLE fingerprint_terms ("
        "term TEXT NOT NULL, item_id INTEGER NOT NULL, PRIMARY KEY (term, item_id)) STRICT, WITHOUT ROWID"
    )
    create_table(database, "text_counts", {"id": int, "texts": int, "waiting": int, "newest": int}, pk="id")
    for item_id, *measures, content in kept:
        values = [item_id, *measures, " ".join(filed[item_id]), *_convert(content)]
        database.execute("INSERT INTO fingerprints VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        for term in filed[item_id]:
            database.execute("INSERT INTO fingerprint_terms VALUES (?, ?)", [term, item_id])
    database.execute("DELETE FROM term_counts WHERE term = ''")
    if texts:
        newest = max((item_id for item_id, *_ in kept), default=0)
        database.execute("INSERT INTO text_counts (id, texts, waiting, newest) VALUES (1, ?, 0, ?)", [texts, newest])


def _convert(content: str) -> tuple[str, str]:
    """The words and the rest of a fingerprint that was one list."""
    lang, title, rest, names, *other = json.loads(content)
    words = "\n".join(map(" ".join, (title, rest, names)))
    return words, json.dumps([lang, *other], ensure_ascii=False)
