"""Lists made in chats, their versions, and drafts."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    create_table(
        database,
        "watchlist_versions",
        {
            "watchlist": str, "number": int, "parent": int, "yaml": str, "content": str, "author": str,
            "author_name": str, "at": int,
        },
        pk=("watchlist", "number"),
    )  # fmt: skip
    create_table(
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
    create_table(
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
