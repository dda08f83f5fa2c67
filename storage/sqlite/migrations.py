"""The schema, and how a database gets there. Migrations only ever go forward and are never edited once released.

Moments are whole microseconds since 1970 in UTC, durations microseconds, flags 0 or 1, lists and messages JSON.
"""

import sqlite3
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.errors import StoreError
from storage.sqlite.seen import remember_old_items
from storage.sqlite.transactions import transaction

MIGRATIONS = Migrations("tocsin")

# Words are folded and split before they get here, so the tokenizer may only split at spaces and must fold nothing.
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co Cn'"


def apply_migrations(connection: sqlite3.Connection, place: str) -> list[str]:
    """Brings the schema up to date, all or nothing; the names of the migrations applied now.

    Raises StoreError for the database of a newer Tocsin or of another program.
    """
    database = _database(connection)
    with transaction(connection, writes=True):
        _refuse_unknown_migrations(database, place)
        if not MIGRATIONS.applied(database) and database.table_names():
            raise StoreError(f"The database {place} belongs to another program.", "Point DATABASE_URL elsewhere.")
        pending = [migration.name for migration in MIGRATIONS.pending(database)]
        MIGRATIONS.apply(database)
    return pending


def check_schema(connection: sqlite3.Connection, place: str) -> None:
    """Raises StoreError unless the schema is exactly the present one."""
    database = _database(connection)
    _refuse_unknown_migrations(database, place)
    if MIGRATIONS.pending(database):
        raise StoreError(f"The database {place} has no up-to-date schema.", "Run `tocsin migrate`.")


def _refuse_unknown_migrations(database: Database, place: str) -> None:
    unknown = [migration.name for migration in MIGRATIONS.applied(database) if migration.name not in _known_names()]
    if unknown:
        raise StoreError(
            f"The database {place} was changed by a newer Tocsin ({unknown[-1]}).",
            "Install that version, or restore a backup made before it ran `tocsin migrate`.",
        )


@cache
def _known_names() -> frozenset[str]:
    with Database(memory=True, execute_plugins=False) as empty:
        return frozenset(migration.name for migration in MIGRATIONS.pending(empty))


def _database(connection: sqlite3.Connection) -> Database:
    return Database(connection, recursive_triggers=False, execute_plugins=False)


@MIGRATIONS(name="0001_first_tables")
def _first_tables(database: Database) -> None:
    _create_feeds(database)
    _create_stories(database)
    _create_items(database)
    _create_alerts(database)
    _create_destinations(database)
    _create_deliveries(database)
    _create_inbox(database)


def _create(
    database: Database,
    table: str,
    columns: dict[str, Any],
    *,
    pk: str | tuple[str, ...],
    nullable: Iterable[str] = (),
    foreign_keys: Iterable[tuple[str, str, str]] = (),
) -> None:
    database.table(table).create(
        columns, pk=pk, not_null=set(columns) - set(nullable), foreign_keys=list(foreign_keys), strict=True
    )


def _create_feeds(database: Database) -> None:
    _create(
        database,
        "feeds",
        {
            "id": str, "url": str, "outlet": str, "lang": str, "country": str, "owner": str, "grade": str,
            "origin_group": str, "topics": str, "boilerplate": str, "interval": int, "enabled": int, "note": str,
            "origin": str, "added_by": str,
            "next_due": int, "etag": str, "last_modified": str, "last_poll": int, "last_success": int,
            "last_new_item": int, "baselined": int, "failures": int, "problem": str, "problem_text": str,
            "problem_since": int,
            "items": int,
        },
        pk="id",
        nullable=("interval", "last_poll", "last_success", "last_new_item", "problem_since"),
    )  # fmt: skip
    # A feed that was removed keeps its row and its items, but its address is free again.
    database.execute("CREATE UNIQUE INDEX feeds_by_url ON feeds (url) WHERE enabled = 1")
    database.execute("CREATE INDEX feeds_due ON feeds (next_due) WHERE enabled = 1")


def _create_stories(database: Database) -> None:
    _create(
        database,
        "stories",
        {"id": int, "key": str, "headline": str, "words": str, "first_seen": int, "last_seen": int},
        pk="id",
    )
    database.table("stories").create_index(["key"], "stories_by_key", unique=True)
    # Ordered by last report inside a word, so that looking for recent stories never walks through old ones.
    database.execute(
        "CREATE TABLE story_words (word TEXT NOT NULL, last_seen INTEGER NOT NULL,"
        " story_id INTEGER NOT NULL REFERENCES stories (id),"
        " PRIMARY KEY (word, last_seen, story_id)) STRICT, WITHOUT ROWID"
    )


