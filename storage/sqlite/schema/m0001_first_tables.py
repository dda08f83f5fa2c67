"""Feeds, items, stories, alerts, destinations, the outbox and the inbox."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table

# Words are folded and split before they get here, so the tokenizer may only split at spaces and must fold nothing.
_TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co Cn'"


def migrate(database: Database) -> None:
    """Applies it."""
    _create_feeds(database)
    _create_stories(database)
    _create_items(database)
    _create_alerts(database)
    _create_destinations(database)
    _create_deliveries(database)
    _create_inbox(database)


def _create_feeds(database: Database) -> None:
    create_table(
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
    create_table(
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
    create_table(
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
    create_table(database, "item_words", {"id": int, "words": str}, pk="id", foreign_keys=[("id", "items", "id")])
    database.table("item_words").enable_fts(["words"], create_triggers=True, tokenize=_TOKENIZER)
    create_table(
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
    create_table(
        database,
        "alerts",
        {"id": str, "story_id": int, "priority": int, "created_at": int},
        pk="id",
        foreign_keys=[("story_id", "stories", "id")],
    )
    database.table("alerts").create_index(["story_id"], "alerts_by_story", unique=True)
    create_table(
        database,
        "feedback",
        {"alert_id": str, "person": str, "destination": str, "useful": int, "reason": str, "at": int},
        pk=("alert_id", "person"),
        foreign_keys=[("alert_id", "alerts", "id")],
    )


def _create_destinations(database: Database) -> None:
    create_table(
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
    create_table(
        database,
        "subscriptions",
        {"destination_id": int, "watchlist": str, "created_by": str, "created_at": int},
        pk=("destination_id", "watchlist"),
        foreign_keys=[("destination_id", "destinations", "id")],
    )


def _create_deliveries(database: Database) -> None:
    create_table(
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
    create_table(database, "platform_holds", {"platform": str, "until": int}, pk="platform")


def _create_inbox(database: Database) -> None:
    create_table(
        database,
        "inbox",
        {"id": int, "platform": str, "key": str, "payload": str, "received_at": int, "handled_at": int},
        pk="id",
        nullable=("handled_at",),
    )
    database.table("inbox").create_index(["platform", "key"], "inbox_by_key", unique=True)
    database.execute("CREATE INDEX inbox_unhandled ON inbox (platform) WHERE handled_at IS NULL")
