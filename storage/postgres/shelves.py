"""The partitions of items and their words. Their numbers grow with first sight, so a shelf is a stretch of time."""

from storage.sql import Connection

SHELF = 1_000_000
_TABLES = ("item_words", "items")  # words first: they refer to items
_IS_THERE = "SELECT to_regclass(:name) IS NOT NULL"
_SHELVES = """
SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'items'::regclass ORDER BY length(relname), relname
"""


def make_shelves(connection: Connection, number: int) -> None:
    """Makes the shelf that item `number` belongs to and the next one, unless they are there."""
    for shelf in (number // SHELF, number // SHELF + 1):
        for table in reversed(_TABLES):
            name = f"{table}_{shelf}"
            (is_there,) = connection.execute(_IS_THERE, {"name": name}).fetchone()
            if not is_there:
                first = str(shelf * SHELF) if shelf else "MINVALUE"
                connection.execute(
                    f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ({first}) TO ({(shelf + 1) * SHELF})"
                )


def drop_empty_shelves(connection: Connection) -> int:
    """Drops the shelves that retention has emptied; how many. The one in use and the next are kept."""
    dropped = 0
    shelves = [row["name"] for row in connection.execute(_SHELVES)]
    for shelf in shelves[:-2]:
        (is_used,) = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {shelf})").fetchone()  # noqa: S608  # our own name
        if is_used:
            continue
        for table in _TABLES:
            name = shelf.replace("items", table)
            connection.execute(f"ALTER TABLE {table} DETACH PARTITION {name}")
            connection.execute(f"DROP TABLE {name}")
        dropped += 1
    return dropped


def newest_number(connection: Connection) -> int:
    """The number of the newest item; 0 if there never was one."""
    row = connection.execute("SELECT last_value, is_called FROM item_numbers").fetchone()
    return int(row["last_value"]) - (not row["is_called"])