def _create_items(database: Database) -> None:
    _create(
        database,
        "items",
        {
            "id": int, "key": str, "link_key": str, "feed_id": str, "title": str, "summary": str, "content": str,
            "link": str, "author": str, "lang": str, "published": int, "first_seen": int, "tags": str,
            "baseline": int, "story_id": int,
        },
        pk="id",
        nullable=("published", "story_id"),
        foreign_keys=[("feed_id", "feeds", "id"), ("story_id", "stories", "id")],
    )  # fmt: skip
    items = database.table("items")
    items.create_index(["key"], "items_by_key", unique=True)
    items.create_index(["link_key"], "items_by_link")
    items.create_index(["first_seen"], "items_by_first_sight")
    database.execute("CREATE INDEX items_by_story ON items (story_id) WHERE story_id IS NOT NULL")
    # The words are kept beside the index, for an entry can be taken out of it only with the words it was made of.
    _create(database, "item_words", {"id": int, "words": str}, pk="id", foreign_keys=[("id", "items", "id")])
    database.table("item_words").enable_fts(["words"], create_triggers=True, tokenize=_TOKENIZER)
    _create(
        database,
        "matches",
        {
            "id": int, "item_id": int, "watchlist": str, "title": str, "rule": str, "rule_label": str,
            "priority": int, "base_priority": int, "rings": int, "evidence": str, "escalated_by": str,
            "excludes_checked": str, "outcome": str,
        },
        pk="id",
        foreign_keys=[("item_id", "items", "id")],
    )  # fmt: skip
    database.table("matches").create_index(["item_id", "watchlist"], "matches_by_item", unique=True)


def _create_alerts(database: Database) -> None:
    _create(
        database,
        "alerts",
        {"id": str, "story_id": int, "priority": int, "created_at": int},
        pk="id",
        foreign_keys=[("story_id", "stories", "id")],
    )
    database.table("alerts").create_index(["story_id"], "alerts_by_story", unique=True)
    _create(
        database,
        "feedback",
        {"alert_id": str, "person": str, "destination": str, "useful": int, "reason": str, "at": int},
        pk=("alert_id", "person"),
        foreign_keys=[("alert_id", "alerts", "id")],
    )


def _create_destinations(database: Database) -> None:
    _create(
        database,
        "destinations",
        {
            "id": int, "key": str, "platform": str, "address": str, "thread": str, "kind": str, "title": str,
            "workspace": str, "timezone": str, "disabled": str,
        },
        pk="id",
    )  # fmt: skip
    destinations = database.table("destinations")
    destinations.create_index(["key"], "destinations_by_key", unique=True)
    destinations.create_index(["platform", "address"], "destinations_by_address")
    _create(
        database,
        "subscriptions",
        {"destination_id": int, "watchlist": str, "created_by": str, "created_at": int},
        pk=("destination_id", "watchlist"),
        foreign_keys=[("destination_id", "destinations", "id")],
    )


def _create_deliveries(database: Database) -> None:
    _create(
        database,
        "deliveries",
        {
            "id": int, "key": str, "destination_id": int, "alert_id": str, "message": str, "reply_to": str,
            "urgency": int, "silent": int, "form": str, "state": str, "reason": str, "attempts": int,
            "possible_duplicate": int, "not_before": int, "lease_until": int, "created_at": int, "answered_at": int,
            "receipt": str,
        },
        pk="id",
        nullable=("key", "alert_id", "message", "lease_until", "answered_at"),
        foreign_keys=[("destination_id", "destinations", "id"), ("alert_id", "alerts", "id")],
    )  # fmt: skip
    deliveries = database.table("deliveries")
    deliveries.create_index(["key"], "deliveries_by_key", unique=True)
    for statement in (
        "CREATE UNIQUE INDEX cards ON deliveries (alert_id, destination_id) WHERE alert_id IS NOT NULL",
        "CREATE INDEX cards_by_time ON deliveries (destination_id, created_at) WHERE alert_id IS NOT NULL",
        "CREATE INDEX deliveries_by_receipt ON deliveries (destination_id, receipt) WHERE receipt <> ''",
        # The open ones are few beside the sent ones: these three stay small however long the log grows.
        "CREATE INDEX deliveries_pending ON deliveries (destination_id, urgency) WHERE state = 'pending'",
        "CREATE INDEX deliveries_sending ON deliveries (destination_id) WHERE state = 'sending'",
        "CREATE INDEX deliveries_failed ON deliveries (destination_id) WHERE state = 'failed'",
    ):
        database.execute(statement)
    _create(database, "platform_holds", {"platform": str, "until": int}, pk="platform")


