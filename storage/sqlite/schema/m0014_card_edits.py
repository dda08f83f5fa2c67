"""Bringing messages up to date that were sent, and messages that stand under a card."""

from sqlite_utils import Database


def migrate(database: Database) -> None:
    """Applies it."""
    # With a target and without a message of its own, a delivery is an edit: it puts what its target says now into the
    # place of what that said. With both it is a reply under its target.
    database.execute("ALTER TABLE deliveries ADD COLUMN target_id INTEGER REFERENCES deliveries (id) ON DELETE CASCADE")
    database.execute("CREATE INDEX deliveries_by_target ON deliveries (target_id) WHERE target_id IS NOT NULL")
    # A message has one edit ahead of it at most, however often it is asked for.
    database.execute("CREATE UNIQUE INDEX edits_ahead ON deliveries (target_id) WHERE state = 'ahead'")
