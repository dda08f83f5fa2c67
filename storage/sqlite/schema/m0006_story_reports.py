"""By what a later report of a story is recognised, and corrections by people."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("DROP TABLE story_words")
    database.execute("ALTER TABLE stories DROP COLUMN words")
    database.execute("ALTER TABLE stories ADD COLUMN merged_into INTEGER REFERENCES stories (id)")
    # A merged story brings its alert with it, so that both cards lead to one story.
    database.execute("DROP INDEX alerts_by_story")
    database.execute("CREATE INDEX alerts_by_story ON alerts (story_id)")
    create_table(
        database,
        "fingerprints",
        {"item_id": int, "seen": int, "at": int, "text_mass": float, "names_mass": float, "content": str},
        pk="item_id",
        foreign_keys=[("item_id", "items", "id")],
    )
    database.execute(
        "CREATE TABLE fingerprint_terms (term TEXT NOT NULL, seen INTEGER NOT NULL, item_id INTEGER NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX fingerprint_terms_by_term ON fingerprint_terms (term, seen, item_id)")
    database.execute("CREATE TABLE term_counts (term TEXT PRIMARY KEY, texts INTEGER NOT NULL) STRICT, WITHOUT ROWID")
    create_table(
        database,
        "corrections",
        {
            "id": int, "kind": str, "story_id": int, "other_id": int, "items": str, "alerts": str, "by": str,
            "destination": str, "at": int, "undone": int,
        },
        pk="id",
        foreign_keys=[("story_id", "stories", "id"), ("other_id", "stories", "id")],
    )  # fmt: skip
    database.table("corrections").create_index(["story_id"], "corrections_by_story")