def _create_inbox(database: Database) -> None:
    _create(
        database,
        "inbox",
        {"id": int, "platform": str, "key": str, "payload": str, "received_at": int, "handled_at": int},
        pk="id",
        nullable=("handled_at",),
    )
    database.table("inbox").create_index(["platform", "key"], "inbox_by_key", unique=True)
    database.execute("CREATE INDEX inbox_unhandled ON inbox (platform) WHERE handled_at IS NULL")


@MIGRATIONS(name="0002_audit")
def _create_audit(database: Database) -> None:
    _create(
        database,
        "audit",
        {
            "id": int, "at": int, "by": str, "name": str, "action": str, "subject": str, "subject_id": str,
            "destination": str, "detail": str, "version": str,
        },
        pk="id",
    )  # fmt: skip
    database.table("audit").create_index(["subject", "by", "subject_id"], "audit_by_subject")
    # Written once. Who did it may be blanked, for a person can ask to be forgotten; what was done may not.
    for name, event in (
        ("audit_keeps_facts", "UPDATE OF id, at, action, subject, subject_id, destination, detail, version"),
        ("audit_keeps_entries", "DELETE"),
    ):
        database.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON audit"
            " BEGIN SELECT raise(ABORT, 'the audit trail is only ever added to'); END"
        )


@MIGRATIONS(name="0003_chat_lists")
def _create_chat_lists(database: Database) -> None:
    _create(
        database,
        "watchlist_versions",
        {
            "watchlist": str, "number": int, "parent": int, "yaml": str, "content": str, "author": str,
            "author_name": str, "at": int,
        },
        pk=("watchlist", "number"),
    )  # fmt: skip
    _create(
        database,
        "chat_lists",
        {
            "id": str, "destination_id": int, "owner": str, "owner_name": str, "created_at": int, "version": int,
            "removed": int,
        },
        pk="id",
        foreign_keys=[("destination_id", "destinations", "id")],
    )  # fmt: skip
    database.table("chat_lists").create_index(["destination_id"], "chat_lists_by_destination")
    _create(
        database,
        "drafts",
        {
            "id": int, "destination_id": int, "watchlist": str, "based_on": int, "yaml": str, "content": str,
            "author": str, "author_name": str, "at": int, "query": str, "samples": str,
        },
        pk="id",
        foreign_keys=[("destination_id", "destinations", "id")],
    )  # fmt: skip
    database.table("drafts").create_index(["at"], "drafts_by_age")


@MIGRATIONS(name="0004_tenure")
def _create_tenure(database: Database) -> None:
    _create(database, "tenure", {"id": int, "epoch": int, "owner": str, "since": int, "seen": int}, pk="id")
    database.execute("ALTER TABLE deliveries ADD COLUMN vanished INTEGER NOT NULL DEFAULT 0")
    database.execute("CREATE INDEX deliveries_repeated ON deliveries (destination_id) WHERE possible_duplicate = 1")
    database.execute(
        "CREATE INDEX deliveries_digested ON deliveries (destination_id, created_at) WHERE state = 'digested'"
    )


@MIGRATIONS(name="0005_feed_learning")
def _create_feed_learning(database: Database) -> None:
    database.execute(
        "CREATE TABLE seen (feed INTEGER NOT NULL, key INTEGER NOT NULL, listed INTEGER NOT NULL,"
        " PRIMARY KEY (feed, key)) STRICT, WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE rhythms (feed_id TEXT PRIMARY KEY REFERENCES feeds (id), reckoned INTEGER NOT NULL,"
        " weeks REAL NOT NULL, counts BLOB NOT NULL, pace BLOB NOT NULL, window INTEGER NOT NULL)"
        " STRICT, WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE pulses (feed_id TEXT PRIMARY KEY REFERENCES feeds (id), since INTEGER NOT NULL,"
        " state TEXT NOT NULL, checks INTEGER NOT NULL, told TEXT NOT NULL, document TEXT NOT NULL,"
        " lateness BLOB NOT NULL, newest TEXT NOT NULL, newest_date INTEGER, redated INTEGER NOT NULL)"
        " STRICT, WITHOUT ROWID"
    )
    _create(
        database,
        "revisions",
        {"id": int, "item_id": int, "title": str, "summary": str, "at": int},
        pk="id",
        foreign_keys=[("item_id", "items", "id")],
    )
    database.table("revisions").create_index(["item_id"], "revisions_by_item")
    _create(database, "feed_notices", {"id": int, "feed_id": str, "at": int, "kind": str, "text": str}, pk="id")
    database.table("feed_notices").create_index(["at"], "feed_notices_by_time")
    remember_old_items(database.conn)


