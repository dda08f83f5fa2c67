"""When a draft was used: its button, handled again after the process died, does not find it gone."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    database.execute("ALTER TABLE drafts ADD COLUMN used_at INTEGER")
    database.execute("ALTER TABLE feed_drafts ADD COLUMN used_at INTEGER")
