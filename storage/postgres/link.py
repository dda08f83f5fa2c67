"""A connection as the units of work know it, and the rows it gives."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

import psycopg

from storage.postgres.dialect import adapt, storable, translate, without_surrogates
from storage.sql import Cursor


class Link:
    """A connection inside a transaction, as the units of work know it."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> Cursor:
        """Runs one statement."""
        statement = translate(sql)
        values = adapt(parameters or {}, statement.lists)
        try:
            return cast("Cursor", self._connection.execute(statement.sql, values))
        except UnicodeEncodeError:
            return cast("Cursor", self._connection.execute(statement.sql, without_surrogates(values)))

    def executemany(self, sql: str, parameters: Iterable[Mapping[str, Any]], /) -> Cursor:
        """Runs one statement for each set of values, without waiting for one answer before the next question."""
        statement = translate(sql)
        values = [without_surrogates(adapt(one, statement.lists)) for one in parameters]
        cursor = self._connection.cursor()
        if values:
            cursor.executemany(statement.sql, values)
        return cast("Cursor", cursor)

    def run_script(self, sql: str) -> None:
        """Runs statements as they are."""
        self._connection.execute(sql.encode())

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Adds rows to a table in one go; how many."""
        count = 0
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as copying,
        ):
            for row in rows:
                copying.write_row([storable(value) for value in row])
                count += 1
        return count

    def stream(self, sql: str, at_once: int) -> Iterator[Any]:
        """The rows of a question, of which so many are held in memory."""
        with self._connection.cursor("stream") as cursor:
            cursor.itersize = at_once
            cursor.execute(sql.encode())
            yield from cursor


class _Row(tuple[Any, ...]):
    """A row whose values can be asked for by the names of their columns."""

    __slots__ = ()
    places: Mapping[str, int] = {}

    def __getitem__(self, key: Any, /) -> Any:  # noqa: ANN401  # as SQLite's rows have it
        return super().__getitem__(self.places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The names of the columns."""
        return list(self.places)


@cache
def _row_type(names: tuple[str, ...]) -> type[_Row]:
    # Of columns with the same name the first is found, as in SQLite.
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    return type("_Row", (_Row,), {"__slots__": (), "places": {name: places[name] for name in names}})


def build_rows(cursor: "psycopg.Cursor[Any]") -> Callable[[Iterable[Any]], _Row]:
    """Makes the rows of an answer, for psycopg."""
    return _row_type(tuple(column.name for column in cursor.description or ()))