@MIGRATIONS(name="0006_story_reports")
def _create_story_reports(database: Database) -> None:
    database.execute("DROP TABLE story_words")
    database.execute("ALTER TABLE stories DROP COLUMN words")
    database.execute("ALTER TABLE stories ADD COLUMN merged_into INTEGER REFERENCES stories (id)")
    # A merged story brings its alert with it, so that both cards lead to one story.
    database.execute("DROP INDEX alerts_by_story")
    database.execute("CREATE INDEX alerts_by_story ON alerts (story_id)")
    _create(
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
    _create(
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


@MIGRATIONS(name="0007_feed_memories")
def _create_feed_memories(database: Database) -> None:
    database.execute(
        "CREATE TABLE feed_memories (feed_id TEXT PRIMARY KEY REFERENCES feeds (id), url TEXT NOT NULL,"
        " body BLOB NOT NULL, entries BLOB NOT NULL, frame BLOB NOT NULL, parts INTEGER NOT NULL,"
        " part_readings INTEGER NOT NULL, ttl INTEGER, skip_hours INTEGER NOT NULL, skip_days INTEGER NOT NULL,"
        " full_at INTEGER, not_modified INTEGER NOT NULL, moved_to TEXT NOT NULL, moved_since INTEGER,"
        " address TEXT NOT NULL, second_agent INTEGER NOT NULL) STRICT, WITHOUT ROWID"
    )


@MIGRATIONS(name="0008_draft_numbers")
def _never_reuse_draft_numbers(database: Database) -> None:
    # An old button must not mean another draft. Drafts live two weeks, so those of before are let go.
    database.execute("DROP TABLE drafts")
    database.execute(
        "CREATE TABLE drafts (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " destination_id INTEGER NOT NULL REFERENCES destinations (id), watchlist TEXT NOT NULL,"
        " based_on INTEGER NOT NULL, yaml TEXT NOT NULL, content TEXT NOT NULL, author TEXT NOT NULL,"
        " author_name TEXT NOT NULL, at INTEGER NOT NULL, query TEXT NOT NULL, samples TEXT NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX drafts_by_age ON drafts (at)")


@MIGRATIONS(name="0009_retention")
def _index_for_retention(database: Database) -> None:
    database.execute("CREATE INDEX items_by_feed ON items (feed_id, id)")
    # What points at a story is looked for whenever one is deleted.
    database.execute("CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL")
    database.execute("CREATE INDEX corrections_by_other ON corrections (other_id)")


@MIGRATIONS(name="0010_wrong_dates")
def _mark_wrong_dates(database: Database) -> None:
    database.execute("ALTER TABLE items ADD COLUMN date_wrong INTEGER NOT NULL DEFAULT 0")


@MIGRATIONS(name="0011_attention")
def _create_attention(database: Database) -> None:
    to_destination = [("destination_id", "destinations", "id")]
    _create(
        database,
        "chat_settings",
        {"destination_id": int, "settings": str},
        pk="destination_id",
        foreign_keys=to_destination,
    )
    # An old button must not mean another mute, so numbers are never used again.
    database.execute(
        "CREATE TABLE mutes (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " destination_id INTEGER NOT NULL REFERENCES destinations (id), kind TEXT NOT NULL, value TEXT NOT NULL,"
        " what TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER, critical INTEGER NOT NULL, by TEXT NOT NULL,"
        " name TEXT NOT NULL, proposed INTEGER NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX mutes_by_destination ON mutes (destination_id)")
    _create(
        database,
        "digest_marks",
        {"destination_id": int, "day": str, "at": int, "last_match": int, "message_key": str, "alerts": str},
        pk="destination_id",
        nullable=("day",),
        foreign_keys=to_destination,
    )
    database.execute("ALTER TABLE deliveries ADD COLUMN in_digest INTEGER NOT NULL DEFAULT 0")


@MIGRATIONS(name="0012_settled_messages")
def _index_settled_messages(database: Database) -> None:
    database.execute("CREATE INDEX deliveries_settled ON deliveries (answered_at) WHERE alert_id IS NULL")
    database.execute("CREATE INDEX inbox_handled ON inbox (handled_at) WHERE handled_at IS NOT NULL")


@MIGRATIONS(name="0013_held_cards")
def _index_held_cards(database: Database) -> None:
    database.execute("CREATE INDEX deliveries_held ON deliveries (destination_id) WHERE state = 'held'")
