"""What a unit of work needs of a database: both SQLite's connection and PostgreSQL's are one of these.

Units are plain functions that take a connection and run inside the transaction of whoever calls them. Their SQL is
what both databases understand, with named parameters (`:name`). A list is given as JSON and asked for membership as
`IN (SELECT value FROM json_each(:name))`, which `storage.postgres.dialect` turns into an array.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class Row(Protocol):
    """A row: its values by the names of their columns or by their place, and in order."""

    def __getitem__(self, key: Any, /) -> Any:  # noqa: ANN401  # as SQLite's rows have it
        """One value."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """The values in order."""
        ...

    def __len__(self) -> int:
        """How many columns there are."""
        ...

    def keys(self) -> Iterable[str]:
        """The names of the columns, so that `dict(row)` works."""
        ...


class Cursor(Protocol):
    """The answer to a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401  # a Row or None, as `sqlite3` types it
        """The next row; None at the end."""
        ...

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """The rows that are left, one by one."""
        ...


class Connection(Protocol):
    """A connection inside a transaction."""

    def execute(self, sql: str, parameters: Mapping[str, Any] = ..., /) -> Cursor:
        """Runs one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Mapping[str, Any]], /) -> Cursor:
        """Runs one statement for each set of values."""
        ...


Work = Callable[Concatenate[Connection, _Given], _Result]


class Database(Protocol):
    """Where units of work run."""

    async def read(self, work: "Work[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` on one unchanging view of the database."""
        ...

    async def write(self, work: "Work[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` as one transaction that no other write interrupts."""
        ...

    async def call(self, work: "Work[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        """Runs `work` without asking whether the schema is the present one."""
        ...
