"""Indexes for letting go of what is old."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("CREATE INDEX items_by_feed ON items (feed_id, id)")
    # What points at a story is looked for whenever one is deleted.
    database.execute("CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL")
    database.execute("CREATE INDEX corrections_by_other ON corrections (other_id)")
