"""The workspaces that the bot is installed in, and the links by which it is."""

from sqlite_utils import Database

from storage.sqlite.schema.tables import create_table


def migrate(database: Database) -> None:
    """Applies it."""
    create_table(
        database,
        "workspaces",
        {
            "id": str,
            "name": str,
            "bot_user": str,
            "token": str,
            "scopes": str,
            "installed_by": str,
            "installed_at": int,
            "gone": str,
        },
        pk="id",
    )
    create_table(database, "invitations", {"digest": str, "expires_at": int}, pk="digest")
